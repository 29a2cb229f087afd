package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/local"
)

// TestRolesLimitFunctions gives functions the roles of others: then what only
// their own role allows fails. All other tests run with the right ones.
func TestRolesLimitFunctions(t *testing.T) {
	t.Parallel()
	r, stop := startWith(t, local.Options{Addr: freeAddress(t), Spec: specWithRoles(t, map[string]string{
		"download": "query-latest", "catalog": "query-latest", "query-all": "trigger", "simple": "download",
	})})
	defer stop()
	r.publish(t, component("hello", "1.0.0"))
	redirect := r.get(t, "/hello/zipball/1.0.0")
	if a := r.get(t, redirect.header.Get("Location")); redirect.status != http.StatusFound || a.status != http.StatusForbidden {
		t.Errorf("a role that reads tables signs downloads: %d, %d %s", redirect.status, a.status, a.body)
	}
	for _, address := range []string{"/v3/packages/releases", "/hello/releases", "/simple/hello/zipball/1.0.0"} {
		if a := r.get(t, address); a.status != http.StatusInternalServerError {
			t.Errorf("%s: %d %s", address, a.status, a.body)
		}
	}
	decode[envelope[any]](t, r.get(t, "/v3/packages/hello/release/latest"))
}

// TestDeliverNeedsItsRole asks deliver to deliver: with the role of a function
// that reads it can't even look what is owed.
func TestDeliverNeedsItsRole(t *testing.T) {
	t.Parallel()
	for role, status := range map[string]int{"deliver": http.StatusNoContent, "query-latest": http.StatusInternalServerError} {
		w := watch(t, specWithRoles(t, map[string]string{"deliver": role}))
		if a := w.send(t, "POST", w.cloud.Functions.URL("deliver"), nil, nil); a.status != status {
			t.Errorf("with the role of %s: %d %s", role, a.status, a.body)
		}
	}
}

// specWithRoles is s.yaml with other roles for some functions.
func specWithRoles(t *testing.T, roles map[string]string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	spec := string(text)
	for function, other := range roles {
		before := spec
		spec = strings.Replace(spec, "role/fc-registry-"+function+"\n", "role/fc-registry-"+other+"\n", 1)
		if spec == before && other != function {
			t.Fatalf("s.yaml has no role for %s", function)
		}
	}
	path := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(path, []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
