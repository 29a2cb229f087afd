package registry_test

import (
	"context"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// unfinished ingests an upload up to the point where its release is visible,
// but the outcome is not recorded.
func (s store) unfinished(t *testing.T, id string) {
	t.Helper()
	cut := s
	cut.uploads = unfinishedUploads{s.uploads}
	if o, err := cut.ingesting().Ingest(t.Context(), id); err == nil {
		t.Fatalf("outcome %+v", o)
	}
}

// unfinishedUploads record no outcome.
type unfinishedUploads struct{ registry.Uploads }

func (u unfinishedUploads) Finish(ctx context.Context, _ string, _ registry.Outcome) (registry.Outcome, error) {
	return registry.Outcome{}, errCrash
}

func TestAReleaseThatWasDeletedDoesNotComeBack(t *testing.T) {
	for _, version := range []string{"1.0.0", "dev"} {
		s := newStore(t)
		id := s.upload(t, "alice", "hello", version)
		s.unfinished(t, id)
		s.delete(t, "hello", s.visible(t, "hello"))
		s.reject(t, id, "deleted")
		if got := s.visible(t, "hello"); got != "" {
			t.Errorf("visible are %q", got)
		}
	}
}

func TestAReleaseKeepsItsBytesWhenTheUploadIsReplaced(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "hello", "1.0.0")
	s.unfinished(t, id)
	first := s.releases(t, "hello")[0].ZIP
	s.objects.Put(registry.UploadKey(id), otherZIP("hello", "1.0.0"))
	if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	if got := s.releases(t, "hello")[0].ZIP; got != first {
		t.Errorf("ZIP %+v, want the first one %+v", got, first)
	}
	s.checkSettled(t, "hello")
}
