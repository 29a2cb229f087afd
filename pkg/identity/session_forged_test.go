package identity_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
)

// wantForged requires that a text is nobody's session.
func (r *registered) wantForged(t *testing.T, what, text string) {
	t.Helper()
	s := r.sessions()
	caller, err := s.Caller(t.Context(), text)
	if user := s.User(text); err == nil || caller.User != "" || user != "" {
		t.Errorf("%s: %q is of %q, %q", what, text, caller.User, user)
	}
	r.wantSession(t, text, "")
}

func TestForgedSessions(t *testing.T) {
	r := newRegistered()
	r.add(t, "bob")
	r.add(t, "a.b")
	token := r.add(t, "alice")
	session := r.open(t, token)
	said, signature, _ := strings.Cut(session, ".")
	end := r.now.Add(sessionTTL).Unix()
	if said != fmt.Sprintf("alice/1/%d", end) {
		t.Fatalf("the session says %q", said)
	}
	for what, text := range map[string]string{
		"nothing":             "",
		"a dot":               ".",
		"dots":                "...",
		"no signature":        said,
		"an empty signature":  said + ".",
		"the signature alone": "." + signature,
		"another user":        strings.Replace(session, "alice", "bob", 1),
		"another spelling":    strings.Replace(session, "alice", "Alice", 1),
		"another token":       strings.Replace(session, "/1/", "/2/", 1),
		"a longer time":       fmt.Sprintf("alice/1/%d.%s", end+1, signature),
		"a shorter time":      fmt.Sprintf("alice/1/%d.%s", end-1, signature),
		"the same time":       fmt.Sprintf("alice/1/0%d.%s", end, signature),
		"one more part":       said + "/1." + signature,
		"a part less":         "alice/1." + signature,
		"cut":                 session[:len(session)-1],
		"longer":              session + "A",
		"padded":              session + "=",
		"with spaces":         " " + session,
		"twice":               session + "." + session,
		"two signatures":      session + "." + signature,
		"a NUL":               "session\x00" + session,
		"the token":           token,
		"broken UTF-8":        "\xff" + session,
		"long":                strings.Repeat("a", 1<<20) + "." + signature,
	} {
		r.wantForged(t, what, text)
	}
	for i := range session {
		changed := []byte(session)
		changed[i] ^= 1
		r.wantForged(t, fmt.Sprintf("byte %d changed", i), string(changed))
	}
	r.wantSession(t, session, "alice")
}

func TestASessionOfAnotherKeyIsForged(t *testing.T) {
	one, other := newRegistered(), newRegistered()
	other.Users.Key = identity.Key(strings.Repeat("x", identity.MinKey))
	other.Authenticator.Key = other.Users.Key
	one.add(t, "alice")
	other.add(t, "alice")
	session := other.open(t, other.tokenOf(t, "alice"))
	other.wantSession(t, session, "alice")
	one.wantForged(t, "of another key", session)
}

func (r *registered) tokenOf(t *testing.T, user string) string {
	t.Helper()
	token, err := r.Current(t.Context(), user, identity.DefaultToken)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// Each kind of proof is signed for its use alone.
func TestSessionsTicketsAndTokensAreNoOther(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	session := r.open(t, token)
	end := fmt.Sprint(r.now.Add(sessionTTL).Unix())
	tickets := &identity.Tickets{Key: masterKey(), Clock: r.Clock, TTL: sessionTTL}
	for _, ticket := range []string{
		tickets.Ticket("alice", "1"), tickets.Ticket("alice/1/"+end, ""), tickets.Ticket("", "alice/1/"+end), tickets.Ticket("session", "alice/1"),
	} {
		_, signature, _ := strings.Cut(ticket, ".")
		r.wantForged(t, "a ticket", ticket)
		r.wantForged(t, "a ticket's signature", "alice/1/"+end+"."+signature)
	}
	r.wantForged(t, "a token's signature", "alice/1/"+end+"."+strings.TrimPrefix(token, "fcr_"))

	_, signature, _ := strings.Cut(session, ".")
	r.wantDead(t, session)
	r.wantDead(t, "fcr_"+signature)
	for _, release := range [][2]string{{"alice", "1"}, {"alice/1/" + end, ""}, {"session", "alice/1/" + end}, {"alice", "1/" + end}} {
		for _, ticket := range []string{session, end + "." + signature, "alice/1/" + end + "." + signature} {
			if tickets.Admits(ticket, release[0], release[1]) {
				t.Errorf("%q is a ticket for %v", ticket, release)
			}
		}
	}
}

// FuzzSession sends any text as a session: none but the one that was given out
// is anybody's.
func FuzzSession(f *testing.F) {
	r := newRegistered()
	token, err := r.Add(f.Context(), admin(), "a.b")
	if err != nil {
		f.Fatal(err)
	}
	session, _, err := r.sessions().Open(f.Context(), token)
	if err != nil {
		f.Fatal(err)
	}
	dot := strings.LastIndex(session, ".")
	f.Add(session, int64(0))
	f.Add(session, int64(sessionTTL/time.Second))
	f.Add(session[:dot], int64(0))
	f.Add(session[dot:], int64(0))
	f.Add("a.b/1/9223372036854775807"+session[dot:], int64(-1))
	f.Add("a.b/1/"+session[dot:], int64(1))
	f.Add(".", int64(0))
	f.Fuzz(func(t *testing.T, text string, seconds int64) {
		r := newRegistered()
		r.add(t, "a.b")
		r.now = r.now.Add(time.Duration(seconds%1e6) * time.Second)
		want := ""
		if text == session && seconds%1e6 < int64(sessionTTL/time.Second) {
			want = "a.b"
		}
		r.wantSession(t, text, want)
		if got := r.sessions().User(text); got != want {
			t.Errorf("%q is shown as %q's", text, got)
		}
	})
}
