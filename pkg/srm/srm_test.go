package srm_test

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/srm"
	"github.com/fc-registry/fc-registry/pkg/zipball"
)

const address = "https://registry.example.com"

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // errors are expected
	os.Exit(m.Run())
}

// serve returns the API's handler over a catalog of releases, and where their
// ZIPs are.
func serve(t *testing.T, packages map[string][]string) (http.Handler, *memory.Blobs) {
	t.Helper()
	catalog, blobs := memory.NewCatalog(), memory.NewBlobs()
	t.Cleanup(func() { blobs.Close() })
	for name, versions := range packages {
		var latest registry.Release
		for _, version := range versions {
			r := registrytest.Release(t, name, version)
			if _, err := catalog.PutRelease(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			if r.Version.Outranks(latest.Version) {
				latest = r
			}
			blobs.Put(r.ZIP.Key, []byte("ZIP of "+name+" "+version))
		}
		if err := catalog.PutHead(t.Context(), registry.Head{Package: registrytest.Package(latest), Latest: &latest}); err != nil {
			t.Fatal(err)
		}
	}
	key := identity.Key(strings.Repeat("k", identity.MinKey))
	tickets := &identity.Tickets{Key: key, Clock: time.Now, TTL: time.Minute}
	queries := &registry.Queries{Catalog: catalog, Access: &registry.Access{Organizations: memory.NewOrganizations()}}
	api := &srm.API{
		Queries:       queries,
		Addresses:     &registry.Addresses{Base: address, Tickets: tickets},
		Authenticator: &identity.Authenticator{Store: memory.NewIdentities(), Key: key, Clock: time.Now},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{name}/releases", api.All)
	mux.HandleFunc("GET /{name}/releases/latest", api.Latest)
	mux.HandleFunc("GET /{name}/releases/tags/{version}", api.Tag)
	mux.Handle("GET /{name}/zipball/{version}", &zipball.Handler{
		Source:  &registry.Downloads{Queries: queries, Blobs: blobs, Tickets: tickets, TTL: time.Hour},
		Counter: registry.NewCounter(memory.NewTally(catalog), time.Now), Authenticator: api.Authenticator,
		Error: srm.Error, Redirect: srm.Redirect,
	})
	return mux, blobs
}

// get asks under a Host that no answer may repeat.
func get(t *testing.T, h http.Handler, target string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	r.Host = "evil.example.net"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	for name, values := range w.Header() {
		if strings.Contains(strings.Join(values, " "), r.Host) {
			t.Errorf("%s repeats the request's host: %s", name, values)
		}
	}
	if strings.Contains(w.Body.String(), r.Host) {
		t.Errorf("the body repeats the request's host: %s", w.Body)
	}
	return w.Result()
}

// decode requires a status and JSON, and reads the body.
func decode[T any](t *testing.T, r *http.Response, status int) T {
	t.Helper()
	var v T
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != status {
		t.Fatalf("status %d, want %d: %s (%v)", r.StatusCode, status, body, err)
	}
	if got := r.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

// releaseOf is how a fixture's release must look.
func releaseOf(name, version string) map[string]any {
	return map[string]any{
		"tag_name":    version,
		"created_at":  "2025-02-28T23:59:58Z",
		"zipball_url": address + "/" + name + "/zipball/" + version,
		"body":        "- 修复\r\n- \"quotes\" \\ \t\x01",
		"size":        float64(1<<31 + 7),
		"sha256":      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
	}
}

func TestOneRelease(t *testing.T) {
	h, _ := serve(t, map[string][]string{
		"Hello": {"1.9.0", "dev.0.2", "2.0.0-rc.1", "1.10.0", "dev.0.10"},
		"plus":  {"1.0.0+b.7"},
	})
	tests := map[string]struct{ path, name, version string }{
		"the latest is no pre-release":  {"/Hello/releases/latest", "Hello", "1.10.0"},
		"names have no case":            {"/hELLO/releases/latest", "Hello", "1.10.0"},
		"a version":                     {"/Hello/releases/tags/1.9.0", "Hello", "1.9.0"},
		"a pre-release":                 {"/Hello/releases/tags/2.0.0-rc.1", "Hello", "2.0.0-rc.1"},
		"the newest development build":  {"/Hello/releases/tags/dev", "Hello", "dev.0.10"},
		"a development build":           {"/Hello/releases/tags/dev.0.2", "Hello", "dev.0.2"},
		"the highest of a range":        {"/Hello/releases/tags/%5E1.2", "Hello", "1.10.0"},
		"a range with blanks":           {"/Hello/releases/tags/%3E=1%20%3C1.10", "Hello", "1.9.0"},
		"build metadata, sent as it is": {"/plus/releases/tags/1.0.0+b.7", "plus", "1.0.0+b.7"},
		"build metadata, sent escaped":  {"/plus/releases/tags/1.0.0%2Bb.7", "plus", "1.0.0+b.7"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := decode[map[string]any](t, get(t, h, test.path), http.StatusOK)
			if want := releaseOf(test.name, test.version); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

func TestAllReleasesAreInOrder(t *testing.T) {
	h, _ := serve(t, map[string][]string{"hello": {"1.9.0", "dev.0.2", "2.0.0-rc.1", "1.10.0", "dev.0.10", "2.0.0"}})
	got := decode[[]map[string]any](t, get(t, h, "/hello/releases"), http.StatusOK)
	var want []map[string]any
	for _, version := range []string{"2.0.0", "2.0.0-rc.1", "1.10.0", "1.9.0", "dev.0.10", "dev.0.2"} {
		want = append(want, releaseOf("hello", version))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestZipballRedirectsToTheStorage(t *testing.T) {
	h, _ := serve(t, map[string][]string{"hello": {"1.0.0", "1.2.0"}, "plus": {"1.0.0+b.7"}})
	tests := map[string]struct{ path, zip string }{
		"a version":      {"/hello/zipball/1.0.0", "ZIP of hello 1.0.0"},
		"a range":        {"/hello/zipball/%5E1", "ZIP of hello 1.2.0"},
		"build metadata": {"/plus/zipball/1.0.0+b.7", "ZIP of plus 1.0.0+b.7"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := get(t, h, test.path)
			if body := decode[map[string]any](t, r, http.StatusFound); len(body) != 0 {
				t.Errorf("body %v", body)
			}
			if got := r.Header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control %q", got)
			}
			if got := r.Header.Get("X-Checksum-Sha256"); got != releaseOf("hello", "1.0.0")["sha256"] {
				t.Errorf("X-Checksum-Sha256 %q", got)
			}
			zip, err := http.Get(r.Header.Get("Location")) // fails when it is not absolute
			if err != nil {
				t.Fatal(err)
			}
			defer zip.Body.Close()
			body, err := io.ReadAll(zip.Body)
			if err != nil || zip.StatusCode != http.StatusOK || string(body) != test.zip {
				t.Errorf("the location answers %s %q, %v; want %q", zip.Status, body, err, test.zip)
			}
		})
	}
}

func TestWhatIsNotThere(t *testing.T) {
	h, _ := serve(t, map[string][]string{"hello": {"1.0.0"}})
	tests := map[string]string{ // path: words
		"/nobody/releases":                                          `Package "nobody" is not in this registry. Check the name.`,
		"/nobody/releases/latest":                                   `Package "nobody"`,
		"/nobody/releases/tags/1.0.0":                               `"nobody" has no release "1.0.0"`,
		"/nobody/zipball/1.0.0":                                     `"nobody" has no release "1.0.0"`,
		"/hello/releases/tags/1.0.1":                                `"hello" has no release "1.0.1" in this registry. List its releases with: s registry detail --package-name hello`,
		"/hello/releases/tags/dev":                                  `has no release "dev"`,
		"/hello/releases/tags/%5E2":                                 `has no release "^2"`,
		"/hello/releases/tags/newest":                               `"newest" is neither a version (1.0.2), nor latest, nor dev, nor a range`,
		"/hello/zipball/1.0.0+other":                                `has no release "1.0.0+other"`,
		"/hel%2Flo/releases/latest":                                 `Package "hel/lo"`,
		"/%3Cb%3E%22%0A/releases":                                   `Package "<b>\"\n"`,
		"/" + strings.Repeat("x", registry.MaxName+1) + "/releases": strings.Repeat("x", registry.MaxName) + `..."`,
	}
	for path, words := range tests {
		t.Run(path, func(t *testing.T) {
			wantMessage(t, get(t, h, path), http.StatusNotFound, words)
		})
	}
}

// wantMessage requires the form of GitHub's errors, with these words.
func wantMessage(t *testing.T, r *http.Response, status int, words ...string) {
	t.Helper()
	body := decode[map[string]string](t, r, status)
	if len(body) != 1 {
		t.Errorf("body %v, want a message alone", body)
	}
	for _, w := range words {
		if !strings.Contains(body["message"], w) {
			t.Errorf("message %q does not say %q", body["message"], w)
		}
	}
}

func TestInternalErrorsAreNotTold(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/hello/releases", nil)
	r = r.WithContext(respond.WithRequestID(r.Context(), "1-abc"))
	srm.Error(w, r, errors.New("row 7 is broken"))
	if strings.Contains(w.Body.String(), "row 7") {
		t.Errorf("told: %s", w.Body)
	}
	wantMessage(t, w.Result(), http.StatusInternalServerError, "1-abc", "Try again", "administrator")
}
