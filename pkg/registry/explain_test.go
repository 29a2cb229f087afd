package registry_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// refusing refuses every ZIP.
func refusing(why string) registry.Canonicalize {
	return func(context.Context, io.Writer, io.ReaderAt, int64, registry.Type) (registry.Inspected, error) {
		return registry.Inspected{}, registry.Errorf(registry.Invalid, "%s", why)
	}
}

// missing asks for what is not there, in each way.
func missing(t *testing.T, q *registry.Queries, user, name, tag string) map[string]string {
	t.Helper()
	asked := func(context.Context) (string, error) { return user, nil }
	_, _, latest := q.Latest(t.Context(), asked, name, registry.Summary)
	_, _, tagged := q.Tag(t.Context(), asked, name, tag, registry.Summary)
	_, _, _, page := q.Page(t.Context(), asked, name, 1, 30)
	answers := map[string]string{}
	for way, err := range map[string]error{"latest": latest, "tag": tagged, "page": page} {
		wantError(t, err, registry.NotFound)
		answers[way] = err.Error()
	}
	return answers
}

func TestAPublisherIsToldWhyThereIsNothing(t *testing.T) {
	s := newStore(t)
	s.refuse(t, "alice", "Hello", "1.2.0")
	for _, tag := range []string{"1.2.0", "^1", "*", "latest"} {
		for way, answer := range missing(t, s.queries(), "alice", "hello", tag) {
			if want := `Your upload of Hello 1.2.0 of 2025-03-01 00:00 UTC was refused: The ZIP's publish.yaml says Version "9.9.9", but "1.2.0" was announced. Correct that, and publish again.`; answer != want {
				t.Errorf("%s, tag %s: %s", way, tag, answer)
			}
		}
	}
	for _, tag := range []string{"1.2.1", "^2", "dev", "dev.0.1"} {
		if answer := missing(t, s.queries(), "alice", "hello", tag)["tag"]; answer != missing(t, newStore(t).queries(), "alice", "hello", tag)["tag"] {
			t.Errorf("tag %s, which was not refused: %s", tag, answer)
		}
	}
	if answer := missing(t, s.queries(), "alice", "other", "1.2.0")["latest"]; answer != missing(t, newStore(t).queries(), "alice", "other", "1.2.0")["latest"] {
		t.Errorf("another name: %s", answer)
	}
}

func TestAPublisherIsToldOfTheLastRefusal(t *testing.T) {
	s := newStore(t)
	s.refuse(t, "alice", "hello", "dev")
	later := s.publishing()
	later.Clock = func() time.Time { return now().Add(time.Minute) }
	for _, version := range []string{"1.0.0", "1.1.0"} {
		a, err := later.Announce(t.Context(), as("alice"), submission("hello", version))
		if err != nil {
			t.Fatal(err)
		}
		if version == "1.1.0" { // it may still be released
			continue
		}
		s.objects.Put(registry.UploadKey(uploadID(t, a.URL)), []byte("no ZIP"))
		if o, err := s.ingesting().Ingest(t.Context(), uploadID(t, a.URL)); err != nil || o.Released {
			t.Fatalf("outcome %+v, %v", o, err)
		}
	}
	answers := missing(t, s.queries(), "alice", "hello", "dev")
	wantWords(t, answers["tag"], "hello dev of 2025-03-01 00:00 UTC was refused")
	for _, way := range []string{"latest", "page"} {
		wantWords(t, answers[way], "hello 1.0.0 of 2025-03-01 00:01 UTC was refused", "not a readable ZIP")
	}
	if answer := missing(t, s.queries(), "alice", "hello", "1.1.0")["tag"]; answer != missing(t, newStore(t).queries(), "alice", "hello", "1.1.0")["tag"] {
		t.Errorf("what is under way is answered with %s", answer)
	}
}

func TestAPublisherIsToldOfARefusalBesideOtherReleases(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0")
	s.refuse(t, "alice", "hello", "2.0.0")
	_, _, err := s.queries().Tag(t.Context(), viewer("alice"), "hello", "2.0.0", registry.Summary)
	wantError(t, err, registry.NotFound, "hello 2.0.0", "was refused")
	for _, user := range []string{"", "bob"} {
		_, _, err := s.queries().Tag(t.Context(), viewer(user), "hello", "2.0.0", registry.Summary)
		if want := missing(t, newStore(t).queries(), "", "hello", "2.0.0")["tag"]; err == nil || err.Error() != want {
			t.Errorf("%q is told %v", user, err)
		}
	}
	s.delete(t, "hello", "1.0.0")
	_, _, err = s.queries().Tag(t.Context(), viewer("alice"), "hello", "1.0.0", registry.Summary)
	wantError(t, err, registry.NotFound, `no release "1.0.0"`)
}

// The refusal of a hidden package, or of a name that nobody has yet, is its
// publisher's alone: not a member's of its organization, nor its owner's.
func TestARefusalIsToldToItsPublisherOnly(t *testing.T) {
	none := newCompany(t)
	for _, visibility := range []registry.Visibility{registry.Organization, registry.Private} {
		s := newCompany(t)
		a, err := s.publishing().Announce(t.Context(), as("otto"), of("hello", "1.0.0", company, visibility))
		if err != nil {
			t.Fatal(err)
		}
		s.objects.Put(registry.UploadKey(uploadID(t, a.URL)), []byte("no ZIP"))
		if o, err := s.ingesting().Ingest(t.Context(), uploadID(t, a.URL)); err != nil || o.Released {
			t.Fatalf("outcome %+v, %v", o, err)
		}
		wantWords(t, missing(t, s.queries(), "otto", "hello", "1.0.0")["page"], "not a readable ZIP")
		for _, user := range []string{"", "bob", "alice", "olga", "mimi"} {
			for way, answer := range missing(t, s.queries(), user, "hello", "1.0.0") {
				if want := missing(t, none.queries(), user, "hello", "1.0.0")[way]; answer != want {
					t.Errorf("%q asks for %s: %s", user, way, answer)
				}
			}
		}
	}
}

func TestAFailingStoreOfAttemptsIsNoMissingPackage(t *testing.T) {
	s := newStore(t)
	f := &failure{at: 2}
	_, _, err := s.failing(f).queries().Latest(t.Context(), viewer("alice"), "hello", registry.Summary)
	for f.happened {
		wantError(t, err, registry.Internal, "crash")
		f = &failure{at: f.at + 1}
		_, _, err = s.failing(f).queries().Latest(t.Context(), viewer("alice"), "hello", registry.Summary)
	}
	wantError(t, err, registry.NotFound)
}
