package registry_test

import (
	"context"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// contested lets others act just before a head is written, as long as times
// is above 0.
type contested struct {
	registry.Catalog
	times  *int
	others func(context.Context)
}

func (c contested) PutHead(ctx context.Context, h registry.Head) error {
	if *c.times > 0 {
		*c.times--
		c.others(ctx)
	}
	return c.Catalog.PutHead(ctx, h)
}

// touch makes another change of the head, which gives it another revision.
func (s store) touch(t *testing.T) func(context.Context) {
	return func(ctx context.Context) {
		if err := s.managing().RemoveMaintainer(ctx, as("admin"), "hello", "nobody"); err != nil {
			t.Error(err)
		}
	}
}

func (s store) contested(times int, others func(context.Context)) store {
	s.catalog = contested{s.catalog, &times, others}
	return s
}

func TestPublishAndDeleteOutlastOtherWriters(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0")
	s.contested(5, s.touch(t)).publish(t, "hello", "2.0.0")
	s.checkSettled(t, "hello")
	s.contested(5, s.touch(t)).delete(t, "hello", "2.0.0")
	s.checkSettled(t, "hello")
}

func TestPublishGivesUpWhenOthersNeverStop(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0")
	id := s.upload(t, "alice", "hello", "2.0.0")
	_, err := s.contested(1000, s.touch(t)).ingesting().Ingest(t.Context(), id)
	wantError(t, err, registry.Unavailable, "package/hello", "Try again")
	if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	s.checkSettled(t, "hello")
}

func TestLatestIsDecidedAnewWhenReleasesChangeMeanwhile(t *testing.T) {
	t.Run("the new release is deleted before it becomes latest", func(t *testing.T) {
		s := newStore(t)
		s.publish(t, "hello", "1.0.0")
		s.contested(1, func(context.Context) { s.delete(t, "hello", "2.0.0") }).publish(t, "hello", "2.0.0")
		if got := s.latest(t, "hello"); got != "1.0.0" {
			t.Errorf("latest is %q", got)
		}
		s.checkSettled(t, "hello")
	})
	t.Run("a higher one is published while latest is deleted", func(t *testing.T) {
		s := newStore(t)
		s.publish(t, "hello", "1.0.0", "2.0.0")
		s.contested(1, func(context.Context) { s.publish(t, "hello", "3.0.0") }).delete(t, "hello", "2.0.0")
		if got := s.latest(t, "hello"); got != "3.0.0" {
			t.Errorf("latest is %q", got)
		}
		s.checkSettled(t, "hello")
	})
}

func TestOneFirstPublisherClaimsTheName(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "bob", "hello", "2.0.0")
	o, err := s.contested(1, func(context.Context) { s.publish(t, "hello", "1.0.0") }).ingesting().Ingest(t.Context(), id)
	if err != nil || o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	wantWords(t, o.Reason, `"alice"`, `"bob"`)
	s.checkSettled(t, "hello")
}
