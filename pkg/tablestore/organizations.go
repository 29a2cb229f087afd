package tablestore

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Organizations = (*Client)(nil)

const (
	colMembers = "Members" // JSON object: name to role
	// colMemberWords holds a word for each member, for the index: an array may
	// have 256 values only, and a name can be several words.
	colMemberWords = "MemberWords"
)

// Group implements registry.Organizations: one row, members included.
func (c *Client) Group(ctx context.Context, name string) (registry.Group, error) {
	row, ok, err := c.get(ctx, organizationsTable, key(registry.Key(name)))
	if err != nil {
		return registry.Group{}, err
	}
	if !ok {
		return registry.Group{}, missing("organization")
	}
	return row.group()
}

// nowhere is read for packages without an organization; what is found there
// does not count.
const nowhere = "-"

// Role implements registry.Organizations.
func (c *Client) Role(ctx context.Context, name, user string) (registry.Role, error) {
	row, ok, err := c.get(ctx, organizationsTable, key(cmp.Or(registry.Key(name), nowhere)), "Name", colMembers)
	if err != nil || !ok || name == "" {
		return registry.NoRole, err
	}
	var members map[string]registry.Role
	if err := json.Unmarshal([]byte(row.text(colMembers)), &members); err != nil {
		return registry.NoRole, fmt.Errorf("stored members of %q: %w", name, err)
	}
	return members[user], nil
}

func memberWord(user string) string { return hex.EncodeToString([]byte(user)) }

// PutGroup implements registry.Organizations.
func (c *Client) PutGroup(ctx context.Context, g registry.Group) error {
	row, err := groupRow(g)
	if err != nil {
		return err
	}
	return c.revise(ctx, organizationsTable, key(registry.Key(g.Name)), row, g.Revision)
}

// groupRow is the row of an organization's next revision.
func groupRow(g registry.Group) (columns, error) {
	members, err := json.Marshal(g.Members)
	if err != nil {
		return nil, err
	}
	var words []string
	for _, user := range slices.Sorted(maps.Keys(g.Members)) {
		words = append(words, memberWord(user))
	}
	row := columns{"Name": g.Name, colRemoved: g.Removed, colMembers: string(members)}
	row.set(colMemberWords, strings.Join(words, " "))
	return row, row.setJournal(g.Journal)
}
