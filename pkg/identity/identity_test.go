package identity_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

func masterKey() identity.Key { return identity.Key("0123456789abcdef0123456789abcdef") }

// registered are users, the authenticator that knows them, and what was
// recorded of them.
type registered struct {
	*identity.Users
	*identity.Authenticator
	audit *memory.Audit
	now   time.Time
}

func newRegistered() *registered {
	store := memory.NewIdentities()
	r := &registered{audit: memory.NewAudit(), now: time.Unix(1_750_000_000, 0)}
	clock := func() time.Time { return r.now }
	r.Users = &identity.Users{Store: store, Key: masterKey(), Recorder: &registry.Recorder{Audit: r.audit, Clock: clock}}
	r.Authenticator = &identity.Authenticator{Store: store, Key: masterKey(), Clock: clock}
	return r
}

func admin() registry.Caller { return registry.Caller{User: "admin", From: "terminal"} }

// who returns the name of the user who sent a request.
func (r *registered) who(t *testing.T, h http.Header) (string, error) {
	caller, err := r.Caller(t.Context(), h)
	return caller.User, err
}

func (r *registered) add(t *testing.T, name string) string {
	t.Helper()
	token, err := r.Add(t.Context(), admin(), name)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// wantUser requires that a token is a user's, as bearer and as signature.
func (r *registered) wantUser(t *testing.T, token, user string) {
	t.Helper()
	for _, h := range []http.Header{bearer(token), signed(token, r.now, newNonce())} {
		if got, err := r.who(t, h); err != nil || got != user {
			t.Fatalf("token is of %q, %v; want %q", got, err, user)
		}
	}
}

// wantDead requires that a token is nobody's.
func (r *registered) wantDead(t *testing.T, token string) {
	t.Helper()
	for _, h := range []http.Header{bearer(token), signed(token, r.now, newNonce())} {
		user, err := r.who(t, h)
		wantUnauthenticated(t, user, err, "token is not valid", "s registry login")
	}
}

func wantUnauthenticated(t *testing.T, user string, err error, words ...string) {
	t.Helper()
	if user != "" || registry.CodeOf(err) != registry.Unauthenticated {
		t.Fatalf("user %q, error %v; want Unauthenticated", user, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Fatalf("message %q does not say %q", err, w)
		}
	}
}

func wantCode(t *testing.T, err error, code registry.Code, word string) {
	t.Helper()
	if err == nil || registry.CodeOf(err) != code || !strings.Contains(err.Error(), word) {
		t.Fatalf("got error %v (code %d), want code %d and %q", err, registry.CodeOf(err), code, word)
	}
}

func TestTokensAreDerivedFromTheKey(t *testing.T) {
	one, other := newRegistered(), newRegistered()
	first := one.add(t, "alice")
	if !regexp.MustCompile(`^fcr_[A-Za-z0-9_-]{43}$`).MatchString(first) {
		t.Errorf("token %q", first)
	}
	if again := other.add(t, "alice"); again != first {
		t.Errorf("the same key, user and generation give %q and %q", first, again)
	}
	renewed, err := one.Renew(t.Context(), admin(), "alice", identity.DefaultToken)
	if err != nil {
		t.Fatal(err)
	}
	stranger := newRegistered()
	stranger.Users.Key = identity.Key(strings.Repeat("x", identity.MinKey))
	seen := map[string]bool{first: true}
	for _, token := range []string{renewed, one.add(t, "alice1"), one.add(t, "bob"), stranger.add(t, "alice")} {
		if seen[token] {
			t.Errorf("token %q was given out twice", token)
		}
		seen[token] = true
	}
}

func TestAddedUserIsKnown(t *testing.T) {
	r := newRegistered()
	alice, bob := r.add(t, "alice"), r.add(t, "bob")
	r.wantUser(t, alice, "alice")
	r.wantUser(t, bob, "bob")
	_, err := r.Add(t.Context(), admin(), "alice")
	wantCode(t, err, registry.Conflict, "alice")
	r.wantUser(t, alice, "alice")
	_, err = r.Add(t.Context(), admin(), "a/b")
	wantCode(t, err, registry.Invalid, "a/b")
}

func TestRenewedTokenReplacesTheOld(t *testing.T) {
	r := newRegistered()
	old, bob := r.add(t, "alice"), r.add(t, "bob")
	for range 3 {
		token, err := r.Renew(t.Context(), admin(), "alice", identity.DefaultToken)
		if err != nil {
			t.Fatal(err)
		}
		r.wantUser(t, token, "alice")
		r.wantDead(t, old)
		old = token
	}
	r.wantUser(t, bob, "bob")
	_, err := r.Renew(t.Context(), admin(), "nobody", identity.DefaultToken)
	wantCode(t, err, registry.NotFound, "nobody")
}

func TestRemovedUserIsUnknownAndCanComeBack(t *testing.T) {
	r := newRegistered()
	old := r.add(t, "alice")
	if err := r.Remove(t.Context(), admin(), "alice"); err != nil {
		t.Fatal(err)
	}
	r.wantDead(t, old)
	for _, do := range []func() error{
		func() error { return r.Remove(t.Context(), admin(), "alice") },
		func() error { _, err := r.Renew(t.Context(), admin(), "alice", identity.DefaultToken); return err },
		func() error { return r.Remove(t.Context(), admin(), "nobody") },
	} {
		wantCode(t, do(), registry.NotFound, "there is no user")
	}
	r.wantUser(t, r.add(t, "alice"), "alice")
	r.wantDead(t, old)
}

// Whoever has read the whole store has no token of it.
func TestWhatIsStoredIsNoToken(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	r.wantDead(t, md5hex(token))
	forged := signed(token, r.now, newNonce())
	forged.Set("sign_code", sha256hex(md5hex(token)+forged.Get("nonce")+forged.Get("timestamp")))
	user, err := r.who(t, forged)
	wantUnauthenticated(t, user, err)
}

// A record that was copied to another MD5 in the store is no token either.
func TestMovedRecordIsNoToken(t *testing.T) {
	r := newRegistered()
	r.add(t, "alice")
	if err := r.Users.Store.PutToken(t.Context(), md5hex("chosen"), identity.Token{User: "alice", Generation: 1}); err != nil {
		t.Fatal(err)
	}
	r.wantDead(t, "chosen")
}

// issue gives a user one more token.
func (r *registered) issue(t *testing.T, name string, g identity.Grant) string {
	t.Helper()
	token, err := r.Issue(t.Context(), admin(), name, g)
	if err != nil {
		t.Fatal(err)
	}
	return token
}
