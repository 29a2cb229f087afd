package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
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

// User returns the name of the user who sent a request with these headers:
// those of the CLI's signature, or "Authorization: Bearer TOKEN". Every failure
// is Unauthenticated, but for those of the store.
func (a *Authenticator) User(ctx context.Context, h http.Header) (string, error) {
	if bearer, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer "); ok {
		return a.bearer(ctx, strings.TrimSpace(bearer))
	}
	s := signature{
		token:     h.Get("token"),
		timestamp: h.Get("timestamp"),
		nonce:     h.Get("nonce"),
		code:      h.Get("sign_code"),
	}
	if s == (signature{}) {
		return "", unauthenticated("You are not logged in. Run: s registry login --token TOKEN, with the token that the registry's administrator gave you.")
	}
	return a.signed(ctx, s)
}

func (a *Authenticator) bearer(ctx context.Context, token string) (string, error) {
	t, want, err := a.lookup(ctx, hash(token))
	if err != nil {
		return "", err
	}
	if !same(token, want) {
		return "", wrongToken()
	}
	return t.User, nil
}

// signature is what the CLI sends in place of the token T.
type signature struct {
	token     string // md5hex(T)
	timestamp string // seconds
	nonce     string
	code      string // sha256hex(T + nonce + timestamp)
}

func (a *Authenticator) signed(ctx context.Context, s signature) (string, error) {
	if len(s.token) != 32 || len(s.code) != 64 || s.nonce == "" || len(s.nonce) > maxNonce {
		return "", unauthenticated("The signature is incomplete: token, timestamp, nonce and sign_code must all be sent. A proxy that drops headers with underscores (sign_code) must be told to let them pass.")
	}
	if err := a.fresh(s.timestamp); err != nil {
		return "", err
	}
	t, secret, err := a.lookup(ctx, s.token)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(secret + s.nonce + s.timestamp))
	if !same(s.code, hex.EncodeToString(sum[:])) {
		return "", wrongToken()
	}
	err = a.Store.UseNonce(ctx, s.token+"/"+s.nonce)
	if registry.CodeOf(err) == registry.Conflict {
		return "", unauthenticated("This signed request was received before. Send it again with a new signature.")
	}
	return t.User, err
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

// lookup returns the token with this MD5, and whose it is.
func (a *Authenticator) lookup(ctx context.Context, md5 string) (Token, string, error) {
	t, err := a.Store.Token(ctx, md5)
	if registry.CodeOf(err) == registry.NotFound {
		return Token{}, "", wrongToken()
	}
	if err != nil {
		return Token{}, "", err
	}
	return t, a.Key.token(t), nil
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
