package mirror_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/test/hostile"
)

func sumOf(zip []byte) string {
	sum := sha256.Sum256(zip)
	return hex.EncodeToString(sum[:])
}

// other is as good as hostile.GoodZIP, with other bytes.
func other(version string) []byte {
	files := registrytest.Files(registry.Component, "hello", version)
	files["other.txt"] = "other"
	return registrytest.ZIP(files)
}

func TestTheFirstDownloadTakesTheZIPAndLaterOnesNeedNoUpstream(t *testing.T) {
	s := newSite(t)
	good := hostile.GoodZIP("hello", "1.0.0")
	s.publish("1.0.0", good)
	for range 3 {
		if got := s.zip(t, "1.0.0"); got != string(good) {
			t.Errorf("%d bytes", len(got))
		}
		s.up.Play(hostile.ZIPs, hostile.Transport()["status 500"])
	}
	if n := len(s.up.Downloads()); n != 1 {
		t.Errorf("%d downloads at the upstream", n)
	}
	if want := []string{"upstream/hello/1.0.0/" + sumOf(good) + ".zip"}; !slices.Equal(s.blobs.Keys(), want) {
		t.Errorf("objects %v, want %v", s.blobs.Keys(), want)
	}
	v := registrytest.Version(t, "1.0.0")
	pin, err := s.pins.Pin(t.Context(), "hello", v)
	if err != nil || pin.ZIP.SHA256 != sumOf(good) || pin.ZIP.Size != int64(len(good)) || pin.Upstream != s.up.URL || pin.ZIP.Source == "" {
		t.Errorf("pin %+v, %v", pin, err)
	}
	taken, err := s.pins.Taken(t.Context(), "hello", v)
	if err != nil || taken.Texts.Readme != "# hello" || taken.Type != registry.Component {
		t.Errorf("taken %+v, %v", taken, err)
	}
	_, r, err := s.url(t.Context(), "^1")
	if err != nil || r.ZIP.SHA256 != sumOf(good) {
		t.Errorf("by a range: %+v, %v", r.ZIP, err)
	}
}

func TestHostileZIPsAreNeverServed(t *testing.T) {
	for name, zip := range hostile.BadZIPs("hello", "1.0.0") {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.publish("1.0.0", zip)
			for range 2 { // the second time it is not fetched again
				_, _, err := s.url(t.Context(), "1.0.0")
				wantCode(t, err, registry.Forbidden, "The ZIP that the upstream has of hello 1.0.0 is refused")
			}
			s.nothing(t)
			if n := len(s.up.Downloads()); n != 1 {
				t.Errorf("it was fetched %d times", n)
			}
			s.later.Store(int64(11 * time.Minute))
			s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
			if _, _, err := s.url(t.Context(), "1.0.0"); err == nil {
				t.Error("the version was answered with the SHA-256 of the bad ZIP, and took another")
			}
		})
	}
}

// Whoever waits is told of a failure, or sent to the upstream itself; nobody is
// sent anywhere else.
func TestHostileServersAreEndured(t *testing.T) {
	for name, trick := range hostile.Transport() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.mirroring.Limit = 2 * time.Second
			s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
			s.up.Play(hostile.ZIPs, trick)
			address, _, err := s.downloads(registry.Mirror, time.Second).URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
			source := strings.TrimSuffix(s.up.URL, "/v3") + "/zip/hello/1.0.0"
			if code := registry.CodeOf(err); address != source && code != registry.Unavailable && code != registry.Forbidden {
				t.Errorf("address %q, %v", address, err)
			}
			s.nothing(t)
		})
	}
}

func TestAFailedFetchIsTriedAgainAfterAWhile(t *testing.T) {
	s := newSite(t)
	s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
	s.up.Play(hostile.ZIPs, hostile.Transport()["status 503"])
	for range 3 {
		_, _, err := s.url(t.Context(), "1.0.0")
		wantCode(t, err, registry.Unavailable, "does not hand it out", "Try again in half a minute")
	}
	s.nothing(t)
	s.up.Play(hostile.ZIPs, nil)
	s.later.Store(int64(time.Minute))
	if got := s.zip(t, "1.0.0"); got != string(hostile.GoodZIP("hello", "1.0.0")) {
		t.Errorf("%d bytes", len(got))
	}
	if n := len(s.up.Downloads()); n != 2 {
		t.Errorf("%d downloads at the upstream", n)
	}
}

func TestAZIPMustBeWhatTheAnswerSays(t *testing.T) {
	good := hostile.GoodZIP("hello", "1.0.0")
	for _, fields := range []map[string]any{
		{"sha256": strings.Repeat("ab", 32)},
		{"size": len(good) + 1, "sha256": nil},
	} {
		s := newSite(t)
		s.up.Publish("hello", "1.0.0", good, fields)
		_, _, err := s.url(t.Context(), "1.0.0")
		wantCode(t, err, registry.Forbidden, "is refused", sumOf(good))
		s.nothing(t)
	}
	s := newSite(t)
	s.up.Publish("hello", "1.0.0", good, map[string]any{"sha256": nil, "size": nil}) // as the public registry answers
	if got := s.zip(t, "1.0.0"); got != string(good) {
		t.Errorf("%d bytes", len(got))
	}
}

func TestBytesThatChangeAreReportedAndNeverServed(t *testing.T) {
	s := newSite(t)
	good := hostile.GoodZIP("hello", "1.0.0")
	s.publish("1.0.0", good)
	s.zip(t, "1.0.0")
	s.publish("1.0.0", other("1.0.0"))
	s.later.Store(int64(30 * 24 * time.Hour)) // nothing is fresh any more
	s.mirroring.Queries = s.queries()
	if got := s.zip(t, "1.0.0"); got != string(good) {
		t.Error("the new bytes were served")
	}
	events := s.events(t)
	if len(events) != 1 || events[0].Action != "bytes changed upstream" || !strings.Contains(events[0].Detail, sumOf(other("1.0.0"))) {
		t.Errorf("events %+v", events)
	}
	s.blobs.Delete(t.Context(), s.blobs.Keys()[0]) //nolint:errcheck // in memory
	_, _, err := s.mirroring.Ensure(t.Context(), "hello", "1.0.0")
	wantCode(t, err, registry.Forbidden, "is refused", sumOf(good), sumOf(other("1.0.0")))
	if keys := s.blobs.Keys(); len(keys) > 0 {
		t.Errorf("the new bytes were stored: %v", keys)
	}
	s.publish("1.0.0", good)
	s.later.Store(int64(31 * 24 * time.Hour))
	if _, fetched, err := s.mirroring.Ensure(t.Context(), "hello", "1.0.0"); err != nil || !fetched {
		t.Errorf("the old bytes were not fetched again: %v", err)
	}
	if got := s.zip(t, "1.0.0"); got != string(good) {
		t.Error("they are not served")
	}
}

// Two runs may fetch at once, when the first one has taken longer than it may.
func TestOfTwoFetchesTheFirstCounts(t *testing.T) {
	s := newSite(t)
	s.up.Publish("hello", "1.0.0", hostile.GoodZIP("hello", "1.0.0"), map[string]any{"sha256": nil, "size": nil})
	late := *s.mirroring
	late.Queries, late.Fetches = s.queries(), memory.NewPins() // it knows of no other
	late.Pins = &blind{Pins: s.pins}
	late.Queries.Upstreams.Pins = late.Pins
	pin, err := s.mirroring.Mirror(t.Context(), "hello", "1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	s.up.Publish("hello", "1.0.0", other("1.0.0"), map[string]any{"sha256": nil, "size": nil})
	stored, err := late.Mirror(t.Context(), "hello", "1.0.0")
	if err != nil || stored.ZIP != pin.ZIP {
		t.Errorf("the second one is told %+v, %v", stored, err)
	}
	if keys := s.blobs.Keys(); !slices.Equal(keys, []string{pin.ZIP.Key}) {
		t.Errorf("objects %v", keys)
	}
	if events := s.events(t); len(events) != 1 || events[0].Action != "bytes changed upstream" {
		t.Errorf("events %+v", events)
	}
}

// blind does not see the pins that others have made, until it makes one.
type blind struct{ *memory.Pins }

func (blind) Pin(context.Context, string, registry.Version) (registry.Pin, error) {
	return registry.Pin{}, registry.Errorf(registry.NotFound, "not seen")
}

func TestConcurrentFirstDownloadsFetchOnce(t *testing.T) {
	s := newSite(t)
	good := hostile.GoodZIP("hello", "1.0.0")
	s.publish("1.0.0", good)
	var all sync.WaitGroup
	for range 5 {
		instance := s.downloads(registry.Mirror, time.Minute)
		for range 10 {
			all.Go(func() {
				address, r, err := instance.URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
				if err != nil || r.ZIP.SHA256 != sumOf(good) || !strings.Contains(address, "upstream/hello/1.0.0/") {
					t.Errorf("%s, %v", address, err)
				}
			})
		}
	}
	all.Wait()
	if n := len(s.up.Downloads()); n != 1 {
		t.Errorf("%d downloads at the upstream", n)
	}
}

func TestWhatTakesTooLongIsRedirectedOnceAndMirroredMeanwhile(t *testing.T) {
	s := newSite(t)
	good := hostile.GoodZIP("hello", "1.0.0")
	s.publish("1.0.0", good)
	release := make(chan struct{})
	s.up.Play(hostile.ZIPs, hostile.After(release))
	for range 2 { // the second one does not wait: others have
		address, _, err := s.downloads(registry.Mirror, 200*time.Millisecond).URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
		if want := strings.TrimSuffix(s.up.URL, "/v3") + "/zip/hello/1.0.0"; err != nil || address != want {
			t.Fatalf("%q, %v, want %q", address, err, want)
		}
	}
	close(release)
	s.running.Wait()
	s.up.Play(hostile.ZIPs, hostile.Transport()["status 500"])
	if got := s.zip(t, "1.0.0"); got != string(good) {
		t.Errorf("%d bytes", len(got))
	}
}
