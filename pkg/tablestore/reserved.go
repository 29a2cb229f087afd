package tablestore

import (
	"context"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Reservations = (*Client)(nil)

// The one row of the reserved table.
const (
	reservedID  = "names"
	colPatterns = "Patterns" // separated by spaces
)

// ReservedNames implements registry.Reservations.
func (c *Client) ReservedNames(ctx context.Context) (registry.ReservedNames, error) {
	row, _, err := c.get(ctx, reservedTable, key(reservedID))
	if err != nil {
		return registry.ReservedNames{}, err
	}
	r := registry.ReservedNames{Patterns: row.patterns()}
	r.Journal, err = row.journal()
	return r, err
}

// PutReservedNames implements registry.Reservations.
func (c *Client) PutReservedNames(ctx context.Context, r registry.ReservedNames) error {
	row := columns{}
	row.set(colPatterns, strings.Join(r.Patterns, " "))
	if err := row.setJournal(r.Journal); err != nil {
		return err
	}
	return c.revise(ctx, reservedTable, key(reservedID), row, r.Revision)
}
