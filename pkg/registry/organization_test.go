package registry_test

import (
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func (s store) role(t *testing.T, organization, user string) registry.Role {
	t.Helper()
	role, err := s.organizations.Role(t.Context(), organization, user)
	if err != nil {
		t.Fatal(err)
	}
	return role
}

func TestTheFirstPublisherWhoNamesAnOrganizationOwnsIt(t *testing.T) {
	s := newStore(t)
	notes := s.mustBring(t, "alice", of("hello", "1.0.0", company, registry.Organization))
	if len(notes) != 1 {
		t.Fatalf("notes %q", notes)
	}
	wantWords(t, notes[0], `Organization "`+company+`" is new`, "you own it")
	if role := s.role(t, company, "alice"); role != registry.OwnerRole {
		t.Errorf("alice is its %s", role)
	}
	if notes := s.mustBring(t, "alice", of("other", "1.0.0", company, registry.Public)); notes != nil {
		t.Errorf("the second time: %q", notes)
	}
	if got := s.recorded(t, "organization/"+registry.Key(company)); got != "alice: organization create owner alice" {
		t.Errorf("recorded are %s", got)
	}
}

func TestAnOrganizationOfOthersIsRefused(t *testing.T) {
	s := newCompany(t)
	for user, words := range map[string]string{
		"bob":  `"bob"|not a maintainer|Ask olga for|admin org member add "` + company + `" bob -role maintainer|publish.yaml`,
		"mimi": `"mimi"|not a maintainer|Ask olga for`,
	} {
		for _, v := range []registry.Visibility{registry.Public, registry.Organization, registry.Private} {
			_, err := s.bring(t, as(user), of("new", "1.0.0", company, v))
			wantError(t, err, registry.Forbidden, append(strings.Split(words, "|"), company)...)
		}
	}
	for _, user := range []string{"olga", "otto"} {
		s.mustBring(t, user, of("of-"+user, "1.0.0", company, registry.Organization))
	}
}

// To bring a package into an organization takes more than to see its packages.
func TestAnOwnerMovesAPackageOnlyWhereItMayBePublished(t *testing.T) {
	s := newCompany(t)
	s.mustBring(t, "mimi", of("hello", "1.0.0", "", registry.Public))
	_, err := s.bring(t, as("mimi"), of("hello", "2.0.0", company, registry.Public))
	wantError(t, err, registry.Forbidden, `"mimi", are not a maintainer`, company)
	if err := s.organizing().SetRole(t.Context(), as("admin"), company, "mimi", registry.MaintainerRole); err != nil {
		t.Fatal(err)
	}
	s.mustBring(t, "mimi", of("hello", "2.0.0", company, registry.Public))
}

func TestClosedOrganizationsAreLeftToTheAdministrator(t *testing.T) {
	s := newCompany(t)
	closed := s.publishing()
	closed.ClosedOrganizations = true
	_, err := closed.Announce(t.Context(), as("alice"), of("hello", "1.0.0", "New Co", registry.Public))
	wantError(t, err, registry.Forbidden, `no organization "New Co"`, "only the administrator", `admin org add "New Co" alice`)
	if _, err := closed.Announce(t.Context(), as("otto"), of("hello", "1.0.0", company, registry.Public)); err != nil {
		t.Errorf("in an organization that is there: %v", err)
	}
	if err := s.organizing().Create(t.Context(), as("admin"), "New Co", "alice"); err != nil {
		t.Fatal(err)
	}
	if _, err := closed.Announce(t.Context(), as("alice"), of("hello", "1.0.0", "New Co", registry.Public)); err != nil {
		t.Errorf("created by the administrator: %v", err)
	}
}

func TestALimitedTokenMakesNoOrganization(t *testing.T) {
	s := newStore(t)
	by := as("alice")
	by.Scope = registry.Scope{Limited: true, Packages: []string{"hello"}}
	_, err := s.bring(t, by, of("hello", "1.0.0", company, registry.Public))
	wantError(t, err, registry.Forbidden, "scope publish:hello", "scope all")
	_, err = s.organizations.Group(t.Context(), company)
	wantError(t, err, registry.NotFound)
}

func TestARemovedOrganizationIsNotTakenByAPublisher(t *testing.T) {
	s := newCompany(t)
	s.mustBring(t, "otto", of("hello", "1.0.0", company, registry.Organization))
	s.mustBring(t, "olga", of("tool", "1.0.0", company, registry.Organization))
	if err := s.organizing().Remove(t.Context(), as("admin"), company); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"bob", "olga"} {
		for _, name := range []string{company, strings.ToUpper(company)} {
			_, err := s.bring(t, as(user), of("new", "1.0.0", name, registry.Public))
			wantError(t, err, registry.Forbidden, name, "was removed", "admin org add", "publish.yaml")
		}
	}
	if s.sees(t, "olga", "hello", "1.0.0") || s.sees(t, "mimi", "hello", "1.0.0") {
		t.Error("members of a removed organization see its packages")
	}
	if !s.sees(t, "otto", "hello", "1.0.0") {
		t.Error("the package's owner does not see it")
	}
	s.mustBring(t, "otto", of("hello", "1.1.0", "", registry.Private)) // it stays with its owner
	// The administrator gives the name away again; old members get nothing back.
	if err := s.organizing().Create(t.Context(), as("admin"), company, "nina"); err != nil {
		t.Fatal(err)
	}
	for user, want := range map[string]registry.Role{"nina": registry.OwnerRole, "olga": registry.NoRole, "otto": registry.NoRole} {
		if role := s.role(t, company, user); role != want {
			t.Errorf("%s is %s, want %s", user, role, want)
		}
	}
}

func TestOrganizationsHaveNamesWithoutCase(t *testing.T) {
	s := newStore(t)
	s.mustBring(t, "alice", of("hello", "1.0.0", "示例 Acme", registry.Organization))
	if notes := s.mustBring(t, "alice", of("other", "1.0.0", "示例 ACME", registry.Organization)); notes != nil {
		t.Errorf("another spelling is taken for another organization: %q", notes)
	}
	_, err := s.bring(t, as("bob"), of("new", "1.0.0", "示例 acme", registry.Public))
	wantError(t, err, registry.Forbidden, `Organization "示例 Acme" exists`)
	wantError(t, s.organizing().Create(t.Context(), as("admin"), "示例 ACME", "bob"), registry.Conflict, "示例 Acme")
	if err := s.organizing().SetRole(t.Context(), as("admin"), "示例 ACME", "mimi", registry.Member); err != nil {
		t.Fatal(err)
	}
	if !s.sees(t, "mimi", "hello", "1.0.0") || !s.sees(t, "mimi", "other", "1.0.0") {
		t.Error("a member sees the packages of one spelling only")
	}
}

// An organization of a name that a storage might use for none is like others.
func TestPackagesWithoutOrganizationAreNobodyElses(t *testing.T) {
	s := newStore(t)
	s.mustBring(t, "alice", of("hello", "1.0.0", "", registry.Public))
	s.mustBring(t, "mallory", of("bait", "1.0.0", "-", registry.Public))
	_, err := s.bring(t, as("mallory"), of("hello", "2.0.0", "-", registry.Public))
	wantError(t, err, registry.Forbidden, `"alice"`)
	wantError(t, s.deleting().Delete(t.Context(), as("mallory"), "hello", "1.0.0"), registry.Forbidden)
}

func TestNamesOfOrganizations(t *testing.T) {
	s := newStore(t)
	for _, name := range []string{"A", "阿里云", "a (b) [c] \"d\" 'e' & <f>", "-", strings.Repeat("团", 42), strings.Repeat("x", 128)} {
		if err := s.organizing().Create(t.Context(), as("admin"), name, "alice"); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", " a", "a ", "a\nb", "a\x00", "\xff", strings.Repeat("团", 43), strings.Repeat("x", 129)} {
		wantError(t, s.organizing().Create(t.Context(), as("admin"), name, "alice"), registry.Invalid, "not allowed")
		if name == "" {
			continue // no organization
		}
		_, err := s.bring(t, as("alice"), of("hello", "1.0.0", name, registry.Public))
		wantError(t, err, registry.Invalid, "not allowed")
	}
}

func TestAnOrganizationsOwnerIsAUser(t *testing.T) {
	s := newStore(t)
	for _, owner := range []string{"", "a b", "a/b"} {
		wantError(t, s.organizing().Create(t.Context(), as("admin"), company, owner), registry.Invalid, "user name")
	}
}

func TestMembersComeAndGo(t *testing.T) {
	s := newCompany(t)
	s.mustBring(t, "olga", of("hello", "1.0.0", company, registry.Organization))
	set := func(user string, role registry.Role) {
		t.Helper()
		if err := s.organizing().SetRole(t.Context(), as("admin"), company, user, role); err != nil {
			t.Fatal(err)
		}
	}
	set("bob", registry.Member)
	if !s.sees(t, "bob", "hello", "1.0.0") {
		t.Error("a new member does not see the package")
	}
	set("bob", registry.NoRole)
	if s.sees(t, "bob", "hello", "1.0.0") {
		t.Error("who was a member still sees the package")
	}
	wantError(t, s.organizing().SetRole(t.Context(), as("admin"), company, "a/b", registry.Member), registry.Invalid, "a/b")
	wantError(t, s.organizing().SetRole(t.Context(), as("admin"), "nothing", "bob", registry.Member), registry.NotFound, `"nothing"`)
	wantError(t, s.organizing().Remove(t.Context(), as("admin"), "nothing"), registry.NotFound, `"nothing"`)
	got := s.recorded(t, "organization/"+registry.Key(company))
	if want := "admin: member add bob as member; admin: member remove bob"; !strings.HasSuffix(got, want) {
		t.Errorf("recorded are %s", got)
	}
}
