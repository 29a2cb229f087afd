package tablestore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Organizations = (*Client)(nil)

const colMembers = "Members" // JSON object: name to role

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
	members, err := row.members()
	return members[user], err
}

func (c columns) members() (map[string]registry.Role, error) {
	var members map[string]registry.Role
	if err := json.Unmarshal([]byte(c.text(colMembers)), &members); err != nil {
		return nil, fmt.Errorf("stored members of %q: %w", c.text("Name"), err)
	}
	return members, nil
}

// PutGroup implements registry.Organizations.
func (c *Client) PutGroup(ctx context.Context, g registry.Group) error {
	return c.putGroup(ctx, g, g.Revision)
}

// putGroup writes the next revision of an organization over a stored one. Its
// new members are listed first: there is none that Of does not find.
func (c *Client) putGroup(ctx context.Context, g registry.Group, over int64) error {
	stored, err := c.Group(ctx, g.Name)
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		return err
	}
	for _, user := range slices.Sorted(maps.Keys(g.Members)) {
		if _, listed := stored.Members[user]; listed {
			continue
		}
		if err := c.listMember(ctx, user, g.Name); err != nil {
			return err
		}
	}
	row, err := groupRow(g)
	if err != nil {
		return err
	}
	return c.revise(ctx, organizationsTable, key(registry.Key(g.Name)), row, over)
}

// groupRow is the row of an organization's next revision.
func groupRow(g registry.Group) (columns, error) {
	members, err := json.Marshal(g.Members)
	if err != nil {
		return nil, err
	}
	row := columns{"Name": g.Name, colRemoved: g.Removed, colMembers: string(members)}
	return row, row.setJournal(g.Journal)
}
