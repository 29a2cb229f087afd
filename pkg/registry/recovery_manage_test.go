package registry_test

import (
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// again repeats what a person would repeat after a failure; a Conflict or
// NotFound says that it had been done.
func again(t *testing.T, do func() error) {
	t.Helper()
	if err := do(); err != nil && registry.CodeOf(err) != registry.Conflict && registry.CodeOf(err) != registry.NotFound {
		t.Fatal(err)
	}
}

func TestManagingFinishesAfterEachFailure(t *testing.T) {
	changes := map[string]func(*testing.T, store) error{
		"visibility closed": func(t *testing.T, s store) error {
			return s.managing().SetVisibility(t.Context(), as("admin"), "hello", registry.Private)
		},
		"visibility opened": func(t *testing.T, s store) error {
			return s.managing().SetVisibility(t.Context(), as("admin"), "hello", registry.Public)
		},
		"owner": func(t *testing.T, s store) error {
			return s.managing().SetOwner(t.Context(), as("admin"), "hello", "bob")
		},
		"maintainer added": func(t *testing.T, s store) error {
			return s.managing().AddMaintainer(t.Context(), as("admin"), "hello", "bob")
		},
		"maintainer removed": func(t *testing.T, s store) error {
			return s.managing().RemoveMaintainer(t.Context(), as("admin"), "hello", "maria")
		},
	}
	want := map[string]registry.Package{
		"visibility closed":  {Owner: "alice", Maintainers: []string{"maria"}, Visibility: registry.Private},
		"visibility opened":  {Owner: "alice", Maintainers: []string{"maria"}, Visibility: registry.Public},
		"owner":              {Owner: "bob", Maintainers: []string{"maria"}, Visibility: registry.Organization},
		"maintainer added":   {Owner: "alice", Maintainers: []string{"bob", "maria"}, Visibility: registry.Organization},
		"maintainer removed": {Owner: "alice", Visibility: registry.Organization},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			eachFailure(t, func(t *testing.T, f *failure) {
				s := hello(t, registry.Organization)
				if err := change(t, s.failing(f)); f.happened != (err != nil) {
					t.Fatal(err)
				}
				s.checkServed(t, "hello")
				again(t, func() error { return change(t, s) })
				h, err := s.catalog.Head(t.Context(), "hello", registry.Full)
				if err != nil {
					t.Fatal(err)
				}
				p := want[name]
				p.Name, p.Organization = "hello", company
				if len(h.Maintainers) == 0 {
					h.Maintainers = nil
				}
				wantPackage(t, h.Package, p)
				if h.Latest == nil || h.Latest.Version.String() != "1.1.0" {
					t.Errorf("latest is %+v", h.Latest)
				}
				s.checkRecorded(t, "hello")
			})
		})
	}
}

// What a maintainer deletes has lost its publisher when it is half done.
func TestAMaintainersDeletionFinishesAfterEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, f *failure) {
		s := hello(t, registry.Private)
		if err := s.failing(f).deleting().Delete(t.Context(), as("maria"), "hello", "1.1.0"); f.happened != (err != nil) {
			t.Fatal(err)
		}
		again(t, func() error { return s.deleting().Delete(t.Context(), as("maria"), "hello", "1.1.0") })
		if got := s.visible(t, "hello"); got != "1.0.0" {
			t.Errorf("visible are %q", got)
		}
		s.checkSettled(t, "hello")
	})
}

func TestOrganizingFinishesAfterEachFailure(t *testing.T) {
	tests := map[string]struct {
		change func(*testing.T, *registry.Organizing) error
		bob    registry.Role
	}{
		"created": {func(t *testing.T, o *registry.Organizing) error {
			return o.Create(t.Context(), as("admin"), "New Co", "bob")
		}, registry.NoRole},
		"role given": {func(t *testing.T, o *registry.Organizing) error {
			return o.SetRole(t.Context(), as("admin"), company, "bob", registry.MaintainerRole)
		}, registry.MaintainerRole},
		"role taken": {func(t *testing.T, o *registry.Organizing) error {
			return o.SetRole(t.Context(), as("admin"), company, "mimi", registry.NoRole)
		}, registry.NoRole},
		"removed": {func(t *testing.T, o *registry.Organizing) error {
			return o.Remove(t.Context(), as("admin"), company)
		}, registry.NoRole},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			eachFailure(t, func(t *testing.T, f *failure) {
				s := newCompany(t)
				if err := test.change(t, s.failing(f).organizing()); f.happened != (err != nil) {
					t.Fatal(err)
				}
				again(t, func() error { return test.change(t, s.organizing()) })
				for organization, user := range map[string]string{company: "bob", "New Co": "bob"} {
					want := test.bob
					if organization == "New Co" {
						want = map[bool]registry.Role{true: registry.OwnerRole}[name == "created"]
					}
					if got := s.role(t, organization, user); got != want {
						t.Errorf("%s is %s of %s, want %s", user, got, organization, want)
					}
				}
				gone := name == "removed" || name == "role taken"
				if got := s.role(t, company, "mimi"); (got == registry.NoRole) != gone {
					t.Errorf("mimi is %s", got)
				}
			})
		})
	}
}

// The first publisher of an organization, whatever fails, gets it at last, and
// nobody else does.
func TestAnnouncingAnOrganizationFinishesAfterEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, f *failure) {
		s := newStore(t)
		sub := of("hello", "1.0.0", company, registry.Organization)
		if _, err := s.failing(f).publishing().Announce(t.Context(), as("alice"), sub); f.happened != (err != nil) {
			t.Fatal(err)
		}
		s.mustBring(t, "alice", sub)
		if role := s.role(t, company, "alice"); role != registry.OwnerRole {
			t.Errorf("alice is %s", role)
		}
		s.checkSettled(t, "hello")
	})
}
