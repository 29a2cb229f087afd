package identity_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

var errBroken = errors.New("store is broken")

// failure fails the at-th call of the store or the audit, counted from 1.
type failure struct {
	at       int
	applied  bool // the call has its effect, only the answer is lost
	lasting  bool // all later calls fail too, without effect: the process died
	calls    int
	happened bool
}

func (f *failure) do(call func() error) error {
	f.calls++
	switch {
	case f.calls == f.at && f.applied:
		f.happened = true
		call() // whatever it answers is lost
		return errBroken
	case f.calls == f.at, f.calls > f.at && f.lasting:
		f.happened = true
		return errBroken
	}
	return call()
}

// eachFailure runs the test with each call failing in each way, until it needs
// no more calls.
func eachFailure(t *testing.T, run func(t *testing.T, r *registered, broken *identity.Users, f *failure)) {
	t.Helper()
	for _, way := range []failure{{}, {applied: true}, {lasting: true}, {applied: true, lasting: true}} {
		for way.at = 1; ; way.at++ {
			f := way
			t.Run(fmt.Sprintf("call %d fails, applied=%t lasting=%t", f.at, f.applied, f.lasting), func(t *testing.T) {
				r := newRegistered()
				recorder := *r.Recorder
				recorder.Audit = failingAudit{r.audit, &f}
				run(t, r, &identity.Users{Store: failing{r.Users.Store, &f}, Key: masterKey(), Recorder: &recorder}, &f)
				r.checkRecorded(t)
			})
			if !f.happened {
				break
			}
		}
		if way.at < 4 {
			t.Errorf("only %d calls were made", way.at-1)
		}
	}
}

// checkRecorded requires that, with the next change at the latest, every change
// of alice is recorded: once, and in order.
func (r *registered) checkRecorded(t *testing.T) {
	t.Helper()
	if _, err := r.Issue(t.Context(), admin(), "alice", identity.Grant{Name: "last"}); registry.CodeOf(err) == registry.NotFound {
		r.add(t, "alice") // she was removed
	} else if err != nil {
		t.Fatal(err)
	}
	user, err := r.Users.Store.User(t.Context(), "alice")
	if err != nil {
		t.Fatal(err)
	}
	events := registrytest.Events(t, r.audit, "user/alice")
	if int64(len(events)) != user.Revision {
		t.Fatalf("%d changes, recorded are %v", user.Revision, events)
	}
	for i, e := range events {
		if e.Seq != int64(i+1) || e.User != "admin" || e.From != "terminal" || e.Action == "" {
			t.Fatalf("event %d is %+v", i+1, e)
		}
	}
}

func TestAddFinishesAfterEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, r *registered, broken *identity.Users, f *failure) {
		token, err := broken.Add(t.Context(), admin(), "alice")
		if err != nil && (!errors.Is(err, errBroken) || !f.happened) {
			t.Fatal(err)
		}
		if err == nil {
			r.wantUser(t, token, "alice")
			return
		}
		token, err = r.Add(t.Context(), admin(), "alice")
		if registry.CodeOf(err) == registry.Conflict { // it had been done
			token, err = r.Renew(t.Context(), admin(), "alice", identity.DefaultToken)
		}
		if err != nil {
			t.Fatal(err)
		}
		r.wantUser(t, token, "alice")
	})
}

func TestRenewFinishesAfterEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, r *registered, broken *identity.Users, f *failure) {
		old := r.add(t, "alice")
		token, err := broken.Renew(t.Context(), admin(), "alice", identity.DefaultToken)
		if err != nil {
			if !errors.Is(err, errBroken) || !f.happened {
				t.Fatal(err)
			}
			if current, err := r.Current(t.Context(), "alice", identity.DefaultToken); err != nil || (current != old && !f.lasting) {
				t.Fatalf("nobody knows alice's token, and the process lives: %v", err) // nobody is locked out
			}
			if token, err = r.Renew(t.Context(), admin(), "alice", identity.DefaultToken); err != nil {
				t.Fatal(err)
			}
		}
		r.wantUser(t, token, "alice")
		r.wantDead(t, old)
	})
}

func TestRevokeFinishesAfterEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, r *registered, broken *identity.Users, _ *failure) {
		kept := r.add(t, "alice")
		ci := r.issue(t, "alice", identity.Grant{Name: "ci"})
		if broken.Revoke(t.Context(), admin(), "alice", "ci") != nil {
			if err := r.Revoke(t.Context(), admin(), "alice", "ci"); err != nil && registry.CodeOf(err) != registry.NotFound {
				t.Fatal(err)
			}
		}
		r.wantDead(t, ci)
		r.wantUser(t, kept, "alice")
	})
}

func TestRemoveFinishesAfterEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, r *registered, broken *identity.Users, f *failure) {
		tokens := []string{r.add(t, "alice"), r.issue(t, "alice", identity.Grant{Name: "ci"})}
		// A renewal that was cut short.
		cut := failing{r.Users.Store, &failure{at: 3, lasting: true}}
		if _, err := (&identity.Users{Store: cut, Key: masterKey(), Recorder: r.Recorder}).Renew(t.Context(), admin(), "alice", "ci"); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		r.wantUser(t, tokens[1], "alice")
		if err := broken.Remove(t.Context(), admin(), "alice"); err != nil {
			if err := r.Remove(t.Context(), admin(), "alice"); err != nil && registry.CodeOf(err) != registry.NotFound {
				t.Fatalf("call %d failed, and then: %v", f.at, err)
			}
		}
		for _, token := range tokens {
			r.wantDead(t, token)
		}
	})
}

type failing struct {
	identity.Store
	f *failure
}

func (s failing) User(ctx context.Context, name string) (u identity.User, err error) {
	err = s.f.do(func() error { u, err = s.Store.User(ctx, name); return err })
	return u, err
}

func (s failing) PutUser(ctx context.Context, u identity.User) error {
	return s.f.do(func() error { return s.Store.PutUser(ctx, u) })
}

func (s failing) Token(ctx context.Context, md5 string) (token identity.Token, err error) {
	err = s.f.do(func() error { token, err = s.Store.Token(ctx, md5); return err })
	return token, err
}

func (s failing) PutToken(ctx context.Context, md5 string, t identity.Token) error {
	return s.f.do(func() error { return s.Store.PutToken(ctx, md5, t) })
}

func (s failing) UseNonce(ctx context.Context, nonce string) error {
	return s.f.do(func() error { return s.Store.UseNonce(ctx, nonce) })
}

type failingAudit struct {
	registry.Audit
	f *failure
}

func (a failingAudit) Record(ctx context.Context, e registry.Event) error {
	return a.f.do(func() error { return a.Audit.Record(ctx, e) })
}
