package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/test/hostile"
)

// faults fails one of the calls to a site's stores: before it takes effect, or
// after.
type faults struct {
	mu    sync.Mutex
	nth   int // call that fails; 0: none
	after bool
	calls int
}

var errInjected = errors.New("by the test")

// call makes a call, or fails.
func (f *faults) call(do func() error) error {
	f.mu.Lock()
	f.calls++
	fails := f.calls == f.nth
	f.mu.Unlock()
	if fails && !f.after {
		return errInjected
	}
	err := do()
	if fails {
		return errInjected
	}
	return err
}

// stores are those of a site, with faults.
type stores struct {
	*site
	*faults
}

func (s stores) Pin(ctx context.Context, name string, v registry.Version) (p registry.Pin, err error) {
	err = s.call(func() (err error) { p, err = s.pins.Pin(ctx, name, v); return err })
	return p, err
}

func (s stores) PutPin(ctx context.Context, pin registry.Pin) (p registry.Pin, err error) {
	err = s.call(func() (err error) { p, err = s.pins.PutPin(ctx, pin); return err })
	return p, err
}

func (s stores) Fetch(ctx context.Context, name string, v registry.Version) (f registry.Fetch, err error) {
	err = s.call(func() (err error) { f, err = s.pins.Fetch(ctx, name, v); return err })
	return f, err
}

func (s stores) PutFetch(ctx context.Context, name string, v registry.Version, f registry.Fetch, over string) error {
	return s.call(func() error { return s.pins.PutFetch(ctx, name, v, f, over) })
}

func (s stores) PutZIP(ctx context.Context, key string, body io.Reader) error {
	return s.call(func() error { return s.blobs.PutZIP(ctx, key, body) })
}

// all are the stores as registry.Pins: what is not failed passes.
type all struct {
	registry.Pins
	stores
}

func (a all) Pin(ctx context.Context, name string, v registry.Version) (registry.Pin, error) {
	return a.stores.Pin(ctx, name, v)
}

func (a all) PutPin(ctx context.Context, p registry.Pin) (registry.Pin, error) {
	return a.stores.PutPin(ctx, p)
}

// faulty is a site whose function mirror meets faults.
func faulty(t *testing.T, f *faults) *site {
	t.Helper()
	s := newSite(t)
	s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
	in := stores{s, f}
	s.mirroring.Pins, s.mirroring.Fetches, s.mirroring.ZIPs = all{s.pins, in}, in, in
	return s
}

// No failure of a call, nor the loss of its answer, leaves a pin without its
// ZIP, and none keeps the release away for long.
func TestEveryCallOfAFetchFails(t *testing.T) {
	count := &faults{}
	whole := faulty(t, count)
	if whole.zip(t, "1.0.0") != string(hostile.GoodZIP("hello", "1.0.0")) {
		t.Fatal("without faults it is not mirrored")
	}
	if whole.running.Wait(); count.calls < 6 {
		t.Fatalf("only %d calls", count.calls)
	}
	for nth := range count.calls {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("call %d, after it %t", nth+1, after), func(t *testing.T) {
				f := &faults{nth: nth + 1, after: after}
				s := faulty(t, f)
				_, _, err := s.downloads(registry.Mirror, 300*time.Millisecond).URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
				if err != nil && registry.CodeOf(err) != registry.Unavailable {
					t.Errorf("download: %v", err)
				}
				s.running.Wait()
				s.pinsHaveZIPs(t)
				s.later.Store(int64(11 * time.Minute))
				if s.zip(t, "1.0.0") != string(hostile.GoodZIP("hello", "1.0.0")) {
					t.Error("other bytes")
				}
				if s.running.Wait(); len(s.blobs.Keys()) != 1 {
					t.Errorf("objects %v", s.blobs.Keys())
				}
			})
		}
	}
}

func (s *site) pinsHaveZIPs(t *testing.T) {
	t.Helper()
	for p, err := range s.pins.PinsOf(t.Context(), "hello") {
		if err != nil || !slices.Contains(s.blobs.Keys(), p.ZIP.Key) {
			t.Errorf("pin %+v has no object among %v, %v", p, s.blobs.Keys(), err)
		}
	}
}

// A function that dies leaves a fetch behind that nobody ends: downloads go to
// the upstream without waiting until it is over, and fetch again then.
func TestAFetchThatNobodyEndsIsOver(t *testing.T) {
	s := newSite(t)
	good := hostile.GoodZIP("hello", "1.0.0")
	s.publish("1.0.0", good)
	begun := s.clock().Add(-2 * time.Hour)
	f := registry.Fetch{ID: "dead", Since: begun, Until: s.clock().Add(5 * time.Minute)}
	if err := s.pins.PutFetch(t.Context(), "hello", registrytest.Version(t, "1.0.0"), f, ""); err != nil {
		t.Fatal(err)
	}
	address, r, err := s.downloads(registry.Mirror, time.Hour).URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
	if err != nil || address != r.ZIP.Source {
		t.Errorf("%q, %v", address, err)
	}
	_, err = s.mirroring.Mirror(t.Context(), "hello", "1.0.0")
	wantCode(t, err, registry.Unavailable, "is being fetched")
	s.later.Store(int64(10 * time.Minute))
	if s.zip(t, "1.0.0") != string(good) {
		t.Error("other bytes")
	}
}
