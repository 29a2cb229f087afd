package tablestore

import (
	"context"
	"iter"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Listing = (*Client)(nil)

// All implements registry.Listing: a scan of the whole table.
func (c *Client) All(ctx context.Context) iter.Seq2[registry.Release, error] {
	s := everyPackage()
	s.names, s.filter = summaryColumns(), equals(colState, stateReleased)
	return read(c, ctx, s, columns.release)
}
