package registrytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Organizations tests a registry.Organizations. Each one that open returns is
// empty.
func Organizations(t *testing.T, open func(*testing.T) registry.Organizations) {
	tests := map[string]func(*testing.T, registry.Organizations){
		"an unknown organization is NotFound, without roles":  testUnknownGroup,
		"organizations are read back, removed ones too":       testGroups,
		"members have their roles, others none":               testRoles,
		"one of a thousand members is found":                  testManyMembers,
		"without an organization nobody has a role":           testNoOrganization,
		"names are looked up without regard to case":          testGroupNames,
		"a group is written on its own revision only":         testGroupRevision,
		"of concurrent writers of a group one wins":           testGroupRace,
		"a user is in those that have the user as a member":   testOf,
		"who was removed is in nothing any more":              testOfRemoved,
		"names are any text, and members spelled as they are": testOfNames,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// company has what names of organizations may hold.
const company = `阿里云 "Serverless" (FC) 团队`

func wantRole(t *testing.T, o registry.Organizations, name, user string, want registry.Role) {
	t.Helper()
	got, err := o.Role(t.Context(), name, user)
	wantNoError(t, err)
	if got != want {
		t.Fatalf("%q is %s of %q, want %s", user, got, name, want)
	}
}

func testUnknownGroup(t *testing.T, o registry.Organizations) {
	wantNoError(t, o.PutGroup(t.Context(), registry.Group{Name: company, Members: map[string]registry.Role{"alice": registry.OwnerRole}}))
	for _, name := range []string{"nobody", company + "x", "阿里云"} {
		_, err := o.Group(t.Context(), name)
		wantCode(t, err, registry.NotFound)
		wantRole(t, o, name, "alice", registry.NoRole)
	}
}

func testGroups(t *testing.T, o registry.Organizations) {
	members := map[string]registry.Role{"alice": registry.OwnerRole, "bob": registry.MaintainerRole, "carol": registry.Member}
	for i, g := range []registry.Group{
		{Name: company},
		{Name: company, Members: members, Journal: Journal("organization/" + company)},
		{Name: company, Removed: true, Journal: Journal("organization/" + company)},
		{Name: company, Members: members},
	} {
		g.Revision = int64(i)
		wantNoError(t, o.PutGroup(t.Context(), g))
		got, err := o.Group(t.Context(), company)
		wantNoError(t, err)
		g.Revision++
		equal(t, got, g)
	}
}

func testRoles(t *testing.T, o registry.Organizations) {
	members := map[string]registry.Role{"alice": registry.OwnerRole, "bob": registry.MaintainerRole, "carol": registry.Member}
	wantNoError(t, o.PutGroup(t.Context(), registry.Group{Name: company, Members: members}))
	for user, role := range members {
		wantRole(t, o, company, user, role)
	}
	for _, user := range []string{"", "dave", "Alice", "alic"} {
		wantRole(t, o, company, user, registry.NoRole)
	}
	wantNoError(t, o.PutGroup(t.Context(), registry.Group{Name: company, Removed: true, Journal: registry.Journal{Revision: 1}}))
	wantRole(t, o, company, "alice", registry.NoRole)
}

// Whatever stands in a storage for no name is no organization that somebody
// can make.
func testNoOrganization(t *testing.T, o registry.Organizations) {
	for _, name := range []string{"-", "_", "0", "none", "null", `""`} {
		wantNoError(t, o.PutGroup(t.Context(), registry.Group{Name: name, Members: map[string]registry.Role{"mallory": registry.OwnerRole}}))
	}
	wantRole(t, o, "", "mallory", registry.NoRole)
	wantRole(t, o, "-", "mallory", registry.OwnerRole)
}

func testGroupNames(t *testing.T, o registry.Organizations) {
	members := map[string]registry.Role{"alice": registry.OwnerRole}
	wantNoError(t, o.PutGroup(t.Context(), registry.Group{Name: "示例 ACME", Members: members}))
	for _, name := range []string{"示例 ACME", "示例 acme", "示例 Acme"} {
		g, err := o.Group(t.Context(), name)
		wantNoError(t, err)
		equal(t, g.Name, "示例 ACME")
		wantRole(t, o, name, "alice", registry.OwnerRole)
		wantCode(t, o.PutGroup(t.Context(), registry.Group{Name: name}), registry.Conflict)
	}
}

func testGroupRevision(t *testing.T, o registry.Organizations) {
	wantCode(t, o.PutGroup(t.Context(), registry.Group{Name: company, Journal: registry.Journal{Revision: 1}}), registry.Conflict)
	first := registry.Group{Name: company, Members: map[string]registry.Role{"alice": registry.OwnerRole}}
	wantNoError(t, o.PutGroup(t.Context(), first))
	wantCode(t, o.PutGroup(t.Context(), registry.Group{Name: company, Removed: true}), registry.Conflict)
	first.Revision = 1
	got, err := o.Group(t.Context(), company)
	wantNoError(t, err)
	equal(t, got, first)
}

func testGroupRace(t *testing.T, o registry.Organizations) {
	for _, revision := range []int64{0, 1} {
		winners := race(t, 8, func(i int) error {
			members := map[string]registry.Role{fmt.Sprint("user", i): registry.OwnerRole}
			return o.PutGroup(t.Context(), registry.Group{Name: company, Members: members, Journal: registry.Journal{Revision: revision}})
		})
		equal(t, len(winners), 1)
		wantRole(t, o, company, fmt.Sprint("user", winners[0]), registry.OwnerRole)
	}
}

func wantOf(t *testing.T, o registry.Organizations, user string, want ...string) {
	t.Helper()
	got, err := o.Of(t.Context(), user)
	wantNoError(t, err)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("%q is in %q, want %q", user, got, want)
	}
}

func testOf(t *testing.T, o registry.Organizations) {
	wantOf(t, o, "alice")
	groups := map[string]map[string]registry.Role{
		"one":   {"alice": registry.OwnerRole, "bob": registry.Member},
		"two":   {"alice": registry.MaintainerRole},
		"three": {"bob": registry.OwnerRole},
		"empty": nil,
	}
	for name, members := range groups {
		wantNoError(t, o.PutGroup(t.Context(), registry.Group{Name: name, Members: members}))
	}
	wantOf(t, o, "alice", "one", "two")
	wantOf(t, o, "bob", "one", "three")
	late := registry.Group{Name: "one", Members: map[string]registry.Role{"carol": registry.Member}}
	wantCode(t, o.PutGroup(t.Context(), late), registry.Conflict)
	for _, user := range []string{"", "carol", "ali", "alice bob", "one", "*", "owner"} {
		wantOf(t, o, user)
	}
}

func testOfRemoved(t *testing.T, o registry.Organizations) {
	members := map[string]registry.Role{"alice": registry.OwnerRole, "bob": registry.Member}
	g := registry.Group{Name: company, Members: members}
	for _, step := range []struct {
		members map[string]registry.Role
		removed bool
		in      []string
	}{
		{members, false, []string{"alice", "bob"}},
		{map[string]registry.Role{"alice": registry.OwnerRole}, false, []string{"alice"}},
		{nil, true, nil},
		{map[string]registry.Role{"bob": registry.OwnerRole}, false, []string{"bob"}},
	} {
		g.Members, g.Removed = step.members, step.removed
		wantNoError(t, o.PutGroup(t.Context(), g))
		g.Revision++
		for _, user := range []string{"alice", "bob"} {
			if slices.Contains(step.in, user) {
				wantOf(t, o, user, company)
			} else {
				wantOf(t, o, user)
			}
		}
	}
}

func testOfNames(t *testing.T, o registry.Organizations) {
	names := []string{company, "ACME", `<&>"\'`, "a/b", "a,b", "[]", "null", strings.Repeat("长", registry.MaxOrganization/3)}
	for _, name := range names {
		wantNoError(t, o.PutGroup(t.Context(), registry.Group{Name: name, Members: map[string]registry.Role{"a.b-c_d": registry.Member}}))
	}
	wantOf(t, o, "a.b-c_d", names...)
	for _, user := range []string{"A.B-C_D", "a", "b", "a.b", "c_d"} {
		wantOf(t, o, user)
	}
}

// Names are found as a whole, not by their words.
func testManyMembers(t *testing.T, o registry.Organizations) {
	members := map[string]registry.Role{"a-b": registry.Member, "A.C_7": registry.OwnerRole}
	for i := range 1000 {
		members[fmt.Sprint("user-", i)] = registry.Member
	}
	wantNoError(t, o.PutGroup(t.Context(), registry.Group{Name: company, Members: members}))
	for user, want := range map[string]int{"user-0": 1, "user-999": 1, "user-1000": 0, "user": 0, "999": 0, "a-b": 1, "b-a": 0, "A-B": 0, "A.C_7": 1, "a.c_7": 0} {
		got, err := o.Of(t.Context(), user)
		wantNoError(t, err)
		if len(got) != want {
			t.Errorf("%q is in %v, want %d", user, got, want)
		}
	}
}
