package registry_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Whatever call of a change is the last: the webhook hears of it if it took
// effect, though nobody touches the package again, and else it does not.
func TestAChangeCutShortIsHeardIfItHappened(t *testing.T) {
	for name, c := range map[string]struct {
		want   string
		change func(t *testing.T, s store) error
	}{
		"a visibility": {"all hello visibility", func(t *testing.T, s store) error {
			return s.managing().SetVisibility(t.Context(), as("admin"), "hello", registry.Private)
		}},
		"a deletion": {"all hello delete 1.0.0", func(t *testing.T, s store) error {
			return s.deleting().Delete(t.Context(), as("alice"), "hello", "1.0.0")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			heard := 0
			eachFailure(t, func(t *testing.T, f *failure) {
				s, r := newStore(t), newReceiver()
				s.publish(t, "hello", "1.0.0", "2.0.0")
				s.subscribe(t, registry.AllPackages, "all")
				before := s.revision(t, "hello")
				if err := c.change(t, s.failing(f)); f.happened != (err != nil) {
					t.Fatal(err)
				}
				s.run(t, r)
				r.advance(10 * time.Minute)
				s.run(t, r)
				if s.revision(t, "hello") > before {
					heard++
					r.want(t, c.want)
				} else {
					r.want(t)
				}
				if left := s.owed(t); len(left) > 0 {
					t.Errorf("owed are %+v", left)
				}
				s.checkRecorded(t, "hello")
			})
			if heard < 3 {
				t.Errorf("it took effect %d times only", heard)
			}
		})
	}
}

func (s store) revision(t *testing.T, name string) int64 {
	t.Helper()
	h, err := s.catalog.Head(t.Context(), name, registry.Summary)
	if err != nil {
		t.Fatal(err)
	}
	return h.Revision
}

// Whatever call of a run fails or is the last: later runs deliver everything, in
// order. Only one message may come twice.
func TestDeliveriesSurviveEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, f *failure) {
		s, r := newStore(t), newReceiver()
		s.subscribe(t, registry.AllPackages, "all")
		s.publish(t, "hello", "1.0.0", "2.0.0")
		refusals := 1
		r.refuse = func(registry.Webhook, registry.Message) bool { refusals--; return refusals >= 0 }
		broken := s.failing(f)
		for range 3 {
			broken.delivering(r).Run(t.Context()) // whatever it reports
			r.advance(2 * time.Minute)
		}
		for range 3 {
			s.run(t, r)
			r.advance(5 * time.Minute)
		}
		got := slices.Compact(r.take())
		if want := []string{"all hello publish 1.0.0", "all hello publish 2.0.0"}; !slices.Equal(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
		if left := s.owed(t); len(left) > 0 {
			t.Errorf("owed are %+v", left)
		}
	})
}

// Of writers that change a package at once each is heard once, in the order in
// which the changes took effect.
func TestManyWritersAreHeardInOrder(t *testing.T) {
	s, r := newStore(t), newReceiver()
	s.publish(t, "hello", "1.0.0")
	s.subscribe(t, registry.AllPackages, "all")
	done := make(chan error)
	for i := range 6 {
		go func() {
			var err error
			for range 4 {
				if i%3 == 0 && err == nil { // webhooks don't hear of it
					err = s.managing().AddMaintainer(t.Context(), as("admin"), "hello", "bob")
				} else if err == nil {
					err = s.managing().SetVisibility(t.Context(), as("admin"), "hello", registry.Private)
				}
			}
			done <- err
		}()
	}
	for range 6 {
		if err := <-done; err != nil {
			t.Error(err)
		}
		s.run(t, r)
	}
	r.advance(10 * time.Minute)
	s.run(t, r)
	if got := r.take(); len(got) != 16 {
		t.Errorf("heard of %d changes, want 16", len(got))
	}
	if left := s.owed(t); len(left) > 0 {
		t.Errorf("owed are %+v", left)
	}
}
