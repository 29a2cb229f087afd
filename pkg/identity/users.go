package identity

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Users gives out and takes back tokens.
type Users struct {
	Store    Store
	Key      Key
	Recorder *registry.Recorder
}

// Add creates a user and returns the first token, which may do everything.
// Conflict when the user exists. A removed user can come back; the old tokens do
// not.
func (u *Users) Add(ctx context.Context, by registry.Caller, name string) (string, error) {
	if err := registry.CheckUser(name); err != nil {
		return "", err
	}
	return u.issue(ctx, by, name, func(user *User) (Grant, error) {
		if user.Revision > 0 && !user.Removed {
			return Grant{}, registry.Errorf(registry.Conflict, "user %q exists; a new token is made by: user token %s", name, name)
		}
		user.Name, user.Removed, user.Grants = name, false, nil
		return Grant{Name: DefaultToken}, nil
	})
}

// Issue makes a token besides those that a user has, and returns it. One of the
// same name is replaced.
func (u *Users) Issue(ctx context.Context, by registry.Caller, name string, g Grant) (string, error) {
	if err := registry.CheckUser(g.Name); err != nil {
		return "", err
	}
	return u.issue(ctx, by, name, func(user *User) (Grant, error) { return g, user.exists(name) })
}

// Renew replaces one of a user's tokens by a new one with the same scope and
// expiry, and returns it; the old one is dead then. NotFound when the user has
// no such token (any more): what was revoked does not come back.
func (u *Users) Renew(ctx context.Context, by registry.Caller, name, token string) (string, error) {
	return u.issue(ctx, by, name, func(user *User) (Grant, error) {
		i, err := user.find(name, token)
		if err != nil {
			return Grant{}, err
		}
		return user.Grants[i], nil
	})
}

// issue gives a user the grant that is chosen, with the next generation. The
// token is looked up in the store before it is valid: it becomes so, and the
// one that it replaces dies, with the write of the user.
func (u *Users) issue(ctx context.Context, by registry.Caller, name string, choose func(*User) (Grant, error)) (string, error) {
	var token string
	give := func(user *User) (string, string, error) {
		g, err := choose(user)
		if err != nil {
			return "", "", err
		}
		user.Generation++
		g.Generation = user.Generation
		token = u.Key.token(name, g.Generation)
		if err := u.Store.PutToken(ctx, hash(token), Token{User: name, Generation: g.Generation}); err != nil {
			return "", "", err
		}
		if i := user.grant(g.Name); i >= 0 {
			user.Grants = slices.Delete(user.Grants, i, i+1)
		}
		user.Grants = append(user.Grants, g)
		return "token", g.String(), nil
	}
	operation := rand.Text()
	err := u.change(ctx, by, operation, name, give)
	if err != nil && token != "" {
		// The old token may be dead already: try once more for an answer with
		// the new one. What has been done is not repeated.
		err = u.change(ctx, by, operation, name, give)
	}
	if err != nil {
		return "", err
	}
	return token, nil
}

// String says what a grant allows, for people.
func (g Grant) String() string {
	s := fmt.Sprintf("%s, scope %s", g.Name, g.Scope)
	if !g.Expires.IsZero() {
		s += ", until " + g.Expires.UTC().Format(time.RFC3339)
	}
	return s
}

// Current returns the token of this name that a user has now.
func (u *Users) Current(ctx context.Context, name, token string) (string, error) {
	user, err := u.Store.User(ctx, name)
	if err != nil {
		return "", err
	}
	i := user.grant(token)
	if user.Removed || i < 0 {
		return "", registry.Errorf(registry.NotFound, "user %q has no token %q", name, token)
	}
	return u.Key.token(name, user.Grants[i].Generation), nil
}

// Revoke takes away one of a user's tokens.
func (u *Users) Revoke(ctx context.Context, by registry.Caller, name, token string) error {
	return u.change(ctx, by, "", name, func(user *User) (string, string, error) {
		i, err := user.find(name, token)
		if err != nil {
			return "", "", err
		}
		user.Grants = slices.Delete(user.Grants, i, i+1)
		return "token revoke", token, nil
	})
}

// Remove takes away all tokens of a user. What the user published stays.
func (u *Users) Remove(ctx context.Context, by registry.Caller, name string) error {
	return u.change(ctx, by, "", name, func(user *User) (string, string, error) {
		if err := user.exists(name); err != nil {
			return "", "", err
		}
		user.Grants, user.Removed = nil, true
		return "user remove", "", nil
	})
}

// Used is a token and when it was used last.
type Used struct {
	Grant
	LastUsed time.Time
}

// Tokens lists a user's tokens.
func (u *Users) Tokens(ctx context.Context, name string) ([]Used, error) {
	user, err := u.Store.User(ctx, name)
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		return nil, err
	}
	if err := user.exists(name); err != nil {
		return nil, err
	}
	var list []Used
	for _, g := range user.Grants {
		t, err := u.Store.Token(ctx, hash(u.Key.token(name, g.Generation)))
		if err != nil {
			return nil, err
		}
		list = append(list, Used{g, t.LastUsed})
	}
	return list, nil
}

func (u *User) exists(name string) error {
	if u.Revision == 0 || u.Removed {
		return registry.Errorf(registry.NotFound, "there is no user %q; add one by: user add %s", name, name)
	}
	return nil
}

// find returns the index of a user's token by its name.
func (u *User) find(name, token string) (int, error) {
	if err := u.exists(name); err != nil {
		return 0, err
	}
	i := u.grant(token)
	if i < 0 {
		return 0, registry.Errorf(registry.NotFound, "user %q has no token %q; list them by: user tokens %s", name, token, name)
	}
	return i, nil
}

// grant returns the index of a user's token by its name, -1 when there is none.
func (u *User) grant(name string) int {
	return slices.IndexFunc(u.Grants, func(g Grant) bool { return g.Name == name })
}

func (u *Users) change(ctx context.Context, by registry.Caller, operation, name string, alter func(*User) (string, string, error)) error {
	return registry.Apply(ctx, u.Recorder, registry.Change[*User]{
		Subject:   "user/" + name,
		By:        by,
		Operation: operation,
		Read: func(ctx context.Context) (*User, error) {
			user, err := u.Store.User(ctx, name)
			if registry.CodeOf(err) == registry.NotFound {
				return &User{Name: name}, nil
			}
			return &user, err
		},
		Alter: alter,
		Write: func(ctx context.Context, user *User) error { return u.Store.PutUser(ctx, *user) },
	})
}
