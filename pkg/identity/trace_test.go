package identity_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// TestTheAccessLineIsToldWhoProvedIt asks in every way, with a good proof and
// with a bad one.
func TestTheAccessLineIsToldWhoProvedIt(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	sessions := &identity.Sessions{Authenticator: r.Authenticator, TTL: time.Hour}
	session, _, err := sessions.Open(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	forged := signed(token, r.now, newNonce())
	forged.Set("sign_code", sha256hex("x"))
	caller := func(h http.Header) func(context.Context) error {
		return func(ctx context.Context) error { _, err := r.Caller(ctx, h); return err }
	}
	viewer := func(h http.Header) func(context.Context) error {
		return func(ctx context.Context) error { _, err := r.Viewer(h)(ctx); return err }
	}
	in := func(session string) func(context.Context) error {
		return func(ctx context.Context) error { _, err := sessions.Viewer(session)(ctx); return err }
	}
	open := func(token string) func(context.Context) error {
		return func(ctx context.Context) error { _, _, err := sessions.Open(ctx, token); return err }
	}
	for name, test := range map[string]struct {
		ask  func(context.Context) error
		user string
	}{
		"bearer":              {caller(bearer(token)), "alice"},
		"a wrong bearer":      {caller(bearer(token + "x")), ""},
		"signed":              {caller(signed(token, r.now, newNonce())), "alice"},
		"a forged signature":  {caller(forged), ""},
		"signed, to read":     {viewer(signed(token, r.now, newNonce())), "alice"},
		"forged, to read":     {viewer(forged), ""},
		"a session":           {in(session), "alice"},
		"a forged session":    {in(session + "x"), ""},
		"sign in":             {open(token), "alice"},
		"sign in with a word": {open("password"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			of := new(trace.Request)
			err := test.ask(trace.With(t.Context(), of))
			if of.User != test.user || test.user != "" && err != nil {
				t.Errorf("user %q, %v; want %q", of.User, err, test.user)
			}
		})
	}
}
