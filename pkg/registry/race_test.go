package registry_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// ingestAll ingests uploads at once, each as often as runs says, and returns
// their outcomes. A run that finds storage busy is repeated, as the storage's
// notification would.
func (s store) ingestAll(t *testing.T, ids []string, runs int) []registry.Outcome {
	t.Helper()
	outcomes := make([]registry.Outcome, len(ids)*runs)
	var all sync.WaitGroup
	for i := range outcomes {
		all.Go(func() {
			err := error(registry.Errorf(registry.Unavailable, "not tried"))
			for registry.CodeOf(err) == registry.Unavailable {
				outcomes[i], err = s.ingesting().Ingest(t.Context(), ids[i%len(ids)])
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return outcomes
}

func TestCallbackAndNotificationAtOnce(t *testing.T) {
	for range 30 {
		s := newStore(t)
		s.publish(t, "hello", "1.0.0")
		id := s.upload(t, "alice", "hello", "2.0.0")
		for _, o := range s.ingestAll(t, []string{id}, 4) {
			if !o.Released {
				t.Fatalf("outcome %+v", o)
			}
		}
		if got := s.visible(t, "hello"); got != "2.0.0 1.0.0" {
			t.Fatalf("visible are %q", got)
		}
		s.checkSettled(t, "hello")
	}
}

func TestOneOfManyPublishersOfAVersionWins(t *testing.T) {
	s := newStore(t)
	var ids []string
	for i := range 20 {
		id := s.announce(t, "alice", "hello", "1.0.0")
		// Their ZIPs differ in a comment.
		files := map[string]string{"publish.yaml": fmt.Sprintf("Name: hello\nVersion: 1.0.0\nType: Plugin # %d\n", i)}
		s.objects.Put(registry.UploadKey(id), registrytest.ZIP(files))
		ids = append(ids, id)
	}
	won := ""
	for i, o := range s.ingestAll(t, ids, 1) {
		switch {
		case o.Released && won != "":
			t.Fatal("two uploads were released as one version")
		case o.Released:
			won = ids[i]
		default:
			wantWords(t, o.Reason, "1.0.0", "published already")
		}
	}
	_, r, err := s.queries().Latest(t.Context(), registry.Anonymous, "hello", registry.Full)
	if err != nil || r.Upload != won {
		t.Fatalf("released is upload %q, %v; want %q", r.Upload, err, won)
	}
	s.checkSettled(t, "hello")
}

func TestOneOfManyFirstPublishersOwnsTheName(t *testing.T) {
	s := newStore(t)
	var ids []string
	for i := range 8 {
		ids = append(ids, s.upload(t, fmt.Sprint("user", i), "hello", fmt.Sprintf("1.0.%d", i)))
	}
	released := 0
	for _, o := range s.ingestAll(t, ids, 2) {
		if o.Released {
			released++
			continue
		}
		wantWords(t, o.Reason, `"hello"`, "belongs to user")
	}
	if all := s.releases(t, "hello"); released != 2 || len(all) != 1 {
		t.Fatalf("%d runs released %d versions, want 2 runs of 1", released, len(all))
	}
	s.checkSettled(t, "hello")
}

func TestDevelopmentBuildsAtOnceGetDistinctNumbers(t *testing.T) {
	s := newStore(t)
	var ids []string
	for range 10 {
		ids = append(ids, s.upload(t, "alice", "hello", "dev"))
	}
	for _, o := range s.ingestAll(t, ids, 2) {
		if !o.Released {
			t.Fatalf("outcome %+v", o)
		}
	}
	uploads := map[string]bool{}
	for i, r := range s.releases(t, "hello") {
		uploads[r.Upload] = true
		if r.Version.Build() != uint64(10-i) {
			t.Errorf("build %d from the top is %s", i, r.Version)
		}
	}
	if len(uploads) != 10 {
		t.Errorf("%d uploads became %q", len(uploads), s.visible(t, "hello"))
	}
	s.checkSettled(t, "hello")
}

func TestPublishingAndDeletingAtOnce(t *testing.T) {
	for round := range 20 {
		s := newStore(t)
		s.publish(t, "hello", "1.0.0", "2.0.0", "3.0.0-rc.1", "dev")
		ids := []string{
			s.upload(t, "alice", "hello", "1.5.0"), s.upload(t, "alice", "hello", "2.5.0"),
			s.upload(t, "alice", "hello", "3.0.0-rc.2"), s.upload(t, "alice", "hello", "dev"),
		}
		var deletes sync.WaitGroup
		for _, v := range []string{"2.0.0", "1.0.0", "3.0.0-rc.1", "2.5.0", "2.5.0"} {
			deletes.Go(func() {
				err := s.deleting().Delete(t.Context(), as("alice"), "hello", v)
				for registry.CodeOf(err) == registry.Unavailable {
					err = s.deleting().Delete(t.Context(), as("alice"), "hello", v)
				}
				if err != nil && (v != "2.5.0" || registry.CodeOf(err) != registry.NotFound) {
					t.Errorf("delete %s: %v", v, err)
				}
			})
		}
		s.ingestAll(t, ids, 2)
		deletes.Wait()
		for _, r := range s.releases(t, "hello") {
			if v := r.Version.String(); v == "2.0.0" || v == "1.0.0" || v == "3.0.0-rc.1" {
				t.Errorf("round %d: %s is visible after its deletion", round, v)
			}
		}
		s.checkSettled(t, "hello")
	}
}
