package registry_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// join is a change of company that makes a user a member.
func (s store) join(operation, user string) registry.Change[*registry.Group] {
	return registry.Change[*registry.Group]{
		Subject: "organization/" + registry.Key(company), By: as("admin"), Operation: operation,
		Read: func(ctx context.Context) (*registry.Group, error) {
			g, err := s.organizations.Group(ctx, company)
			return &g, err
		},
		Alter: func(g *registry.Group) (string, string, error) {
			g.Members[user] = registry.Member
			return "join", user, nil
		},
		Write: func(ctx context.Context, g *registry.Group) error { return s.organizations.PutGroup(ctx, *g) },
	}
}

// joined lists who joined, as the audit has it.
func (s store) joined(t *testing.T) string {
	t.Helper()
	var users []string
	for i, e := range registrytest.Events(t, s.audit, "organization/"+registry.Key(company)) {
		if e.Seq != int64(i+1) {
			t.Fatalf("event %d is %+v", i+1, e)
		}
		if e.Action == "join" {
			users = append(users, e.Detail)
		}
	}
	return strings.Join(users, " ")
}

func TestAnOperationTakesEffectOnce(t *testing.T) {
	s := newCompany(t)
	altered := 0
	change := s.join("op", "bob")
	alter := change.Alter
	change.Alter = func(g *registry.Group) (string, string, error) { altered++; return alter(g) }
	for i := range 31 { // others in between
		if err := registry.Apply(t.Context(), s.recorder(), change); err != nil {
			t.Fatal(err)
		}
		if err := registry.Apply(t.Context(), s.recorder(), s.join("", fmt.Sprint("u", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := registry.Apply(t.Context(), s.recorder(), change); err != nil || altered != 1 {
		t.Errorf("altered %d times, %v", altered, err)
	}
	if got := s.joined(t); strings.Count(got, "bob") != 1 || len(strings.Fields(got)) != 32 {
		t.Errorf("joined: %s", got)
	}
}

func TestWithoutAnOperationEveryCallIsAChange(t *testing.T) {
	s := newCompany(t)
	for range 2 {
		if err := registry.Apply(t.Context(), s.recorder(), s.join("", "bob")); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.joined(t); got != "bob bob" {
		t.Errorf("joined: %s", got)
	}
}

// The storage's client repeats a write whose answer was lost, and reports the
// Conflict that the second one meets.
func TestAConflictWithItselfIsSuccess(t *testing.T) {
	s := newCompany(t)
	change := s.join("", "bob")
	write, writes := change.Write, 0
	change.Write = func(ctx context.Context, g *registry.Group) error {
		writes++
		if err := write(ctx, g); err != nil {
			return err
		}
		return write(ctx, g)
	}
	if err := registry.Apply(t.Context(), s.recorder(), change); err != nil || writes != 1 {
		t.Errorf("%d writes, %v", writes, err)
	}
	if got := s.joined(t); got != "bob" {
		t.Errorf("joined: %s", got)
	}
}

func TestARefusalOrNoChangeWritesNothing(t *testing.T) {
	s := newCompany(t)
	conflict := registry.Errorf(registry.Conflict, "no more than this")
	for _, refused := range []error{conflict, nil} {
		altered := 0
		change := s.join("", "bob")
		change.Alter = func(g *registry.Group) (string, string, error) {
			altered++
			g.Members["bob"] = registry.OwnerRole
			return "", "", refused
		}
		change.Write = func(context.Context, *registry.Group) error { t.Error("written"); return nil }
		if err := registry.Apply(t.Context(), s.recorder(), change); !errors.Is(err, refused) || altered != 1 {
			t.Errorf("altered %d times, %v; want %v", altered, err, refused)
		}
	}
	if s.role(t, company, "bob") != registry.NoRole || s.joined(t) != "" {
		t.Error("bob joined")
	}
}

func TestApplyEndsWithItsContext(t *testing.T) {
	s := newCompany(t)
	ctx, cancel := context.WithCancel(t.Context())
	change := s.join("", "bob")
	change.Write = func(context.Context, *registry.Group) error {
		cancel()
		return registry.Errorf(registry.Conflict, "somebody else wrote")
	}
	if err := registry.Apply(ctx, s.recorder(), change); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// An event that its writer could not copy any more is copied by the next one,
// whatever call it was that failed.
func TestTheNextWriterCopiesTheEvent(t *testing.T) {
	eachFailure(t, func(t *testing.T, f *failure) {
		s := newCompany(t)
		broken := s.failing(f)
		err := registry.Apply(t.Context(), broken.recorder(), broken.join("", "bob"))
		if f.happened != (err != nil) {
			t.Fatal(err)
		}
		bob := s.role(t, company, "bob") == registry.Member // it took effect
		if err := registry.Apply(t.Context(), s.recorder(), s.join("", "carol")); err != nil {
			t.Fatal(err)
		}
		want := "carol"
		if bob {
			want = "bob carol"
		}
		if got := s.joined(t); got != want {
			t.Errorf("joined: %s; want %s", got, want)
		}
	})
}

// Concurrent changes of the same roles: the audit has each one once, and
// replayed in its order it gives the roles that are stored.
func TestTheAuditsOrderIsThatOfTheEffects(t *testing.T) {
	s := newCompany(t)
	roles := []registry.Role{registry.NoRole, registry.Member, registry.MaintainerRole, registry.OwnerRole}
	const writers, each = 8, 10
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				err := error(registry.Errorf(registry.Unavailable, "not tried"))
				for registry.CodeOf(err) == registry.Unavailable {
					err = s.organizing().SetRole(t.Context(), as(fmt.Sprint("writer", w)), company, fmt.Sprint("u", (w+i)%3), roles[(w*each+i)%4])
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	g, err := s.organizations.Group(t.Context(), company)
	if err != nil {
		t.Fatal(err)
	}
	replayed, by := map[string]registry.Role{}, map[string]int{}
	for i, e := range registrytest.Events(t, s.audit, "organization/"+registry.Key(company)) {
		if e.Seq != int64(i+1) {
			t.Fatalf("event %d is %+v", i+1, e)
		}
		by[e.User]++
		user, role, _ := strings.Cut(e.Detail, " as ")
		switch e.Action {
		case "organization create":
			replayed["olga"] = registry.OwnerRole
		case "member remove":
			delete(replayed, user)
		case "member add":
			if replayed[user], err = registry.ParseRole(role); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !maps.Equal(replayed, g.Members) {
		t.Errorf("replayed %v, stored %v", replayed, g.Members)
	}
	for w := range writers {
		if n := by[fmt.Sprint("writer", w)]; n != each {
			t.Errorf("writer %d made %d changes, recorded are %d", w, each, n)
		}
	}
}

func TestWhatIsRecordedOfAPackage(t *testing.T) {
	s := hello(t, registry.Private)
	s.mustBring(t, "alice", of("hello", "2.0.0", company, registry.Public))
	s.delete(t, "hello", "1.1.0")
	s.checkSettled(t, "hello")
	sums := map[string]string{}
	for _, version := range []string{"1.0.0", "1.1.0", "2.0.0"} {
		sums[version] = version + " sha256 " + sha256Of(pluginZIP("hello", version))
	}
	want := strings.Join([]string{
		"alice: create Private", "alice: publish " + sums["1.0.0"], "admin: maintainer add maria", "maria: publish " + sums["1.1.0"],
		"alice: publish " + sums["2.0.0"] + " Private -> Public", "alice: delete 1.1.0",
	}, "; ")
	if got := s.recorded(t, "package/hello"); got != want {
		t.Errorf("recorded are %s\nwant %s", got, want)
	}
	for _, e := range registrytest.Events(t, s.audit, "package/hello") {
		if e.Token != "default" || e.From != "192.0.2.1" || e.RequestID != "of-"+e.User {
			t.Errorf("event %+v", e)
		}
	}
}
