package mirror_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/mirror"
	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/upstream"
	"github.com/fc-registry/fc-registry/test/hostile"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // errors are expected
	os.Exit(m.Run())
}

// site is a registry in memory whose upstream is hostile, with the functions
// download and mirror.
type site struct {
	up      *hostile.Upstream
	catalog *memory.Catalog
	answers *memory.Answers
	pins    *memory.Pins
	blobs   *memory.Blobs
	audit   *memory.Audit
	later   atomic.Int64 // how far the clock is ahead, in nanoseconds

	mirroring *registry.Mirroring
	orders    *identity.Orders
	function  string // address of the function mirror
	running   sync.WaitGroup
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{
		up: hostile.New(t), catalog: memory.NewCatalog(), answers: memory.NewAnswers(), pins: memory.NewPins(),
		blobs: memory.NewBlobs(), audit: memory.NewAudit(),
	}
	t.Cleanup(func() { s.blobs.Close() })
	client := outbound.New([]string{s.up.Host})
	t.Cleanup(client.CloseIdleConnections)
	s.orders = &identity.Orders{Key: identity.Key(strings.Repeat("k", identity.MinKey)), Clock: s.clock, TTL: time.Minute}
	s.mirroring = &registry.Mirroring{
		Taking:  registry.Taking{Remote: &upstream.ZIPs{HTTP: client}, Canonicalize: manifest.Canonicalize, Clock: s.clock},
		Queries: s.queries(), Pins: s.pins, Fetches: s.pins, ZIPs: s.blobs, Blobs: s.blobs,
		Reports: &registry.Reports{Audit: s.audit, Clock: s.clock}, Limit: 2 * time.Minute,
	}
	s.serve(t)
	return s
}

// serve runs the function mirror as the platform does: a request that asks not
// to be waited for is accepted, and run by itself.
func (s *site) serve(t *testing.T) {
	api := &mirror.API{Mirroring: s.mirroring, Orders: s.orders}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Fc-Invocation-Type") != "Async" {
			api.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		alone := httptest.NewRequest(r.Method, r.URL.Path, strings.NewReader(string(body)))
		alone.Header = r.Header.Clone()
		s.running.Go(func() { api.ServeHTTP(httptest.NewRecorder(), alone) })
		w.WriteHeader(http.StatusAccepted)
	}))
	s.function = server.URL
	t.Cleanup(func() {
		server.Close()
		s.running.Wait()
	})
}

func (s *site) clock() time.Time { return time.Now().Add(time.Duration(s.later.Load())) }

func (s *site) queries() *registry.Queries {
	return &registry.Queries{
		Catalog: s.catalog, Access: &registry.Access{Organizations: memory.NewOrganizations()},
		Upstreams: &registry.Upstreams{
			Suppliers: []registry.Supplier{{URL: s.up.URL, Upstream: &upstream.Client{
				Base: s.up.URL, HTTP: outbound.New([]string{s.up.Host}), Hosts: []string{s.up.Host},
			}}},
			Answers: s.answers, Pins: s.pins, Reports: &registry.Reports{Audit: s.audit, Clock: s.clock}, Clock: s.clock, Timeout: 5 * time.Second,
		},
	}
}

// downloads is an instance of the function download.
func (s *site) downloads(mode registry.UpstreamMode, wait time.Duration) *registry.Downloads {
	return &registry.Downloads{
		Queries: s.queries(), Blobs: s.blobs, TTL: time.Minute,
		Tickets: &identity.Tickets{Key: s.orders.Key, Clock: s.clock, TTL: time.Minute},
		Mirrored: &registry.Mirrored{
			Mode: mode, Pins: s.pins, Fetches: s.pins, Clock: s.clock, Wait: wait,
			Starter: &mirror.Client{URL: s.function, Orders: s.orders, HTTP: http.DefaultClient},
		},
	}
}

// url downloads from a new instance, which waits as long as a test may take.
func (s *site) url(ctx context.Context, version string) (string, registry.Release, error) {
	return s.downloads(registry.Mirror, time.Minute).URL(ctx, registry.Anonymous, "hello", version, "")
}

// zip downloads and returns what is there.
func (s *site) zip(t *testing.T, version string) string {
	t.Helper()
	address, _, err := s.url(t.Context(), version)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, address)
}

func read(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", address, response.Status, err)
	}
	return string(body)
}

// publish puts hello into the upstream.
func (s *site) publish(version string, zip []byte) { s.up.Publish("hello", version, zip, nil) }

// nothing requires that no ZIP of an upstream is here.
func (s *site) nothing(t *testing.T) {
	t.Helper()
	s.running.Wait()
	if keys := s.blobs.Keys(); len(keys) > 0 {
		t.Errorf("objects %v", keys)
	}
	for pin := range s.pins.PinsOf(t.Context(), "hello") {
		t.Errorf("pin %+v", pin)
	}
	if n := s.up.Reached(); n > 0 {
		t.Errorf("%d requests to an address that is not public", n)
	}
}

func (s *site) events(t *testing.T) (all []registry.Event) {
	t.Helper()
	for e, err := range s.audit.Events(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func wantCode(t *testing.T, err error, want registry.Code, words ...string) {
	t.Helper()
	if err == nil || registry.CodeOf(err) != want {
		t.Fatalf("got %v (code %d), want code %d", err, registry.CodeOf(err), want)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}
