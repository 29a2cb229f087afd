package registry_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestManaging(t *testing.T) {
	s := hello(t, registry.Organization)
	m := s.managing()
	steps := []struct {
		do   func() error
		said string
		sees map[string]bool
	}{
		{func() error { return m.SetVisibility(t.Context(), as("admin"), "HELLO", registry.Public) }, "visibility Organization -> Public", map[string]bool{"": true}},
		{func() error { return m.SetVisibility(t.Context(), as("admin"), "hello", registry.Private) }, "visibility Public -> Private", map[string]bool{"": false, "mimi": false, "maria": true}},
		{func() error { return m.RemoveMaintainer(t.Context(), as("admin"), "hello", "maria") }, "maintainer remove maria", map[string]bool{"maria": false}},
		{func() error { return m.AddMaintainer(t.Context(), as("admin"), "hello", "bob") }, "maintainer add bob", map[string]bool{"bob": true}},
		{func() error { return m.SetOwner(t.Context(), as("admin"), "hello", "carol") }, "owner alice -> carol", map[string]bool{"carol": true, "alice": false, "bob": true}},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		for user, want := range step.sees {
			if got := s.sees(t, user, "hello", "1.0.0"); got != want {
				t.Errorf("after %s %q sees it: %t", step.said, user, got)
			}
		}
		if got := s.recorded(t, "package/hello"); !strings.HasSuffix(got, "; admin: "+step.said) {
			t.Errorf("recorded are %s, want %s", got, step.said)
		}
	}
	for _, err := range []error{
		m.SetVisibility(t.Context(), as("admin"), "nobody", registry.Public), m.SetOwner(t.Context(), as("admin"), "nobody", "bob"),
		m.AddMaintainer(t.Context(), as("admin"), "nobody", "bob"), m.RemoveMaintainer(t.Context(), as("admin"), "nobody", "bob"),
	} {
		wantError(t, err, registry.NotFound, `"nobody"`)
	}
	wantError(t, m.AddMaintainer(t.Context(), as("admin"), "hello", "a b"), registry.Invalid, `"a b"`)
	wantError(t, m.SetOwner(t.Context(), as("admin"), "hello", ""), registry.Invalid)
	s.publish(t, "plain", "1.0.0")
	wantError(t, m.SetVisibility(t.Context(), as("admin"), "plain", registry.Organization), registry.Invalid, "has no organization")
}

// More the index would not take, and find for nobody.
func TestMaintainersAreLimited(t *testing.T) {
	s := newCompany(t)
	s.mustBring(t, "alice", of("hello", "1.0.0", company, registry.Private))
	h, err := s.catalog.Head(t.Context(), "hello", registry.Full)
	if err != nil {
		t.Fatal(err)
	}
	for i := range registry.MaxMaintainers {
		h.Maintainers = append(h.Maintainers, fmt.Sprint("user", i))
	}
	if err := s.catalog.PutHead(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	m := s.managing()
	wantError(t, m.AddMaintainer(t.Context(), as("admin"), "hello", "bob"), registry.Invalid, `"hello" has 250 maintainers`)
	for _, err := range []error{ // who is in may change
		m.AddMaintainer(t.Context(), as("admin"), "hello", "user7"), m.RemoveMaintainer(t.Context(), as("admin"), "hello", "user7"),
		m.AddMaintainer(t.Context(), as("admin"), "hello", "bob"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}
