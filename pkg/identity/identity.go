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

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// User is somebody who may publish.
type User struct {
	Name       string
	Generation int64 // of the newest token; never used again
	Removed    bool
}

// Token says whose a token is.
type Token struct {
	User       string
	Generation int64
}

// Store keeps users and tokens. Every method that writes, but UseNonce, may be
// repeated with the same arguments.
type Store interface {
	// User returns a user, removed ones too. NotFound when there never was one.
	User(ctx context.Context, name string) (User, error)
	// PutUser writes u.
	PutUser(ctx context.Context, u User) error
	// Token returns what is known of the token with this MD5. NotFound when
	// there is none.
	Token(ctx context.Context, md5 string) (Token, error)
	// PutToken writes t.
	PutToken(ctx context.Context, md5 string, t Token) error
	// DeleteToken removes a token; that there is none is no error.
	DeleteToken(ctx context.Context, md5 string) error
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
func (k Key) token(t Token) string {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte("token\x00" + t.User + "\x00" + strconv.FormatInt(t.Generation, 10)))
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// hash is how the CLI names a token without telling it.
func hash(token string) string {
	sum := md5.Sum([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Users gives out and takes back tokens.
type Users struct {
	Store Store
	Key   Key
}

// Add creates a user and returns the first token. Conflict when the user
// exists. A removed user can come back; the old tokens do not.
func (u *Users) Add(ctx context.Context, name string) (string, error) {
	if err := registry.CheckUser(name); err != nil {
		return "", err
	}
	user, err := u.Store.User(ctx, name)
	if err == nil && !user.Removed {
		return "", registry.Errorf(registry.Conflict, "user %q exists; a new token is made by: user token %s", name, name)
	}
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		return "", err
	}
	return u.renew(ctx, User{Name: name, Generation: user.Generation})
}

// Current returns the token that a user has now.
func (u *Users) Current(ctx context.Context, name string) (string, error) {
	user, err := u.known(ctx, name)
	if err != nil {
		return "", err
	}
	return u.Key.token(Token{User: user.Name, Generation: user.Generation}), nil
}

// Renew returns a new token for a user; the old one is dead then.
func (u *Users) Renew(ctx context.Context, name string) (string, error) {
	user, err := u.known(ctx, name)
	if err != nil {
		return "", err
	}
	return u.renew(ctx, user)
}

// Remove takes away a user's token. What the user published stays.
func (u *Users) Remove(ctx context.Context, name string) error {
	user, err := u.known(ctx, name)
	if err != nil {
		return err
	}
	for _, generation := range []int64{user.Generation - 1, user.Generation} {
		if err := u.forget(ctx, name, generation); err != nil {
			return err
		}
	}
	user.Removed = true
	return u.Store.PutUser(ctx, user)
}

func (u *Users) known(ctx context.Context, name string) (User, error) {
	user, err := u.Store.User(ctx, name)
	if registry.CodeOf(err) == registry.NotFound || user.Removed {
		return User{}, registry.Errorf(registry.NotFound, "there is no user %q; add one by: user add %s", name, name)
	}
	return user, err
}

// renew moves a user to the next generation. The new token is valid before the
// old one dies, so a failure in between locks nobody out; the one that it may
// have left alive is removed before anything else, so there is never another.
func (u *Users) renew(ctx context.Context, user User) (string, error) {
	if err := u.forget(ctx, user.Name, user.Generation-1); err != nil {
		return "", err
	}
	next := Token{User: user.Name, Generation: user.Generation + 1}
	token := u.Key.token(next)
	if err := u.Store.PutToken(ctx, hash(token), next); err != nil {
		return "", err
	}
	if err := u.Store.PutUser(ctx, User{Name: user.Name, Generation: next.Generation}); err != nil {
		return "", err
	}
	return token, u.forget(ctx, user.Name, user.Generation)
}

// forget makes a user's token of one generation invalid.
func (u *Users) forget(ctx context.Context, name string, generation int64) error {
	return u.Store.DeleteToken(ctx, hash(u.Key.token(Token{User: name, Generation: generation})))
}
