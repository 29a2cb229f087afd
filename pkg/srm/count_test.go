package srm_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/srm"
)

// downloading is the API over hello@1.0.0, with a tally.
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
	api := &srm.API{
		Downloads: &registry.Downloads{
			Queries: queries, Blobs: blobs, Tickets: &identity.Tickets{Key: key, Clock: time.Now, TTL: time.Minute}, TTL: time.Hour,
		},
		Counter:       counter(catalog),
		Authenticator: &identity.Authenticator{Store: memory.NewIdentities(), Key: key, Clock: time.Now},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{name}/zipball/{version}", api.Zipball)
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
		"HEAD /hello/zipball/1.0.0": 0, "GET /hello/zipball/2.0.0": 0, "GET /nobody/zipball/1.0.0": 0, "GET /hello/zipball/x%20y": 0,
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
