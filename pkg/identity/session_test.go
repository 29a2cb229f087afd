package identity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
)

const sessionTTL = 12 * time.Hour

func (r *registered) sessions() *identity.Sessions {
	return &identity.Sessions{Authenticator: r.Authenticator, TTL: sessionTTL}
}

// open signs in with a token.
func (r *registered) open(t *testing.T, token string) string {
	t.Helper()
	session, _, err := r.sessions().Open(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// wantSession requires whose session it is, however it is asked for; "" is
// nobody.
func (r *registered) wantSession(t *testing.T, session, user string) {
	t.Helper()
	s := r.sessions()
	caller, err := s.Caller(t.Context(), session)
	if user == "" {
		wantUnauthenticated(t, caller.User, err)
	} else if err != nil || caller.User != user {
		t.Errorf("%q acts as %q, %v; want %q", session, caller.User, err, user)
	}
	if got, err := s.Viewer(session)(t.Context()); err != nil || got != user {
		t.Errorf("%q reads as %q, %v; want %q", session, got, err, user)
	}
}

func TestASessionIsOfWhoeverHasTheToken(t *testing.T) {
	r := newRegistered()
	for _, user := range []string{"alice", "bob", "a.b", "a.b.c-d_e", "A", "1.2.3"} {
		token := r.add(t, user)
		session, caller, err := r.sessions().Open(t.Context(), token)
		if err != nil || caller.User != user || caller.Token != identity.DefaultToken || caller.Scope.Limited {
			t.Fatalf("opened by %+v, %v", caller, err)
		}
		r.wantSession(t, session, user)
		if got := r.sessions().User(session); got != user {
			t.Errorf("session of %q is shown as %q's", user, got)
		}
		if strings.Contains(session, token) || strings.ContainsAny(session, " ,;\"\\\t\r\n") {
			t.Errorf("session %q does not do as a cookie", session)
		}
		used, err := r.Tokens(t.Context(), user)
		if err != nil || used[0].LastUsed.IsZero() {
			t.Errorf("the token's use was not noted: %+v, %v", used, err)
		}
	}
}

func TestASessionHasTheScopeOfItsToken(t *testing.T) {
	r := newRegistered()
	all := r.open(t, r.add(t, "alice"))
	for name, text := range map[string]string{"reader": "read", "ci": "publish:hello,world"} {
		session := r.open(t, r.issue(t, "alice", identity.Grant{Name: name, Scope: scope(t, text)}))
		caller, err := r.sessions().Caller(t.Context(), session)
		if err != nil || caller.User != "alice" || caller.Token != name || caller.Scope.String() != text {
			t.Errorf("caller %+v, %v; want scope %s", caller, err, text)
		}
	}
	if caller, err := r.sessions().Caller(t.Context(), all); err != nil || caller.Unlimited() != nil {
		t.Errorf("caller %+v, %v", caller, err)
	}
}

func TestOnlyATokenOpensASession(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	ended := r.issue(t, "alice", identity.Grant{Name: "ended", Expires: r.now})
	revoked := r.issue(t, "alice", identity.Grant{Name: "revoked"})
	if err := r.Revoke(t.Context(), admin(), "alice", "revoked"); err != nil {
		t.Fatal(err)
	}
	// A record that was copied to another MD5 in the store makes no token.
	if err := r.Users.Store.PutToken(t.Context(), md5hex("chosen"), identity.Token{User: "alice", Generation: 1}); err != nil {
		t.Fatal(err)
	}
	ticket := (&identity.Tickets{Key: masterKey(), Clock: r.Clock, TTL: time.Hour}).Ticket("alice", "1")
	for _, other := range []string{
		"", "alice", token[:len(token)-1], token + "x", strings.ToUpper(token), md5hex(token), ended, revoked, ticket, "chosen", r.open(t, token),
		strings.Repeat("x", 1<<20), "\x00", "\xff",
	} {
		session, caller, err := r.sessions().Open(t.Context(), other)
		wantUnauthenticated(t, session+caller.User, err)
	}
}

// What ends a session, and what does not.
func TestSessionsEnd(t *testing.T) {
	tests := map[string]struct {
		do    func(t *testing.T, r *registered) error
		ended bool
	}{
		"just before its time": {func(t *testing.T, r *registered) error { r.now = r.now.Add(sessionTTL - time.Second); return nil }, false},
		"at its time":          {func(t *testing.T, r *registered) error { r.now = r.now.Add(sessionTTL); return nil }, true},
		"years later":          {func(t *testing.T, r *registered) error { r.now = r.now.AddDate(10, 0, 0); return nil }, true},
		"token revoked":        {func(t *testing.T, r *registered) error { return r.Revoke(t.Context(), admin(), "alice", "web") }, true},
		"another revoked":      {func(t *testing.T, r *registered) error { return r.Revoke(t.Context(), admin(), "alice", "other") }, false},
		"token renewed": {func(t *testing.T, r *registered) error {
			_, err := r.Renew(t.Context(), admin(), "alice", "web")
			return err
		}, true},
		"another renewed": {func(t *testing.T, r *registered) error {
			_, err := r.Renew(t.Context(), admin(), "alice", "other")
			return err
		}, false},
		"token issued anew": {func(t *testing.T, r *registered) error {
			r.issue(t, "alice", identity.Grant{Name: "web"})
			return nil
		}, true},
		"before the token's expiry": {func(t *testing.T, r *registered) error { r.now = r.now.Add(time.Hour); return nil }, false},
		"at the token's expiry":     {func(t *testing.T, r *registered) error { r.now = r.now.Add(2 * time.Hour); return nil }, true},
		"user removed":              {func(t *testing.T, r *registered) error { return r.Remove(t.Context(), admin(), "alice") }, true},
		"user removed, and come back": {func(t *testing.T, r *registered) error {
			err := r.Remove(t.Context(), admin(), "alice")
			r.add(t, "alice")
			r.issue(t, "alice", identity.Grant{Name: "web"})
			return err
		}, true},
		"another user removed": {func(t *testing.T, r *registered) error { return r.Remove(t.Context(), admin(), "bob") }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRegistered()
			r.add(t, "alice")
			r.add(t, "bob")
			r.issue(t, "alice", identity.Grant{Name: "other"})
			web := identity.Grant{Name: "web"}
			if strings.HasSuffix(name, "expiry") {
				web.Expires = r.now.Add(2 * time.Hour)
			}
			session := r.open(t, r.issue(t, "alice", web))
			r.wantSession(t, session, "alice")
			if err := test.do(t, r); err != nil {
				t.Fatal(err)
			}
			want := "alice"
			if test.ended {
				want = ""
			}
			r.wantSession(t, session, want)
		})
	}
}

func TestWithoutASessionNothingIsRead(t *testing.T) {
	r := newRegistered()
	a := *r.Authenticator
	a.Store = failing{a.Store, &failure{at: 1, lasting: true}}
	s := &identity.Sessions{Authenticator: &a, TTL: sessionTTL}
	for _, text := range []string{"", ".", "forged", "alice/1/9999999999.x"} {
		if user, err := s.Viewer(text)(t.Context()); user != "" || err != nil {
			t.Errorf("%q reads as %q, %v", text, user, err)
		}
	}
}

// A failing store makes nobody somebody, nor somebody nobody.
func TestSessionsReportAFailingStore(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	session := r.open(t, token)
	for at := 1; at <= 3; at++ {
		fresh := newRegistered()
		fresh.add(t, "alice")
		a := *fresh.Authenticator
		a.Store = failing{a.Store, &failure{at: at}}
		if _, _, err := (&identity.Sessions{Authenticator: &a, TTL: sessionTTL}).Open(t.Context(), token); !errors.Is(err, errBroken) {
			t.Errorf("call %d failed: %v", at, err)
		}
	}
	a := *r.Authenticator
	a.Store = failing{a.Store, &failure{at: 1, lasting: true}}
	s := &identity.Sessions{Authenticator: &a, TTL: sessionTTL}
	if caller, err := s.Caller(t.Context(), session); !errors.Is(err, errBroken) || caller.User != "" {
		t.Errorf("acts as %q, %v", caller.User, err)
	}
	if user, err := s.Viewer(session)(t.Context()); !errors.Is(err, errBroken) || user != "" {
		t.Errorf("reads as %q, %v", user, err)
	}
	if got := s.User(session); got != "alice" { // asks no store
		t.Errorf("shown as %q's", got)
	}
}
