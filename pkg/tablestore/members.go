package tablestore

import (
	"context"
	"fmt"
	"slices"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// The table of members has a row for each organization that a user is in, or was
// ever to be in: what counts stands with the organization. So no row is taken
// away, and nothing is lost when two write at once.

func memberKey(user, organization string) *sdk.PrimaryKey {
	k := new(sdk.PrimaryKey)
	k.AddPrimaryKeyColumn("user", user)
	k.AddPrimaryKeyColumn("organization", organization)
	return k
}

// organizationsOf is the range of a user's rows.
func organizationsOf(user string) scan {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	from.AddPrimaryKeyColumn("user", user)
	from.AddPrimaryKeyColumnWithMinValue("organization")
	to.AddPrimaryKeyColumn("user", user)
	to.AddPrimaryKeyColumnWithMaxValue("organization")
	return scan{table: membersTable, from: from, to: to, names: []string{"Name"}, forward: true}
}

func (c *Client) listMember(ctx context.Context, user, organization string) error {
	row := columns{"Name": organization}
	return c.put(ctx, membersTable, memberKey(user, registry.Key(organization)), row, sdk.RowExistenceExpectation_IGNORE, nil)
}

// maxOrganizations is how many organizations of a user are looked at.
const maxOrganizations = 1000

// Of implements registry.Organizations: one range, and the organizations that it
// names, so many in each call.
func (c *Client) Of(ctx context.Context, user string) ([]string, error) {
	if user == "" {
		return nil, nil
	}
	rows, _, err := c.rows(ctx, organizationsOf(user), maxOrganizations)
	if err != nil {
		return nil, err
	}
	var names []string
	for some := range slices.Chunk(rows, maxBatch) {
		if names, err = c.appendMemberships(ctx, names, user, some); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// appendMemberships adds those of the listed organizations that the user is in.
func (c *Client) appendMemberships(ctx context.Context, names []string, user string, listed []columns) ([]string, error) {
	keys := make([]*sdk.PrimaryKey, len(listed))
	for i, row := range listed {
		keys[i] = key(registry.Key(row.text("Name")))
	}
	groups, err := c.getAll(ctx, organizationsTable, keys, []string{"Name", colMembers})
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if g == nil { // only announced
			continue
		}
		members, err := g.members()
		if err != nil {
			return nil, err
		}
		if members[user] > registry.NoRole {
			names = append(names, g.text("Name"))
		}
	}
	return names, nil
}

// relist lists the members of organizations that an older registry wrote.
func (c *Client) relist(ctx context.Context, change Change) error {
	type membership struct{ user, organization string }
	var unlisted []membership
	for g, err := range c.Groups(ctx) {
		if err != nil {
			return fmt.Errorf("read table %s: %w", organizationsTable, err)
		}
		for user := range g.Members {
			_, ok, err := c.get(ctx, membersTable, memberKey(user, registry.Key(g.Name)), "Name")
			if err != nil {
				return err
			}
			if !ok {
				unlisted = append(unlisted, membership{user, g.Name})
			}
		}
	}
	if len(unlisted) == 0 {
		return nil
	}
	return change(fmt.Sprintf("list %d members of organizations", len(unlisted)), func() error {
		for _, m := range unlisted {
			if err := c.listMember(ctx, m.user, m.organization); err != nil {
				return err
			}
		}
		return nil
	})
}
