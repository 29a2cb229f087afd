package registry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// refuse uploads a ZIP under a version that lies about it: it must be refused.
func (s store) refuse(t testing.TB, user, name, version string) {
	t.Helper()
	id := s.announce(t, user, name, version)
	s.objects.Put(registry.UploadKey(id), pluginZIP(name, "9.9.9"))
	o, err := s.ingesting().Ingest(t.Context(), id)
	if err != nil || o.Released {
		t.Fatalf("outcome %+v, %v; want a refusal", o, err)
	}
}

// wantRefusal announces a version, which must be answered with the refusal of the
// last upload.
func (s store) wantRefusal(t testing.TB, user, name, version string, words ...string) {
	t.Helper()
	_, err := s.publishing().Announce(t.Context(), as(user), submission(name, version))
	wantError(t, err, registry.Conflict, append(words, "Your upload of ", " was refused: ", "publish again")...)
}

const lies = `says Version "9.9.9", but `

// state is how far the last attempt got.
func (s store) state(t testing.TB, user, name, version string) registry.AttemptState {
	t.Helper()
	a, err := s.attempts.Attempt(t.Context(), user, name, version)
	if err != nil {
		t.Fatal(err)
	}
	return a.State
}

func TestARefusalAnswersTheNextAnnouncementOnce(t *testing.T) {
	for _, version := range []string{"1.0.0", "1.0.0+b", "dev"} {
		s := newStore(t)
		s.refuse(t, "alice", "hello", version)
		s.wantRefusal(t, "alice", "HELLO", version, "hello "+version+" of 2025-03-01 00:00 UTC", lies)
		s.publish(t, "hello", version)
		s.delete(t, "hello", s.visible(t, "hello"))
	}
}

func TestARefusalAnswersNoOtherAnnouncement(t *testing.T) {
	s := newStore(t)
	s.refuse(t, "alice", "hello", "1.0.0")
	s.announce(t, "alice", "hello", "1.0.1")
	s.announce(t, "alice", "hello", "dev")
	s.announce(t, "alice", "other", "1.0.0")
	s.announce(t, "bob", "hello", "1.0.0")
	limited := as("alice")
	limited.Scope = registry.Scope{Limited: true, Packages: []string{"other"}}
	_, err := s.publishing().Announce(t.Context(), limited, submission("hello", "1.0.0"))
	wantError(t, err, registry.Forbidden) // and tells nothing, so that it is still to be told
	s.wantRefusal(t, "alice", "hello", "1.0.0", lies)
}

func TestManyAnnouncementsAtOnceAreToldOfOneRefusalOnce(t *testing.T) {
	s := newStore(t)
	s.refuse(t, "alice", "hello", "1.0.0")
	answers := make(chan error)
	for range 6 {
		go func() {
			_, err := s.publishing().Announce(t.Context(), as("alice"), submission("hello", "1.0.0"))
			answers <- err
		}()
	}
	refused := 0
	for range 6 {
		if err := <-answers; err != nil {
			wantError(t, err, registry.Conflict, lies)
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%d announcements were refused, want one", refused)
	}
}

func TestAnAttemptSaysHowFarItGot(t *testing.T) {
	s := newStore(t)
	id := s.announce(t, "alice", "hello", "1.0.0")
	a, err := s.attempts.Attempt(t.Context(), "alice", "hello", "1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	until := now().UTC().Truncate(time.Second).Add(time.Minute)
	if !a.Until.Equal(until) || a.At(until) != registry.AttemptAnnounced || a.At(until.Add(time.Second)) != registry.AttemptLost {
		t.Errorf("attempt %+v", a)
	}
	if _, err := s.ingesting().Ingest(t.Context(), id); err == nil { // its ZIP is not there yet
		t.Error("it was released without a ZIP")
	}
	if got := s.state(t, "alice", "hello", "1.0.0"); got != registry.AttemptChecking {
		t.Errorf("state %s", got)
	}
	s.objects.Put(registry.UploadKey(id), pluginZIP("hello", "1.0.0"))
	for range 2 {
		if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
			t.Fatalf("outcome %+v, %v", o, err)
		}
		if got := s.state(t, "alice", "hello", "1.0.0"); got != registry.AttemptReleased {
			t.Errorf("state %s", got)
		}
	}
}

func TestALateOutcomeLeavesANewerAttemptAlone(t *testing.T) {
	s := newStore(t)
	older := s.announce(t, "alice", "hello", "1.0.0")
	s.objects.Put(registry.UploadKey(older), []byte("no ZIP"))
	newer := s.upload(t, "alice", "hello", "1.0.0")
	for range 2 {
		if o, err := s.ingesting().Ingest(t.Context(), older); err != nil || o.Released {
			t.Fatalf("outcome %+v, %v", o, err)
		}
	}
	if got := s.state(t, "alice", "hello", "1.0.0"); got != registry.AttemptAnnounced {
		t.Errorf("state %s", got)
	}
	if o, err := s.ingesting().Ingest(t.Context(), newer); err != nil || !o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	if got := s.state(t, "alice", "hello", "1.0.0"); got != registry.AttemptReleased {
		t.Errorf("state %s", got)
	}
}

// An upload that was announced before the registry kept attempts is told of all
// the same.
func TestARefusalWithoutAnAttemptIsKept(t *testing.T) {
	s := newStore(t)
	id := s.announce(t, "alice", "hello", "1.0.0")
	s.attempts = newStore(t).attempts
	s.objects.Put(registry.UploadKey(id), []byte("no ZIP"))
	if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	s.wantRefusal(t, "alice", "hello", "1.0.0", "not a readable ZIP")
}

// Whatever fails while an upload is refused: once its outcome is known for good,
// the publisher finds the refusal.
func TestARefusalIsKeptAfterEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, f *failure) {
		s := newStore(t)
		id := s.announce(t, "alice", "hello", "1.0.0")
		s.objects.Put(registry.UploadKey(id), pluginZIP("hello", "9.9.9"))
		if _, err := s.failing(f).ingesting().Ingest(t.Context(), id); f.happened != (err != nil) {
			t.Fatal(err)
		}
		if _, err := s.ingesting().Ingest(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		s.wantRefusal(t, "alice", "hello", "1.0.0", lies)
		s.publish(t, "hello", "1.0.0")
		s.checkSettled(t, "hello")
	})
}

// Whatever fails while a refusal is told, the announcement after it is taken; and
// it is told unless the answer itself was lost.
func TestAnAnnouncementAfterARefusalIsTakenAfterEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, f *failure) {
		s := newStore(t)
		s.refuse(t, "alice", "hello", "1.0.0")
		_, err := s.failing(f).publishing().Announce(t.Context(), as("alice"), submission("hello", "1.0.0"))
		if f.happened && registry.CodeOf(err) != registry.Internal || !f.happened && registry.CodeOf(err) != registry.Conflict {
			t.Fatal(err)
		}
		if a, err := s.attempts.Attempt(t.Context(), "alice", "hello", "1.0.0"); err != nil || !a.Told {
			s.wantRefusal(t, "alice", "hello", "1.0.0", lies)
		}
		s.publish(t, "hello", "1.0.0")
	})
}

func TestARefusalsReasonIsSafeAnywhere(t *testing.T) {
	s := newStore(t)
	id := s.announce(t, "alice", "hello", "1.0.0")
	hostile := "a\x1b]0;b\x07c\r\nd\u202ee\u200bf\xff<script>" + strings.Repeat("g", 5000)
	s.objects.Put(registry.UploadKey(id), registrytest.ZIP(registrytest.Files(registry.Plugin, "hello", "1.0.0")))
	ingesting := s.ingesting()
	ingesting.Canonicalize = refusing(hostile)
	o, err := ingesting.Ingest(t.Context(), id)
	if err != nil || !strings.HasPrefix(o.Reason, "a\uFFFD]0;b\uFFFDc\uFFFD\uFFFDd\uFFFDe\uFFFDf\uFFFD<script>ggg") || len(o.Reason) > 2100 {
		t.Errorf("reason %.80q of %d bytes, %v", o.Reason, len(o.Reason), err)
	}
}
