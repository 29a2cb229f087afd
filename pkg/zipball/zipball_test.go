package zipball_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/zipball"
)

func fail(w http.ResponseWriter, r *http.Request, err error) {
	status, message := respond.Failure(r, err)
	http.Error(w, message, status)
}

// downloading is the handler over hello@1.0.0, with a tally.
func downloading(t *testing.T, counter func(*memory.Catalog) *registry.Counter) http.Handler {
	t.Helper()
	catalog, blobs := memory.NewCatalog(), memory.NewBlobs()
	t.Cleanup(func() { blobs.Close() })
	r := registrytest.Release(t, "Hello", "1.0.0")
	if _, err := catalog.PutRelease(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if err := catalog.PutHead(t.Context(), registry.Head{Package: registrytest.Package(r), Latest: &r}); err != nil {
		t.Fatal(err)
	}
	key := identity.Key(strings.Repeat("k", identity.MinKey))
	queries := &registry.Queries{Catalog: catalog, Access: &registry.Access{Organizations: memory.NewOrganizations()}}
	mux := http.NewServeMux()
	mux.Handle("GET /{name}/zipball/{version}", &zipball.Handler{
		Source: &registry.Downloads{
			Queries: queries, Blobs: blobs, Tickets: &identity.Tickets{Key: key, Clock: time.Now, TTL: time.Minute}, TTL: time.Hour,
		},
		Counter:       counter(catalog),
		Authenticator: &identity.Authenticator{Store: memory.NewIdentities(), Key: key, Clock: time.Now},
		Error:         fail,
		Redirect:      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) },
	})
	return mux
}

func TestDownloadsAreCounted(t *testing.T) {
	var tally *memory.Tally
	var counter *registry.Counter
	h := downloading(t, func(c *memory.Catalog) *registry.Counter {
		tally = memory.NewTally(c)
		counter = registry.NewCounter(tally, time.Now)
		return counter
	})
	for target, counts := range map[string]int64{
		"GET /Hello/zipball/1.0.0": 1, "GET /hello/zipball/%5E1": 1, "GET /HELLO/zipball/1.x": 1,
		"GET /hello/zipball/latest": 1, "HEAD /hello/zipball/1.0.0": 0, "HEAD /hello/zipball/latest": 0, "GET /hello/zipball/2.0.0": 0, "GET /nobody/zipball/1.0.0": 0, "GET /hello/zipball/x%20y": 0,
	} {
		before, err := tally.Downloads(t.Context(), "hello")
		if err != nil {
			t.Fatal(err)
		}
		method, path, _ := strings.Cut(target, " ")
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
		if err := counter.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after, err := tally.Downloads(t.Context(), "hello"); err != nil || after.Total-before.Total != counts {
			t.Errorf("%s counted %d, %v; want %d", target, after.Total-before.Total, err, counts)
		}
	}
}

type brokenTally struct{ registry.Tally }

func (brokenTally) Add(context.Context, string, registry.Day, int64, int) error {
	return errors.New("disk is broken")
}

func TestADownloadGoesOnWithoutItsCount(t *testing.T) {
	h := downloading(t, func(*memory.Catalog) *registry.Counter { return registry.NewCounter(brokenTally{}, time.Now) })
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/hello/zipball/1.0.0", nil))
	if w.Code != http.StatusFound || w.Header().Get("Location") == "" || strings.Contains(w.Body.String(), "broken") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// What is signed for GET answers 403 to HEAD, so HEAD is sent nowhere.
func TestHeadTellsWhatTheZIPIs(t *testing.T) {
	h := downloading(t, func(c *memory.Catalog) *registry.Counter { return registry.NewCounter(memory.NewTally(c), time.Now) })
	r := registrytest.Release(t, "Hello", "1.0.0")
	sum, err := hex.DecodeString(r.ZIP.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Content-Length": strconv.FormatInt(r.ZIP.Size, 10), "X-Content-Length": strconv.FormatInt(r.ZIP.Size, 10),
		"X-Checksum-Sha256": r.ZIP.SHA256, "Repr-Digest": "sha-256=:" + base64.StdEncoding.EncodeToString(sum) + ":",
		"Content-Type": "application/zip", "Cache-Control": "no-store", "Location": "",
	}
	for _, version := range []string{"1.0.0", "%5E1", "latest"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("HEAD", "/hello/zipball/"+version, nil))
		for name, value := range want {
			if got := w.Header().Get(name); w.Code != http.StatusOK || w.Body.Len() > 0 || got != value {
				t.Errorf("%s: %d, %s is %q, want %q", version, w.Code, name, got, value)
			}
		}
	}
	for path, status := range map[string]int{"/hello/zipball/2.0.0": 404, "/nobody/zipball/1.0.0": 404, "/hello/zipball/newest": 404} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("HEAD", path, nil))
		if w.Code != status || w.Header().Get("X-Content-Length") != "" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}
