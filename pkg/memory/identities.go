package memory

import (
	"context"
	"slices"
	"sync"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Identities is an identity.Store. It forgets no nonce.
type Identities struct {
	mu     sync.Mutex
	users  map[string]identity.User
	tokens map[string]identity.Token
	nonces map[string]bool
}

var _ identity.Store = (*Identities)(nil)

// NewIdentities returns a store without users.
func NewIdentities() *Identities {
	return &Identities{users: map[string]identity.User{}, tokens: map[string]identity.Token{}, nonces: map[string]bool{}}
}

// User implements identity.Store.
func (i *Identities) User(_ context.Context, name string) (identity.User, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	u, ok := i.users[name]
	if !ok {
		return identity.User{}, registry.Errorf(registry.NotFound, "no user %q", name)
	}
	return copyUser(u), nil
}

func copyUser(u identity.User) identity.User {
	u.Grants = slices.Clone(u.Grants)
	u.Journal = copyJournal(u.Journal)
	return u
}

// PutUser implements identity.Store.
func (i *Identities) PutUser(_ context.Context, u identity.User) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if stored := i.users[u.Name]; stored.Revision != u.Revision {
		return registry.Errorf(registry.Conflict, "user %q has revision %d, not %d", u.Name, stored.Revision, u.Revision)
	}
	u.Revision++
	i.users[u.Name] = copyUser(u)
	return nil
}

// Token implements identity.Store.
func (i *Identities) Token(_ context.Context, md5 string) (identity.Token, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	t, ok := i.tokens[md5]
	if !ok {
		return identity.Token{}, registry.Errorf(registry.NotFound, "no token with MD5 %s", md5)
	}
	return t, nil
}

// PutToken implements identity.Store.
func (i *Identities) PutToken(_ context.Context, md5 string, t identity.Token) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.tokens[md5] = t
	return nil
}

// UseNonce implements identity.Store.
func (i *Identities) UseNonce(_ context.Context, nonce string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.nonces[nonce] {
		return registry.Errorf(registry.Conflict, "nonce %q was used before", nonce)
	}
	i.nonces[nonce] = true
	return nil
}
