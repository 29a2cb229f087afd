package registry_test

import (
	"fmt"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestAnnounceReportsEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, f *failure) {
		s := newStore(t)
		s.publish(t, "hello", "1.0.0")
		_, err := s.failing(f).publishing().Announce(t.Context(), as("alice"), submission("hello", "2.0.0"))
		if f.happened != (err != nil) {
			t.Fatal(err)
		}
		s.publish(t, "hello", "2.0.0")
		s.checkSettled(t, "hello")
	})
}

// Each case prepares a store and returns an upload's id, and what must be
// visible when it was ingested, whatever failed on the way.
func TestIngestFinishesAfterEachFailure(t *testing.T) {
	cases := map[string]struct {
		prepare  func(*testing.T, store) string
		released bool
		visible  string
	}{
		"the first version of a package": {func(t *testing.T, s store) string {
			return s.upload(t, "alice", "hello", "1.0.0")
		}, true, "1.0.0"},
		"a version that becomes latest": {func(t *testing.T, s store) string {
			s.publish(t, "hello", "1.0.0")
			return s.upload(t, "alice", "hello", "2.0.0")
		}, true, "2.0.0 1.0.0"},
		"a version below latest": {func(t *testing.T, s store) string {
			s.publish(t, "hello", "2.0.0")
			return s.upload(t, "alice", "hello", "1.0.0")
		}, true, "2.0.0 1.0.0"},
		"a development build whose number is taken": {func(t *testing.T, s store) string {
			id := s.upload(t, "alice", "hello", "dev")
			s.publish(t, "hello", "dev", "dev")
			return id
		}, true, "dev.0.3 dev.0.2 dev.0.1"},
		"a ZIP that lies": {func(t *testing.T, s store) string {
			s.publish(t, "hello", "1.0.0")
			id := s.announce(t, "alice", "hello", "2.0.0")
			s.objects.Put(registry.UploadKey(id), pluginZIP("evil", "2.0.0"))
			return id
		}, false, "1.0.0"},
		"a version that is taken with the same bytes": {func(t *testing.T, s store) string {
			id := s.upload(t, "alice", "hello", "1.0.0")
			s.publish(t, "hello", "1.0.0")
			return id
		}, false, "1.0.0"},
		"a version that is taken with other bytes": {func(t *testing.T, s store) string {
			id := s.upload(t, "alice", "hello", "1.0.0")
			s.objects.Put(registry.UploadKey(id), otherZIP("hello", "1.0.0"))
			s.publish(t, "hello", "1.0.0")
			return id
		}, false, "1.0.0"},
		"a version that was deleted": {func(t *testing.T, s store) string {
			id := s.upload(t, "alice", "hello", "1.0.0")
			s.publish(t, "hello", "0.1.0", "1.0.0")
			s.delete(t, "hello", "1.0.0")
			return id
		}, false, "0.1.0"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			eachFailure(t, func(t *testing.T, f *failure) {
				s := newStore(t)
				id := c.prepare(t, s)
				o, err := s.failing(f).ingesting().Ingest(t.Context(), id)
				if f.happened != (err != nil) {
					t.Fatalf("outcome %+v, error %v", o, err)
				}
				s.checkServed(t, "hello")
				for range 2 {
					if o, err = s.ingesting().Ingest(t.Context(), id); err != nil || o.Released != c.released {
						t.Fatalf("outcome %+v, error %v", o, err)
					}
					if got := s.visible(t, "hello"); got != c.visible {
						t.Fatalf("visible are %q, want %q", got, c.visible)
					}
					s.checkSettled(t, "hello")
				}
			})
		})
	}
}

func TestDeleteFinishesAfterEachFailure(t *testing.T) {
	cases := map[string]struct {
		published []string
		deleted   string
		visible   string
	}{
		"latest":                      {[]string{"1.0.0", "2.0.0"}, "2.0.0", "1.0.0"},
		"below latest":                {[]string{"1.0.0", "2.0.0"}, "1.0.0", "2.0.0"},
		"the only one":                {[]string{"1.0.0"}, "1.0.0", ""},
		"the last development build":  {[]string{"dev", "dev"}, "dev.0.2", "dev.0.1"},
		"stable above a pre-release":  {[]string{"1.0.0", "2.0.0-rc.1"}, "1.0.0", "2.0.0-rc.1"},
		"stable above a dev build":    {[]string{"dev", "1.0.0"}, "1.0.0", "dev.0.1"},
		"a pre-release beside others": {[]string{"1.0.0-a", "1.0.0-b", "dev"}, "1.0.0-b", "1.0.0-a dev.0.1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			eachFailure(t, func(t *testing.T, f *failure) {
				s := newStore(t)
				s.publish(t, "hello", c.published...)
				err := s.failing(f).deleting().Delete(t.Context(), as("alice"), "hello", c.deleted)
				if f.happened != (err != nil) {
					t.Fatal(err)
				}
				s.checkServed(t, "hello")
				// NotFound: all was done already, only the answer was lost.
				err = s.deleting().Delete(t.Context(), as("alice"), "hello", c.deleted)
				if err != nil && registry.CodeOf(err) != registry.NotFound {
					t.Fatal(err)
				}
				if got := s.visible(t, "hello"); got != c.visible {
					t.Fatalf("visible are %q, want %q", got, c.visible)
				}
				s.checkSettled(t, "hello")
			})
		})
	}
}

// A publish and a delete of the same package, each cut short at any call, then
// both repeated.
func TestPublishAndDeleteFinishAfterTwoFailures(t *testing.T) {
	const most = 28 // calls; a publish makes less, a delete half of it
	for first := 1; first <= most; first++ {
		for second := 1; second <= most/2; second++ {
			t.Run(fmt.Sprintf("publish fails at %d and delete at %d", first, second), func(t *testing.T) {
				s := newStore(t)
				s.publish(t, "hello", "1.0.0", "2.0.0")
				id := s.upload(t, "alice", "hello", "1.5.0")
				publish, remove := &failure{at: first, applied: first%2 == 0, lasting: true}, &failure{at: second, applied: second%2 == 0, lasting: true}
				_, errPublish := s.failing(publish).ingesting().Ingest(t.Context(), id)
				errRemove := s.failing(remove).deleting().Delete(t.Context(), as("alice"), "hello", "2.0.0")
				if publish.happened && first == most || remove.happened && second == most/2 {
					t.Fatal("there are more calls than this test lets fail")
				}
				if publish.happened != (errPublish != nil) || remove.happened != (errRemove != nil) {
					t.Fatalf("publish: %v, delete: %v", errPublish, errRemove)
				}
				s.checkServed(t, "hello")
				if err := s.deleting().Delete(t.Context(), as("alice"), "hello", "2.0.0"); err != nil && registry.CodeOf(err) != registry.NotFound {
					t.Fatal(err)
				}
				if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
					t.Fatalf("outcome %+v, %v", o, err)
				}
				if got := s.visible(t, "hello"); got != "1.5.0 1.0.0" {
					t.Fatalf("visible are %q", got)
				}
				s.checkSettled(t, "hello")
			})
		}
	}
}
