package identity_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
)

// wantViewer requires that a request's sender reads as this user; "" is nobody.
func (r *registered) wantViewer(t *testing.T, h http.Header, want string) {
	t.Helper()
	if user, err := r.Viewer(h)(t.Context()); err != nil || user != want {
		t.Errorf("%v reads as %q, %v; want %q", h, user, err, want)
	}
}

func TestViewerKnowsWhoReads(t *testing.T) {
	r := newRegistered()
	alice, bob := r.add(t, "alice"), r.add(t, "bob")
	ci := r.issue(t, "alice", identity.Grant{Name: "ci", Scope: scope(t, "read")})
	for token, user := range map[string]string{alice: "alice", bob: "bob", ci: "alice"} {
		r.wantViewer(t, bearer(token), user)
		r.wantViewer(t, signed(token, r.now, newNonce()), user)
	}
}

// Clients send masked headers with downloads, and old tokens with everything.
func TestWhoeverCannotBeKnownReadsAsNobody(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	ended := r.issue(t, "alice", identity.Grant{Name: "ended", Expires: r.now})
	revoked := r.issue(t, "alice", identity.Grant{Name: "revoked"})
	if err := r.Revoke(t.Context(), admin(), "alice", "revoked"); err != nil {
		t.Fatal(err)
	}
	r.add(t, "bob")
	if err := r.Remove(t.Context(), admin(), "bob"); err != nil {
		t.Fatal(err)
	}
	for _, dead := range []string{ended, revoked, "fcr_unknown", strings.ToUpper(token)} {
		r.wantViewer(t, bearer(dead), "")
		r.wantViewer(t, signed(dead, r.now, newNonce()), "")
	}
	for _, skew := range []time.Duration{6 * time.Minute, -6 * time.Minute, 10 * 365 * 24 * time.Hour} {
		r.wantViewer(t, signed(token, r.now.Add(skew), newNonce()), "")
	}
	for _, name := range []string{"token", "timestamp", "nonce", "sign_code"} {
		for _, value := range []string{"", "28e***db1", "x", strings.Repeat("0", 1<<16)} {
			h := signed(token, r.now, newNonce())
			h.Set(name, value)
			r.wantViewer(t, h, "")
		}
	}
	for _, h := range []http.Header{{}, {"Authorization": {"Basic YTpi"}}, {"Authorization": {"Bearer "}}, {"Cookie": {"token=x"}}} {
		r.wantViewer(t, h, "")
	}
}

func TestReadingUsesUpNoSignature(t *testing.T) {
	r := newRegistered()
	h := signed(r.add(t, "alice"), r.now, newNonce())
	r.wantViewer(t, h, "alice")
	r.wantViewer(t, h, "alice")
	if user, err := r.who(t, h); err != nil || user != "alice" {
		t.Errorf("a change after reading: %q, %v", user, err)
	}
	user, err := r.who(t, h)
	wantUnauthenticated(t, user, err, "received before")
	r.wantViewer(t, h, "alice")
}

// A failing store must not make somebody nobody.
func TestViewerReportsAFailingStore(t *testing.T) {
	for at := 1; ; at++ {
		r := newRegistered()
		token := r.add(t, "alice")
		f := &failure{at: at}
		a := *r.Authenticator
		a.Store = failing{a.Store, f}
		user, err := a.Viewer(signed(token, r.now, newNonce()))(t.Context())
		if !f.happened {
			if user != "alice" || err != nil || at < 3 { // token, user
				t.Errorf("after %d failures: %q, %v", at-1, user, err)
			}
			return
		}
		if !errors.Is(err, errBroken) || user != "" {
			t.Errorf("call %d of the store failed: %q, %v", at, user, err)
		}
	}
}
