package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// MaxSkew is how far a signature's timestamp may be from the server's clock.
const MaxSkew = 5 * time.Minute

// maxNonce bounds the nonce of a signature; the CLI's has 15 characters.
const maxNonce = 64

// Authenticator tells who sent a request.
type Authenticator struct {
	Store Store
	Key   Key
	Clock registry.Clock
}

// Caller returns who sent a request with these headers: those of the CLI's
// signature, or "Authorization: Bearer TOKEN". A signature is good for one
// request. Every failure is Unauthenticated, but for those of the store.
func (a *Authenticator) Caller(ctx context.Context, h http.Header) (registry.Caller, error) {
	k, err := a.known(ctx, h)
	if err != nil {
		return registry.Caller{}, err
	}
	if k.nonce != "" {
		err = a.Store.UseNonce(ctx, k.md5+"/"+k.nonce)
	}
	if registry.CodeOf(err) == registry.Conflict {
		return registry.Caller{}, unauthenticated("This signed request was received before. Send it again with a new signature.")
	}
	if err != nil {
		return registry.Caller{}, err
	}
	return k.caller, a.touch(ctx, k)
}

// Viewer returns who reads with these headers. Whoever can't be known is
// nobody: clients send masked headers with downloads, and old tokens with
// everything. Reading writes nothing: no signature is used up by it, and a
// token's last use is when it changed something.
func (a *Authenticator) Viewer(h http.Header) registry.Viewer {
	return func(ctx context.Context) (string, error) {
		k, err := a.known(ctx, h)
		if registry.CodeOf(err) == registry.Unauthenticated {
			return "", nil
		}
		return k.caller.User, err
	}
}

// known returns whose token the headers carry, or are signed with.
func (a *Authenticator) known(ctx context.Context, h http.Header) (known, error) {
	if bearer, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer "); ok {
		return a.bearer(ctx, strings.TrimSpace(bearer))
	}
	if s := signatureOf(h); s != (signature{}) {
		return a.signed(ctx, s)
	}
	return known{}, unauthenticated("You are not logged in. Run: s registry login --token TOKEN, with the token that the registry's administrator gave you.")
}

func (a *Authenticator) bearer(ctx context.Context, token string) (known, error) {
	k, err := a.lookup(ctx, hash(token))
	if err != nil {
		return known{}, err
	}
	if !same(token, k.secret) {
		return known{}, wrongToken()
	}
	trace.From(ctx).User = k.caller.User
	return k, nil
}

// signature is what the CLI sends in place of the token T.
type signature struct {
	token     string // md5hex(T)
	timestamp string // seconds
	nonce     string
	code      string // sha256hex(T + nonce + timestamp)
}

func signatureOf(h http.Header) signature {
	return signature{
		token:     h.Get("token"),
		timestamp: h.Get("timestamp"),
		nonce:     h.Get("nonce"),
		code:      h.Get("sign_code"),
	}
}

func (a *Authenticator) signed(ctx context.Context, s signature) (known, error) {
	if len(s.token) != 32 || len(s.code) != 64 || s.nonce == "" || len(s.nonce) > maxNonce {
		return known{}, unauthenticated("The signature is incomplete: token, timestamp, nonce and sign_code must all be sent. A proxy that drops headers with underscores (sign_code) must be told to let them pass.")
	}
	if err := a.fresh(s.timestamp); err != nil {
		return known{}, err
	}
	k, err := a.lookup(ctx, s.token)
	if err != nil {
		return known{}, err
	}
	sum := sha256.Sum256([]byte(k.secret + s.nonce + s.timestamp))
	if !same(s.code, hex.EncodeToString(sum[:])) {
		return known{}, wrongToken()
	}
	trace.From(ctx).User = k.caller.User
	k.nonce = s.nonce
	return k, nil
}

func (a *Authenticator) fresh(timestamp string) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return unauthenticated("The signature's timestamp %.40q is not a number of seconds.", timestamp)
	}
	now := a.Clock()
	if skew := now.Sub(time.Unix(seconds, 0)); skew.Abs() > MaxSkew {
		return unauthenticated("The signature is %v away from the registry's time, %s; at most %v are allowed. Set your computer's clock.",
			skew.Abs().Round(time.Second), now.UTC().Format(time.RFC3339), MaxSkew)
	}
	return nil
}

// known is a token that is valid.
type known struct {
	caller registry.Caller
	secret string // the token itself
	md5    string
	stored Token
	nonce  string // of the signature; "" for a bearer
}

// lookup returns the token with this MD5, if it is valid.
func (a *Authenticator) lookup(ctx context.Context, md5 string) (known, error) {
	t, err := a.Store.Token(ctx, md5)
	if err != nil {
		return known{}, unknown(err)
	}
	user, err := a.Store.User(ctx, t.User)
	if err != nil {
		return known{}, unknown(err)
	}
	i := slices.IndexFunc(user.Grants, func(g Grant) bool { return g.Generation == t.Generation })
	if i < 0 {
		return known{}, wrongToken()
	}
	g := user.Grants[i]
	if err := a.unexpired(g); err != nil {
		return known{}, err
	}
	caller := registry.Caller{User: user.Name, Token: g.Name, Scope: g.Scope}
	return known{caller: caller, secret: a.Key.token(t.User, t.Generation), md5: md5, stored: t}, nil
}

func (a *Authenticator) unexpired(g Grant) error {
	if g.Expires.IsZero() || a.Clock().Before(g.Expires) {
		return nil
	}
	return unauthenticated("Your token %q ended on %s. Ask the registry's administrator for a new one.", g.Name, g.Expires.UTC().Format(time.RFC3339))
}

// touch notes when a token was used, to the hour: one write an hour, not one a
// request.
func (a *Authenticator) touch(ctx context.Context, k known) error {
	hour := a.Clock().UTC().Truncate(time.Hour)
	if !hour.After(k.stored.LastUsed) {
		return nil
	}
	k.stored.LastUsed = hour
	return a.Store.PutToken(ctx, k.md5, k.stored)
}

// unknown makes wrongToken of NotFound.
func unknown(err error) error {
	if registry.CodeOf(err) == registry.NotFound {
		return wrongToken()
	}
	return err
}

func wrongToken() error {
	return unauthenticated("The token is not valid (any more). Run: s registry login --token TOKEN, with the token that the registry's administrator gave you.")
}

func unauthenticated(format string, args ...any) error {
	return registry.Errorf(registry.Unauthenticated, format, args...)
}

func same(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
