package tablestore_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
	"github.com/fc-registry/fc-registry/pkg/trace"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
	emulator "github.com/fc-registry/fc-registry/test/emulator/tablestore"
)

// metered is a client of a service that counts, and tells under which ids it
// was called.
func metered(t *testing.T) (*tablestore.Client, *meter.Meter, func() map[string]int) {
	t.Helper()
	counts := new(meter.Meter)
	service, err := emulator.Open(emulator.Options{Instance: "test", Account: sts.NewAccount("id", "secret", time.Now), Meter: counts})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	ids := make(map[string]int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		ids[r.Header.Get("x-ots-sdk-traceid")]++
		mu.Unlock()
		service.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	c := tablestore.New(tablestore.Config{
		Endpoint: server.URL, Instance: "test",
		Credentials: credentials.Fixed(credentials.Credentials{AccessKeyID: "id", AccessKeySecret: "secret"}),
	})
	bootstrap(t, c)
	clear(ids)
	counts.Reset()
	return c, counts, func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		return ids
	}
}

// TestWhatARequestTakesIsWhatTheServiceCounts makes one call of each kind.
func TestWhatARequestTakesIsWhatTheServiceCounts(t *testing.T) {
	c, counts, ids := metered(t)
	of := &trace.Request{ID: "1-65f0-abc"}
	ctx := trace.With(t.Context(), of)
	release := registrytest.Release(t, "hello", "1.0.0")
	release.Texts.Readme = string(make([]byte, 9000)) // three units
	head := registry.Head{Package: registry.Package{Name: "hello", Owner: "alice", Visibility: registry.Public}, Latest: &release}
	owed := registry.Owed{Webhook: "W", Subject: "package/hello", Seq: 1}
	calls := []func() error{
		func() error { _, err := c.PutRelease(ctx, release); return err },
		func() error { return c.PutHead(ctx, head) },
		func() error { _, err := c.Head(ctx, "hello", registry.Full); return err },
		func() error { _, _, err := c.Release(ctx, "hello", release.Version, registry.Full); return err },
		func() error { _, _, err := c.Releases(ctx, "hello", 0, 10); return err },
		func() error { return c.Add(ctx, "hello", "2026-01-31", 1, 0) },
		func() error { return c.MarkDeleted(ctx, "hello", release.Version) },
		func() error {
			_, _, err := c.Find(ctx, registry.Search{Text: "hello", Limit: 10}, []string{"*"})
			return err
		},
		func() error { _, err := c.WebhookLists(ctx, "package/hello", registry.AllPackages); return err },
		func() error { return c.Owe(ctx, owed) },
		func() (err error) {
			for owed, err = range c.AllOwed(ctx) {
			}
			return err
		},
		func() error { return c.DropOwed(ctx, owed) },
	}
	for i, call := range calls {
		if err := call(); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
	if got := of.Usage(); got != sum(counts) || got.Read < 8 || got.Write < 8 {
		t.Errorf("counted %+v, the service %+v", got, sum(counts))
	}
	if got := ids(); len(got) != 1 || got["1-65f0-abc"] != len(calls) {
		t.Errorf("the service was called under %v", got)
	}
}

// sum is what the service has counted.
func sum(counts *meter.Meter) (all trace.Usage) {
	for _, row := range counts.Snapshot() {
		all.Tablestore += row.Calls
		all.Read += row.Read
		all.Write += row.Write
	}
	return all
}

// What deliver costs each minute, when there is nothing to do.
func TestThatNothingIsOwedIsOneRead(t *testing.T) {
	c, counts, _ := metered(t)
	if owed := registrytest.Owed(t, c); len(owed) > 0 {
		t.Errorf("owed are %+v", owed)
	}
	if got := sum(counts); got != (trace.Usage{Tablestore: 1, Read: 1}) {
		t.Errorf("it takes %+v", got)
	}
}

func TestARefusalIsACall(t *testing.T) {
	c, counts, _ := metered(t)
	of := new(trace.Request)
	ctx := trace.With(t.Context(), of)
	if err := c.MarkDeleted(ctx, "hello", registry.DevBuild(1)); registry.CodeOf(err) != registry.NotFound {
		t.Fatal(err)
	}
	if got := of.Usage(); got != sum(counts) || got.Tablestore != 1 || got.Write != 1 {
		t.Errorf("counted %+v, the service %+v", got, sum(counts))
	}
}
