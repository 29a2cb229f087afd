// Package identity knows who sends a request: users, their tokens, and the
// signatures that the Serverless Devs CLI makes with them.
//
// The CLI signs with a hash of the token itself, so the server must know the
// token. It is derived from a master key, the user and a generation; stored is
// only its MD5, under which the CLI announces it. Who reads the store can forge
// nothing.
package identity

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// User is somebody who may publish.
type User struct {
	Name    string
	Removed bool
	// Grants are the user's tokens; no other is valid.
	Grants []Grant
	// Generation is that of the newest token; none is used twice.
	Generation int64
	registry.Journal
}

// Grant is one of a user's tokens and what it allows.
type Grant struct {
	Name       string         `json:"name"`
	Generation int64          `json:"generation"`
	Scope      registry.Scope `json:"scope,omitzero"`
	Expires    time.Time      `json:"expires,omitzero"` // never, when zero
}

// DefaultToken is the name of a user's first token.
const DefaultToken = "default"

// Token says whose a token is. Whether it is valid, the user's Grants say: rows
// of dead tokens stay, and open nothing.
type Token struct {
	User       string
	Generation int64
	LastUsed   time.Time // to the hour; zero: not yet
}

// Store keeps users and tokens. Every method that writes, but UseNonce, may be
// repeated with the same arguments.
type Store interface {
	// User returns a user, removed ones too. NotFound when there never was one.
	User(ctx context.Context, name string) (User, error)
	// PutUser writes u when the stored revision is still u.Revision, and gives
	// it the next one. Conflict otherwise.
	PutUser(ctx context.Context, u User) error
	// Token returns what is known of the token with this MD5. NotFound when
	// there is none.
	Token(ctx context.Context, md5 string) (Token, error)
	// PutToken writes t.
	PutToken(ctx context.Context, md5 string, t Token) error
	// UseNonce records that a signature was used. Conflict when it was before.
	UseNonce(ctx context.Context, nonce string) error
}

// tokenPrefix lets people and secret scanners recognize a token.
const tokenPrefix = "fcr_"

// Key is the master key from which all tokens are derived.
type Key []byte

// MinKey is the least length of a master key, in bytes.
const MinKey = 32

// token derives the token of a user's generation.
func (k Key) token(user string, generation int64) string {
	return tokenPrefix + k.sign("token", user, strconv.FormatInt(generation, 10))
}

// WebhookSecret derives what deliveries of a webhook are signed with. It is not
// stored: who reads the tables can sign nothing.
func (k Key) WebhookSecret(id string) string { return "fcw_" + k.sign("webhook", id) }

// sign is the HMAC of some texts, none of which holds a NUL, for one use.
func (k Key) sign(texts ...string) string {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte(strings.Join(texts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// hash is how the CLI names a token without telling it.
func hash(token string) string {
	sum := md5.Sum([]byte(token))
	return hex.EncodeToString(sum[:])
}
