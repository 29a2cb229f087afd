package registry_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// setting is who may see a package.
type setting struct {
	visibility   registry.Visibility
	organization string
}

func (s setting) String() string { return fmt.Sprintf("%s of %q", s.visibility, s.organization) }

const other = "Other Co"

func settings() []setting {
	return []setting{
		{registry.Public, ""}, {registry.Public, company}, {registry.Organization, company},
		{registry.Organization, other}, {registry.Private, company}, {registry.Private, ""},
	}
}

// viewers are, of a package that alice owns, those who see it with a setting.
func (s setting) viewers() []string {
	switch {
	case s.visibility == registry.Public:
		return readers()
	case s.visibility == registry.Private:
		return []string{"alice"}
	case s.organization == company:
		return []string{"alice", "mimi"}
	}
	return []string{"alice", "omar"}
}

func readers() []string { return []string{"", "alice", "bob", "mimi", "omar"} }

// twoCompanies has mimi in the one and omar in the other; alice maintains both.
func twoCompanies(t *testing.T) store {
	t.Helper()
	s := newCompany(t)
	if err := s.organizing().Create(t.Context(), as("admin"), other, "alice"); err != nil {
		t.Fatal(err)
	}
	if err := s.organizing().SetRole(t.Context(), as("admin"), other, "omar", registry.Member); err != nil {
		t.Fatal(err)
	}
	return s
}

// shown lists who sees a release.
func (s store) shown(t testing.TB, version string) []string {
	t.Helper()
	var all []string
	for _, user := range readers() {
		if _, _, err := s.queries().Tag(t.Context(), viewer(user), "hello", version, registry.Summary); err == nil {
			all = append(all, user)
		}
	}
	return all
}

// transitions runs the test for each pair of settings.
func transitions(t *testing.T, all []setting, run func(t *testing.T, from, to setting)) {
	for _, from := range all {
		for _, to := range all {
			t.Run(from.String()+" to "+to.String(), func(t *testing.T) { run(t, from, to) })
		}
	}
}

func TestAReleaseClosesFirstAndOpensLast(t *testing.T) {
	transitions(t, settings()[1:5], func(t *testing.T, from, to setting) {
		if from == to {
			return
		}
		eachCrash(t, func(t *testing.T, f *failure) {
			s := twoCompanies(t)
			s.mustBring(t, "alice", of("hello", "1.0.0", from.organization, from.visibility))
			a, err := s.publishing().Announce(t.Context(), as("alice"), of("hello", "2.0.0", to.organization, to.visibility))
			if err != nil {
				t.Fatal(err)
			}
			id := uploadID(t, a.URL)
			s.objects.Put(registry.UploadKey(id), pluginZIP("hello", "2.0.0"))
			s.checkShown(t, from, to)
			if _, err := s.failing(f).ingesting().Ingest(t.Context(), id); f.happened != (err != nil) {
				t.Fatal(err)
			}
			s.checkShown(t, from, to)
			if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
				t.Fatalf("outcome %+v, %v", o, err)
			}
			for _, version := range []string{"1.0.0", "2.0.0"} {
				if got := s.shown(t, version); !slices.Equal(got, to.viewers()) {
					t.Errorf("%s is shown to %q, want %q", version, got, to.viewers())
				}
			}
			s.checkSettled(t, "hello")
		})
	})
}

// checkShown requires, at any time between two settings, that nobody sees the
// new release who may not see it later, and that the old one is not shown to
// everybody before the new one is there.
func (s store) checkShown(t *testing.T, from, to setting) {
	t.Helper()
	released := s.shown(t, "2.0.0")
	for _, user := range released {
		if !slices.Contains(to.viewers(), user) {
			t.Fatalf("%q sees the new release", user)
		}
	}
	for _, user := range s.shown(t, "1.0.0") {
		moves := from.visibility == registry.Organization && to.visibility == registry.Organization
		early := len(released) == 0 && !moves && !slices.Contains(from.viewers(), user)
		if early || !slices.Contains(from.viewers(), user) && !slices.Contains(to.viewers(), user) {
			t.Fatalf("%q sees the old release", user)
		}
	}
}

func TestTheOwnerIsToldOfAnotherVisibility(t *testing.T) {
	transitions(t, settings(), func(t *testing.T, from, to setting) {
		s := twoCompanies(t)
		s.mustBring(t, "alice", of("hello", "1.0.0", from.organization, from.visibility))
		notes := s.mustBring(t, "alice", of("hello", "2.0.0", to.organization, to.visibility))
		if from.visibility == to.visibility {
			if notes != nil {
				t.Errorf("notes %q", notes)
			}
			return
		}
		if len(notes) != 1 {
			t.Fatalf("notes %q", notes)
		}
		wantWords(t, notes[0], `"hello" becomes `+string(to.visibility), "was "+string(from.visibility))
		if got := s.recorded(t, "package/hello"); !strings.Contains(got, fmt.Sprintf("%s -> %s", from.visibility, to.visibility)) {
			t.Errorf("recorded are %s", got)
		}
	})
}

func TestAMaintainerChangesNeitherVisibilityNorOrganization(t *testing.T) {
	transitions(t, settings(), func(t *testing.T, from, to setting) {
		s := twoCompanies(t)
		s.mustBring(t, "alice", of("hello", "1.0.0", from.organization, from.visibility))
		if err := s.managing().AddMaintainer(t.Context(), as("admin"), "hello", "maria"); err != nil {
			t.Fatal(err)
		}
		for _, organization := range []string{company, other} {
			if err := s.organizing().SetRole(t.Context(), as("admin"), organization, "maria", registry.MaintainerRole); err != nil {
				t.Fatal(err)
			}
		}
		notes, err := s.bring(t, as("maria"), of("hello", "2.0.0", to.organization, to.visibility))
		if from == to {
			if err != nil || notes != nil {
				t.Errorf("notes %q, %v", notes, err)
			}
			return
		}
		wantError(t, err, registry.Forbidden, `only its owner, "alice"`, "publish.yaml", "ask the owner")
		if got := s.shown(t, "1.0.0"); !slices.Equal(got, from.viewers()) {
			t.Errorf("1.0.0 is shown to %q", got)
		}
	})
}

// Whose right ended after the announcement publishes nothing.
func TestRightsAreCheckedAgainWhenTheUploadArrives(t *testing.T) {
	words := map[string]string{
		"not a maintainer any more":        `"maria", are not among its maintainers`,
		"not in the organization any more": `"maria", are not a member of it`,
		"the organization was removed":     "was removed",
		"the package was closed":           `is Private; only its owner, "alice"`,
	}
	for name, change := range map[string]func(t *testing.T, s store) error{
		"not a maintainer any more": func(t *testing.T, s store) error {
			return s.managing().RemoveMaintainer(t.Context(), as("admin"), "hello", "maria")
		},
		"not in the organization any more": func(t *testing.T, s store) error {
			return s.organizing().SetRole(t.Context(), as("admin"), company, "maria", registry.NoRole)
		},
		"the organization was removed": func(t *testing.T, s store) error {
			return s.organizing().Remove(t.Context(), as("admin"), company)
		},
		"the package was closed": func(t *testing.T, s store) error {
			return s.managing().SetVisibility(t.Context(), as("admin"), "hello", registry.Private)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := hello(t, registry.Organization)
			a, err := s.publishing().Announce(t.Context(), as("maria"), of("hello", "2.0.0", company, registry.Organization))
			if err != nil {
				t.Fatal(err)
			}
			id := uploadID(t, a.URL)
			s.objects.Put(registry.UploadKey(id), pluginZIP("hello", "2.0.0"))
			if err := change(t, s); err != nil {
				t.Fatal(err)
			}
			s.reject(t, id, words[name])
		})
	}
}

// Nor does a release open a package that was given away meanwhile.
func TestOnlyTheOwnerOfTheMomentOpensAPackage(t *testing.T) {
	s := hello(t, registry.Private)
	racing := s.contested(1, func(context.Context) {
		if err := s.managing().SetOwner(t.Context(), as("admin"), "hello", "bob"); err != nil {
			t.Error(err)
		}
	})
	racing.mustBring(t, "alice", of("hello", "2.0.0", company, registry.Public))
	if s.sees(t, "", "hello", "2.0.0") || s.sees(t, "alice", "hello", "1.0.0") || !s.sees(t, "bob", "hello", "2.0.0") {
		t.Error("the package was opened by who owned it before")
	}
}
