// Package sts keeps the access keys of the emulated account: one long-lived
// key, and temporary credentials as a function's role receives them.
package sts

import (
	"crypto/rand"
	"errors"
	"sync"
	"time"
)

// Credentials are an access key pair; SecurityToken is empty for the account's
// own key.
type Credentials struct {
	AccessKeyID     string
	AccessKeySecret string
	SecurityToken   string
	Expires         time.Time
}

// Errors of Secret. Each service answers them with its own codes.
var (
	ErrUnknownKey = errors.New("unknown access key id")
	ErrToken      = errors.New("security token does not belong to this access key")
	ErrExpired    = errors.New("temporary credentials have expired")
)

// Account issues and checks credentials. It is safe for concurrent use.
type Account struct {
	root Credentials
	now  func() time.Time

	mu       sync.Mutex
	issued   map[string]issued
	count    int               // of Issue
	policies map[string]policy // by role; nil: every role may do all
}

// issued are temporary credentials and whose they are.
type issued struct {
	Credentials
	role string
}

// NewAccount returns an account whose own key is the given pair. now is the
// clock by which temporary credentials expire.
func NewAccount(id, secret string, now func() time.Time) *Account {
	return &Account{
		root:   Credentials{AccessKeyID: id, AccessKeySecret: secret},
		now:    now,
		issued: make(map[string]issued),
	}
}

// Root returns the account's own key.
func (a *Account) Root() Credentials { return a.root }

// Issue makes temporary credentials that end after ttl, of no role.
func (a *Account) Issue(ttl time.Duration) Credentials { return a.Assume("", ttl) }

// Assume makes temporary credentials of a role, by its ARN.
func (a *Account) Assume(role string, ttl time.Duration) Credentials {
	c := Credentials{
		AccessKeyID:     "STS." + rand.Text(),
		AccessKeySecret: rand.Text(),
		SecurityToken:   rand.Text() + rand.Text(),
		Expires:         a.now().Add(ttl),
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, old := range a.issued {
		if a.now().After(old.Expires.Add(time.Hour)) {
			delete(a.issued, id)
		}
	}
	a.issued[c.AccessKeyID] = issued{c, role}
	a.count++
	return c
}

// Issued tells how many temporary credentials were made.
func (a *Account) Issued() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count
}

// Secret returns the secret of an access key that was presented together with
// a security token ("" for none).
func (a *Account) Secret(id, token string) (string, error) {
	if id == a.root.AccessKeyID && token == "" {
		return a.root.AccessKeySecret, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.issued[id]
	switch {
	case !ok:
		return "", ErrUnknownKey
	case c.SecurityToken != token:
		return "", ErrToken
	case !a.now().Before(c.Expires):
		return "", ErrExpired
	}
	return c.AccessKeySecret, nil
}
