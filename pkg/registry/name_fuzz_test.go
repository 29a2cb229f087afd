package registry_test

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// FuzzCheckName: an accepted name is one clean path segment that needs no
// escape, whatever its case, and its key is as good.
func FuzzCheckName(f *testing.F) {
	for _, name := range []string{"hello", "a.b_c-1", "V3", "..", "a/b", "é", "K", "", "-a", strings.Repeat("n", 129)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if registry.CheckName(name) != nil {
			return
		}
		if url.PathEscape(name) != name || path.Clean("/"+name) != "/"+name || path.Base(name) != name {
			t.Errorf("%q is no plain path segment", name)
		}
		if key := registry.Key(name); registry.CheckName(key) != nil || registry.Key(key) != key || !registry.SameName(name, strings.ToUpper(name)) {
			t.Errorf("%q has key %q", name, key)
		}
	})
}
