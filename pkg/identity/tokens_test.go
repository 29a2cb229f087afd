package identity_test

import (
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func scope(t *testing.T, text string) registry.Scope {
	t.Helper()
	s, err := registry.ParseScope(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wantCaller requires what is known of a token, as bearer and as signature.
func (r *registered) wantCaller(t *testing.T, token string, want registry.Caller) {
	t.Helper()
	for _, h := range []http.Header{bearer(token), signed(token, r.now, newNonce())} {
		if got, err := r.Caller(t.Context(), h); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("caller %+v, %v; want %+v", got, err, want)
		}
	}
}

// tokens lists a user's tokens as people see them.
func (r *registered) tokens(t *testing.T, name string) string {
	t.Helper()
	list, err := r.Tokens(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, u := range list {
		text := u.String()
		if !u.LastUsed.IsZero() {
			text += ", used " + u.LastUsed.Format(time.RFC3339)
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func TestTokensHaveNamesAndScopes(t *testing.T) {
	r := newRegistered()
	first := r.add(t, "alice")
	read := r.issue(t, "alice", identity.Grant{Name: "reader", Scope: scope(t, "read")})
	ci := r.issue(t, "alice", identity.Grant{Name: "ci", Scope: scope(t, "publish:Hello,other")})
	r.wantCaller(t, first, registry.Caller{User: "alice", Token: "default"})
	r.wantCaller(t, read, registry.Caller{User: "alice", Token: "reader", Scope: registry.Scope{Limited: true}})
	r.wantCaller(t, ci, registry.Caller{User: "alice", Token: "ci", Scope: registry.Scope{Limited: true, Packages: []string{"hello", "other"}}})
	for _, name := range []string{"", "a b", "a/b", strings.Repeat("x", 65)} {
		_, err := r.Issue(t.Context(), admin(), "alice", identity.Grant{Name: name})
		wantCode(t, err, registry.Invalid, "not allowed")
	}
	_, err := r.Issue(t.Context(), admin(), "nobody", identity.Grant{Name: "ci"})
	wantCode(t, err, registry.NotFound, `"nobody"`)
	_, err = r.Tokens(t.Context(), "nobody")
	wantCode(t, err, registry.NotFound, `"nobody"`)
}

func TestATokenOfTheSameNameIsReplaced(t *testing.T) {
	r := newRegistered()
	first := r.add(t, "alice")
	old := r.issue(t, "alice", identity.Grant{Name: "ci"})
	ci := r.issue(t, "alice", identity.Grant{Name: "ci", Scope: scope(t, "read")})
	r.wantDead(t, old)
	r.wantUser(t, first, "alice")
	r.wantCaller(t, ci, registry.Caller{User: "alice", Token: "ci", Scope: registry.Scope{Limited: true}})
}

func TestATokenEndsByTheClock(t *testing.T) {
	r := newRegistered()
	first := r.add(t, "alice")
	ci := r.issue(t, "alice", identity.Grant{Name: "ci", Expires: r.now.Add(time.Hour)})
	r.now = r.now.Add(time.Hour - time.Second)
	r.wantUser(t, ci, "alice")
	for range 2 {
		r.now = r.now.Add(time.Second)
		for _, h := range []http.Header{bearer(ci), signed(ci, r.now, newNonce())} {
			user, err := r.who(t, h)
			wantUnauthenticated(t, user, err, `"ci"`, "ended on 2025-06-15T16:06:40Z", "administrator")
		}
		r.wantUser(t, first, "alice")
	}
}

func TestLastUseIsKnownToTheHour(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	r.issue(t, "alice", identity.Grant{Name: "ci", Scope: scope(t, "publish:hello"), Expires: r.now.Add(90 * 24 * time.Hour)})
	const ci = "ci, scope publish:hello, until 2025-09-13T15:06:40Z"
	wrong := signed(token, r.now, newNonce())
	wrong.Set("sign_code", sha256hex("guess"))
	user, err := r.who(t, wrong)
	wantUnauthenticated(t, user, err)
	wantText(t, r.tokens(t, "alice"), "default, scope all; "+ci)
	r.wantUser(t, token, "alice")
	wantText(t, r.tokens(t, "alice"), "default, scope all, used 2025-06-15T15:00:00Z; "+ci)
	f := &failure{}
	counted := *r.Authenticator
	counted.Store = failing{counted.Store, f}
	for _, step := range []struct {
		after  time.Duration
		writes int // beside the reads of the token and its user
		used   string
	}{
		{0, 0, "15:00"}, {53 * time.Minute, 0, "15:00"}, {time.Minute, 1, "16:00"}, {59 * time.Minute, 0, "16:00"}, {24 * time.Hour, 1, "16:00"},
	} {
		r.now, f.calls = r.now.Add(step.after), 0
		if _, err := counted.Caller(t.Context(), bearer(token)); err != nil || f.calls != 2+step.writes {
			t.Errorf("after %v more: %d calls, %v", step.after, f.calls, err)
		}
		if got := r.tokens(t, "alice"); !strings.Contains(got, "T"+step.used) {
			t.Errorf("after %v more: %s", step.after, got)
		}
	}
}

func wantText(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestOneTokenIsRevokedWithoutTheOthers(t *testing.T) {
	r := newRegistered()
	first, bob := r.add(t, "alice"), r.add(t, "bob")
	ci := r.issue(t, "alice", identity.Grant{Name: "ci"})
	bobs := r.issue(t, "bob", identity.Grant{Name: "ci"})
	if err := r.Revoke(t.Context(), admin(), "alice", "ci"); err != nil {
		t.Fatal(err)
	}
	r.wantDead(t, ci)
	for token, user := range map[string]string{first: "alice", bob: "bob", bobs: "bob"} {
		r.wantUser(t, token, user)
	}
	wantCode(t, r.Revoke(t.Context(), admin(), "alice", "ci"), registry.NotFound, `no token "ci"`)
	wantCode(t, r.Revoke(t.Context(), admin(), "nobody", "ci"), registry.NotFound, `no user "nobody"`)
	_, err := r.Renew(t.Context(), admin(), "alice", "ci")
	wantCode(t, err, registry.NotFound, `no token "ci"`)
	_, err = r.Current(t.Context(), "alice", "ci")
	wantCode(t, err, registry.NotFound, `no token "ci"`)
}

func TestManyTokensAtOnceAreDistinct(t *testing.T) {
	r := newRegistered()
	r.add(t, "alice")
	names := strings.Fields("a b c d e f g h")
	tokens := make([]string, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { tokens[i] = r.issue(t, "alice", identity.Grant{Name: name}) })
	}
	all.Wait()
	for i, name := range names {
		r.wantCaller(t, tokens[i], registry.Caller{User: "alice", Token: name})
	}
	r.checkRecorded(t)
}

func TestChangesOfAUserAreRecorded(t *testing.T) {
	r := newRegistered()
	by := registry.Caller{User: "root", Token: "default", From: "192.0.2.1", RequestID: "1-2-3"}
	var secrets []string
	secret := func(token string, err error) {
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, token)
	}
	secret(r.Add(t.Context(), by, "alice"))
	secret(r.Issue(t.Context(), by, "alice", identity.Grant{Name: "ci", Scope: scope(t, "publish:hello"), Expires: r.now}))
	secret(r.Renew(t.Context(), by, "alice", "default"))
	if err := r.Revoke(t.Context(), by, "alice", "ci"); err != nil {
		t.Fatal(err)
	}
	if err := r.Remove(t.Context(), by, "alice"); err != nil {
		t.Fatal(err)
	}
	var said []string
	for i, e := range registrytest.Events(t, r.audit, "user/alice") {
		said = append(said, strings.TrimSpace(e.Action+" "+e.Detail))
		want := registry.Event{
			Subject: "user/alice", Seq: int64(i + 1), Time: r.now.UTC(), Action: e.Action, Detail: e.Detail,
			User: "root", Token: "default", From: "192.0.2.1", RequestID: "1-2-3",
		}
		if !reflect.DeepEqual(e, want) {
			t.Errorf("event %+v, want %+v", e, want)
		}
	}
	all := strings.Join(said, "; ")
	wantText(t, all, "token default, scope all; token ci, scope publish:hello, until 2025-06-15T15:06:40Z; token default, scope all; token revoke ci; user remove")
	for _, s := range secrets {
		if strings.Contains(all, s) {
			t.Error("the audit has a token")
		}
	}
}
