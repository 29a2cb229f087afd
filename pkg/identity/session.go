package identity

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// Sessions are proofs that somebody signed in with a token, for browsers:
// "USER/GENERATION/SECONDS.HMAC", the token's user and generation, and when the
// session ends. Nothing is stored; a session ends with its token.
type Sessions struct {
	Authenticator *Authenticator
	TTL           time.Duration
}

// session is what one says.
type session struct {
	user       string
	generation int64
}

// Open returns a session for whoever has the token, and who that is.
// Unauthenticated when the token is not valid.
func (s *Sessions) Open(ctx context.Context, token string) (string, registry.Caller, error) {
	a := s.Authenticator
	k, err := a.lookup(ctx, hash(token))
	if err != nil {
		return "", registry.Caller{}, err
	}
	if !same(token, k.secret) {
		return "", registry.Caller{}, wrongToken()
	}
	trace.From(ctx).User = k.caller.User
	end := a.Clock().Add(s.TTL).Unix()
	said := strings.Join([]string{k.caller.User, strconv.FormatInt(k.stored.Generation, 10), strconv.FormatInt(end, 10)}, "/")
	return said + "." + a.Key.sign("session", said), k.caller, a.touch(ctx, k)
}

// User returns whose session it is, for display: no store is asked, so its
// token may have been revoked. "" for one that is forged or has ended.
func (s *Sessions) User(text string) string {
	opened, _ := s.read(text)
	return opened.user
}

// Caller returns who acts in a session. Unauthenticated when it has ended, or
// its token is not valid any more.
func (s *Sessions) Caller(ctx context.Context, text string) (registry.Caller, error) {
	a := s.Authenticator
	opened, ok := s.read(text)
	if !ok {
		return registry.Caller{}, unauthenticated("You are not signed in (any more). Sign in with your token.")
	}
	user, err := a.Store.User(ctx, opened.user)
	if err != nil {
		return registry.Caller{}, unknown(err)
	}
	i := slices.IndexFunc(user.Grants, func(g Grant) bool { return g.Generation == opened.generation })
	if i < 0 {
		return registry.Caller{}, wrongToken()
	}
	g := user.Grants[i]
	if err := a.unexpired(g); err != nil {
		return registry.Caller{}, err
	}
	trace.From(ctx).User = user.Name
	return registry.Caller{User: user.Name, Token: g.Name, Scope: g.Scope}, nil
}

// Viewer returns who reads in a session; nobody when Caller knows nobody.
func (s *Sessions) Viewer(text string) registry.Viewer {
	return func(ctx context.Context) (string, error) {
		if text == "" {
			return "", nil
		}
		caller, err := s.Caller(ctx, text)
		if registry.CodeOf(err) == registry.Unauthenticated {
			return "", nil
		}
		return caller.User, err
	}
}

func (s *Sessions) read(text string) (session, bool) {
	dot := max(0, strings.LastIndex(text, ".")) // user names may hold one
	said, signature := text[:dot], strings.TrimPrefix(text[dot:], ".")
	if !same(signature, s.Authenticator.Key.sign("session", said)) {
		return session{}, false
	}
	parts := strings.Split(said, "/")
	if len(parts) != 3 {
		return session{}, false
	}
	generation, err1 := strconv.ParseInt(parts[1], 10, 64)
	end, err2 := strconv.ParseInt(parts[2], 10, 64)
	if err1 != nil || err2 != nil || s.Authenticator.Clock().Unix() >= end {
		return session{}, false
	}
	return session{parts[0], generation}, true
}
