package registry_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestNobodyIsAskedForWithoutOrganizations(t *testing.T) {
	s, x := shelf(t)
	f := &failure{}
	b := s.browsing(x, f)
	if _, err := b.Find(t.Context(), registry.Anonymous, registry.Search{Limit: 6}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Count(t.Context(), registry.Anonymous, registry.Categories); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.names, " "); got != "Index.Find Catalog.Heads Index.Count" {
		t.Errorf("calls %s", got)
	}
	if got := fmt.Sprint(x.readers); got != "[[*] [*]]" {
		t.Errorf("readers %s", got)
	}
}

func TestReadersOfAUser(t *testing.T) {
	s, x := shelf(t)
	b := s.browsing(x, &failure{})
	for user, want := range map[string]string{
		"mimi": "[* user/mimi organization/" + registry.Key(company) + "]", "bob": "[* user/bob]", "": "[*]",
	} {
		x.readers = nil
		_, err := b.Find(t.Context(), viewer(user), registry.Search{Limit: 6})
		if err == nil {
			_, err = b.Count(t.Context(), viewer(user), registry.Providers)
		}
		if got := fmt.Sprint(x.readers); err != nil || got != "["+want+" "+want+"]" {
			t.Errorf("%q reads as %s, %v; want %s, twice", user, got, err, want)
		}
	}
}

// Own leaves what is the user's; nobody has anything.
func TestOwn(t *testing.T) {
	s, x := shelf(t)
	for user, want := range map[string]string{"alice": "[[user/alice]]", "": "[[]]"} {
		x.readers = nil
		if _, err := s.browsing(x, &failure{}).Find(t.Context(), viewer(user), registry.Search{Own: true, Limit: 6}); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(x.readers); got != want {
			t.Errorf("%q: the index was asked for %s, want %s", user, got, want)
		}
	}
}

func TestReaders(t *testing.T) {
	tests := map[string]struct {
		registry.Package
		want string
	}{
		"public":                  {registry.Package{Owner: "alice", Visibility: registry.Public}, "* user/alice"},
		"public, of one":          {registry.Package{Owner: "alice", Organization: company, Visibility: registry.Public}, "* user/alice"},
		"private":                 {registry.Package{Owner: "alice", Visibility: registry.Private}, "user/alice"},
		"private, of one":         {registry.Package{Owner: "alice", Organization: company, Visibility: registry.Private}, "user/alice"},
		"an organization's":       {registry.Package{Owner: "alice", Organization: "示例 ACME", Visibility: registry.Organization}, "organization/示例 acme user/alice"},
		"of none":                 {registry.Package{Owner: "alice", Visibility: registry.Organization}, "user/alice"},
		"with maintainers":        {registry.Package{Owner: "alice", Maintainers: []string{"bob", "Carol"}, Visibility: registry.Private}, "user/alice user/bob user/Carol"},
		"of an unknown kind":      {registry.Package{Owner: "alice", Organization: "acme", Visibility: "Secret"}, "user/alice"},
		"with open and all roles": {registry.Package{Owner: "alice", Maintainers: []string{"bob"}, Visibility: registry.Public}, "* user/alice user/bob"},
	}
	for name, test := range tests {
		if got := strings.Join(test.Readers(), " "); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	// The index keeps 256; those that stand for many must be among them.
	full := registry.Package{Owner: "a", Organization: "b", Visibility: registry.Organization, Maintainers: make([]string, registry.MaxMaintainers)}
	if n := len(full.Readers()); n > 256 {
		t.Errorf("a package can have %d readers", n)
	}
}

// Of what an index finds for a user, no less is seen by the catalog's rules: who
// may see a package is always among its readers.
func TestWhoSeesAPackageIsAmongItsReaders(t *testing.T) {
	for _, setting := range settings() {
		s := twoCompanies(t)
		s.mustBring(t, "alice", of("hello", "1.0.0", setting.organization, setting.visibility))
		for _, user := range readers() {
			b := &registry.Browsing{Index: s.catalog.(registry.Index), Catalog: s.catalog, Organizations: s.organizations}
			found, err := b.Find(t.Context(), viewer(user), registry.Search{Limit: 10})
			sees := slices.Contains(setting.viewers(), user)
			if err != nil || (len(found[0].Packages) == 1) != sees || (found[0].Total == 1) != sees {
				t.Errorf("%v: %q found %+v, %v", setting, user, found, err)
			}
		}
	}
}
