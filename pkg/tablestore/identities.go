package tablestore

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ identity.Store = (*Client)(nil)

const (
	colGeneration = "Generation"
	colGrants     = "Grants"
	colRemoved    = "Removed"
	colUser       = "User"
	colUse        = "Use"
	colLastUsed   = "LastUsed" // seconds
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
	u := identity.User{Name: name, Generation: row.number(colGeneration), Removed: row.flag(colRemoved)}
	if u.Journal, err = row.journal(); err != nil {
		return u, err
	}
	if err := json.Unmarshal([]byte(row.text(colGrants)), &u.Grants); err != nil {
		return u, fmt.Errorf("stored tokens of %s: %w", name, err)
	}
	return u, nil
}

// PutUser implements identity.Store.
func (c *Client) PutUser(ctx context.Context, u identity.User) error {
	grants, err := json.Marshal(u.Grants)
	if err != nil {
		return err
	}
	row := columns{colGeneration: u.Generation, colRemoved: u.Removed, colGrants: string(grants)}
	if err := row.setJournal(u.Journal); err != nil {
		return err
	}
	return c.revise(ctx, identitiesTable, userKey(u.Name), row, u.Revision)
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
	t := identity.Token{User: row.text(colUser), Generation: row.number(colGeneration)}
	if seconds := row.number(colLastUsed); seconds > 0 {
		t.LastUsed = time.Unix(seconds, 0).UTC()
	}
	return t, nil
}

// PutToken implements identity.Store.
func (c *Client) PutToken(ctx context.Context, md5 string, t identity.Token) error {
	row := columns{colUser: t.User, colGeneration: t.Generation}
	if !t.LastUsed.IsZero() {
		row[colLastUsed] = t.LastUsed.Unix()
	}
	return c.put(ctx, identitiesTable, tokenKey(md5), row, sdk.RowExistenceExpectation_IGNORE, nil)
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
