package identity_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestRenewKeepsScopeAndExpiry(t *testing.T) {
	r := newRegistered()
	first := r.add(t, "alice")
	old := r.issue(t, "alice", identity.Grant{Name: "ci", Scope: scope(t, "publish:hello"), Expires: r.now.Add(time.Hour)})
	token, err := r.Renew(t.Context(), admin(), "alice", "ci")
	if err != nil {
		t.Fatal(err)
	}
	r.wantDead(t, old)
	r.wantUser(t, first, "alice")
	r.wantCaller(t, token, registry.Caller{User: "alice", Token: "ci", Scope: registry.Scope{Limited: true, Packages: []string{"hello"}}})
	if current, err := r.Current(t.Context(), "alice", "ci"); err != nil || current != token {
		t.Errorf("current is %q, %v; want %q", current, err, token)
	}
	r.now = r.now.Add(time.Hour)
	user, err := r.who(t, bearer(token))
	wantUnauthenticated(t, user, err, "ended on")
}

func TestRemovingAndAddingRevivesNothing(t *testing.T) {
	r := newRegistered()
	var dead []string
	for range 3 {
		dead = append(dead, r.add(t, "alice"), r.issue(t, "alice", identity.Grant{Name: "ci"}))
		if err := r.Remove(t.Context(), admin(), "alice"); err != nil {
			t.Fatal(err)
		}
		for _, token := range dead {
			r.wantDead(t, token)
		}
	}
	alive := r.add(t, "alice")
	wantText(t, r.tokens(t, "alice"), "default, scope all")
	r.issue(t, "alice", identity.Grant{Name: "ci"})
	for _, token := range dead {
		r.wantDead(t, token)
	}
	r.wantUser(t, alive, "alice")
}

// contested lets others act just before a user is written, once.
type contested struct {
	identity.Store
	others *func()
}

func (c contested) PutUser(ctx context.Context, u identity.User) error {
	if others := *c.others; others != nil {
		*c.others = nil
		others()
	}
	return c.Store.PutUser(ctx, u)
}

// A renewal decides by what is there when it takes effect.
func TestRenewBringsNothingBack(t *testing.T) {
	for name, others := range map[string]func(t *testing.T, r *registered) error{
		"the user was removed":  func(t *testing.T, r *registered) error { return r.Remove(t.Context(), admin(), "alice") },
		"the token was revoked": func(t *testing.T, r *registered) error { return r.Revoke(t.Context(), admin(), "alice", "ci") },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegistered()
			r.add(t, "alice")
			old := r.issue(t, "alice", identity.Grant{Name: "ci", Scope: scope(t, "read")})
			act := func() {
				if err := others(t, r); err != nil {
					t.Error(err)
				}
			}
			racing := *r.Users
			racing.Store = contested{racing.Store, &act}
			token, err := racing.Renew(t.Context(), admin(), "alice", "ci")
			wantCode(t, err, registry.NotFound, "no ")
			if token != "" {
				t.Errorf("got token %q", token)
			}
			r.wantDead(t, old)
			if list, _ := r.Tokens(t.Context(), "alice"); len(list) > 1 {
				t.Errorf("tokens %v", list)
			}
		})
	}
	t.Run("the scope was narrowed", func(t *testing.T) {
		r := newRegistered()
		r.add(t, "alice")
		act := func() { r.issue(t, "alice", identity.Grant{Name: "default", Scope: scope(t, "read")}) }
		racing := *r.Users
		racing.Store = contested{racing.Store, &act}
		token, err := racing.Renew(t.Context(), admin(), "alice", "default")
		if err != nil {
			t.Fatal(err)
		}
		r.wantCaller(t, token, registry.Caller{User: "alice", Token: "default", Scope: registry.Scope{Limited: true}})
	})
}

func TestRenewingAndRemovingAtOnce(t *testing.T) {
	for range 50 {
		r := newRegistered()
		tokens := []string{r.add(t, "alice"), "", "", ""}
		var all sync.WaitGroup
		for i := range 3 {
			all.Go(func() {
				var err error
				tokens[i+1], err = r.Renew(t.Context(), admin(), "alice", "default")
				if err != nil && registry.CodeOf(err) != registry.NotFound {
					t.Error(err)
				}
			})
		}
		all.Go(func() {
			if err := r.Remove(t.Context(), admin(), "alice"); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		for _, token := range tokens {
			r.wantDead(t, token)
		}
		r.checkRecorded(t)
	}
}
