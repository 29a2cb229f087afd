package web

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/local"
	"github.com/fc-registry/fc-registry/test/web/browser"
)

// The search index learns of a change only after a while. What is new appears
// then; but what was closed, or deleted, is gone at once, and is not counted.
func TestTheIndexMayLagButShowsNothingHidden(t *testing.T) {
	t.Parallel()
	r := startFor(t, local.Options{IndexLag: 2 * time.Second})
	secret, other := smallProject("secret-plan", "Gin", "Go"), smallProject("other-plan", "Gin", "Go")
	r.release(t, r.Token, secret)
	r.release(t, r.Token, other)
	seen := chromium.Open(t, r.Registry, browser.Reader{})
	seen.Visit("/packages/secret-plan") // needs no index
	if got := seen.Text("h1"); got != "secret-plan 0.1.0" {
		t.Errorf("the new package's page says %q", got)
	}
	eventually(t, "the search finds both", func() bool { return r.found(t) == 2 })
	lists(t, r, "2 packages", "other-plan", "secret-plan")

	closed := secret.at("0.2.0", "closed")
	closed["publish.yaml"] = strings.Replace(closed["publish.yaml"], "Effective: Public", "Effective: Private", 1)
	r.release(t, r.Token, closed)
	lists(t, r, "1 package", "other-plan")

	owner := chromium.Open(t, r.Registry, browser.Reader{})
	signIn(owner, r.Token)
	owner.Visit("/search?q=plan")
	if got := owner.Texts(".results h3"); len(got) != 2 {
		t.Errorf("the owner finds %q", got)
	}
	r.remove(t, "other-plan", "0.1.0")
	lists(t, r, "0 packages")
}

// lists requires that every list shows these packages, and how many it says
// there are.
func lists(t *testing.T, r *registry, count string, names ...string) {
	t.Helper()
	p := chromium.Open(t, r.Registry, browser.Reader{}) // whose cache is empty
	for path, counted := range map[string]string{
		"/": "", "/search": ".found", "/search?q=plan": ".found", "/search?q=secret-plan&sort=time": "", "/search?type=Project&sort=download": ".found", "/users/dev": ".owner p:last-of-type",
	} {
		if len(names) == 0 && strings.HasPrefix(path, "/users") {
			p.Expect("status of 404") // who owns nothing is nobody
		}
		p.Visit(path)
		got := slices.Compact(slices.Sorted(slices.Values(p.Texts("h3 a"))))
		if strings.Contains(path, "secret") {
			got = within(got, []string{"secret-plan"})
			if slices.Contains(names, "secret-plan") != (len(got) == 1) {
				t.Errorf("%s shows %q", path, got)
			}
		} else if !slices.Equal(got, names) && len(got)+len(names) > 0 {
			t.Errorf("%s shows %q, want %q", path, got, names)
		}
		if counted != "" && p.Status() == http.StatusOK && p.Text(counted) != count {
			t.Errorf("%s says %q, want %q", path, p.Text(counted), count)
		}
	}
}

// found is how many packages the API finds.
func (r *registry) found(t *testing.T) int {
	t.Helper()
	var list struct{ Body []json.RawMessage }
	if err := r.call(t.Context(), "GET", r.V3+"/packages/releases?search=plan&page=-1", nil, nil, &list); err != nil {
		t.Fatal(err)
	}
	return len(list.Body)
}

func (r *registry) remove(t *testing.T, name, version string) {
	t.Helper()
	var gone struct{ Body json.RawMessage }
	header := http.Header{"Authorization": {"Bearer " + r.Token}}
	var none io.Reader
	if err := r.call(t.Context(), "DELETE", r.V3+"/packages/"+name+"/release/tags/"+version, none, header, &gone); err != nil {
		t.Fatal(err)
	}
}
