package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// attempt puts down what became of one of a user's uploads.
func (s *site) attempt(user, name, version string, state registry.AttemptState, at time.Time, reason string) {
	s.t.Helper()
	err := s.attempts.PutAttempt(s.t.Context(), registry.Attempt{
		User: user, Name: name, Version: version, Upload: "SECRET", State: state, Announced: at, Until: at.Add(15 * time.Minute), Changed: at, Reason: reason,
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestOnesOwnPageTellsWhatBecameOfUploads(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	for language, words := range map[string]string{"en": "You published nothing in the last 30 days.", "zh": "最近 30 天内您没有发布过。"} {
		s.get("/settings?lang="+language, session).want(t, 200, `<h2 id="uploads">`, words)
	}
	at := func(ago time.Duration) time.Time { return s.now.Add(-ago) }
	s.attempt("alice", "a-waits", "1.0.0", registry.AttemptAnnounced, at(time.Minute), "")
	s.attempt("alice", "b-checked", "1.0.0", registry.AttemptChecking, at(2*time.Minute), "")
	s.attempt("alice", "c-released", "dev", registry.AttemptReleased, at(3*time.Minute), "")
	s.attempt("alice", "d-refused", "1.0.0-rc.1", registry.AttemptRefused, at(4*time.Minute), `the entry "<img src=x onerror=alert(1)>" is twice there`)
	s.attempt("alice", "e-lost", "1.0.0", registry.AttemptAnnounced, at(16*time.Minute), "")
	s.attempt("bob", "f-bobs", "1.0.0", registry.AttemptRefused, at(time.Minute), "bob's own")
	tests := map[string][]string{
		"en": {"Waiting for its ZIP", "Being checked", "Released", "Refused", "Never arrived", "Publish it again."},
		"zh": {"等待 ZIP", "检查中", "已发布", "已拒绝", "未收到 ZIP", "请重新发布。"},
	}
	for language, states := range tests {
		a := s.get("/settings?lang="+language, session)
		a.want(t, 200, states...)
		a.want(t, 200, "a-waits 1.0.0", `<a href="/packages/c-released">c-released</a> dev`, "d-refused 1.0.0-rc.1", "e-lost 1.0.0", "2026-03-01 11:44 UTC",
			`the entry &#34;&lt;img src=x onerror=alert(1)&gt;&#34; is twice there`)
		a.wantNot(t, "f-bobs", "SECRET", "<img src=x", "Older ones", "更早的")
		for i, name := range []string{"b-checked", "c-released", "d-refused", "e-lost"} {
			if before := []string{"a-waits", "b-checked", "c-released", "d-refused"}[i]; strings.Index(a.body, before) > strings.Index(a.body, name) {
				t.Errorf("%s stands before %s, which is newer", name, before)
			}
		}
	}
	s.get("/settings", s.user("carol")).wantNot(t, "d-refused", "f-bobs")
}

func TestTheListOfUploadsIsBounded(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	for i := range 31 {
		s.attempt("alice", "hello", fmt.Sprintf("1.0.%d", i), registry.AttemptReleased, s.now.Add(time.Duration(i)*time.Minute), "")
	}
	a := s.get("/settings", session)
	a.want(t, 200, "1.0.30", "1.0.1<", "Older ones are not listed.")
	a.wantNot(t, "1.0.0<")
}
