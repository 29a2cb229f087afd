package tablestore

import (
	"context"
	"crypto/rand"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ identity.Store = (*Client)(nil)

const (
	colGeneration = "Generation"
	colRemoved    = "Removed"
	colUser       = "User"
	colUse        = "Use"
)

func userKey(name string) *sdk.PrimaryKey { return key("user/" + name) }

func tokenKey(md5 string) *sdk.PrimaryKey { return key("token/" + md5) }

// User implements identity.Store.
func (c *Client) User(ctx context.Context, name string) (identity.User, error) {
	row, ok, err := c.get(ctx, identitiesTable, userKey(name))
	if err != nil {
		return identity.User{}, err
	}
	if !ok {
		return identity.User{}, missing("user")
	}
	return identity.User{Name: name, Generation: row.number(colGeneration), Removed: row.flag(colRemoved)}, nil
}

// PutUser implements identity.Store.
func (c *Client) PutUser(ctx context.Context, u identity.User) error {
	row := columns{colGeneration: u.Generation, colRemoved: u.Removed}
	return c.put(ctx, identitiesTable, userKey(u.Name), row, sdk.RowExistenceExpectation_IGNORE, nil)
}

// Token implements identity.Store.
func (c *Client) Token(ctx context.Context, md5 string) (identity.Token, error) {
	row, ok, err := c.get(ctx, identitiesTable, tokenKey(md5))
	if err != nil {
		return identity.Token{}, err
	}
	if !ok {
		return identity.Token{}, missing("token")
	}
	return identity.Token{User: row.text(colUser), Generation: row.number(colGeneration)}, nil
}

// PutToken implements identity.Store.
func (c *Client) PutToken(ctx context.Context, md5 string, t identity.Token) error {
	row := columns{colUser: t.User, colGeneration: t.Generation}
	return c.put(ctx, identitiesTable, tokenKey(md5), row, sdk.RowExistenceExpectation_IGNORE, nil)
}

// DeleteToken implements identity.Store.
func (c *Client) DeleteToken(ctx context.Context, md5 string) error {
	return c.remove(ctx, identitiesTable, tokenKey(md5))
}

// UseNonce implements identity.Store. The SDK repeats a write whose answer was
// lost, and the second try finds the first one's row: Use tells.
func (c *Client) UseNonce(ctx context.Context, nonce string) error {
	use := rand.Text()
	conflict := c.put(ctx, noncesTable, key(nonce), columns{colUse: use}, sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, nil)
	if registry.CodeOf(conflict) != registry.Conflict {
		return conflict
	}
	row, ok, err := c.get(ctx, noncesTable, key(nonce))
	if err == nil && ok && row.text(colUse) == use {
		return nil
	}
	if err != nil {
		return err
	}
	return conflict
}
