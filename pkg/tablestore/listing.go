package tablestore

import (
	"context"
	"iter"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Listing = (*Client)(nil)

// All implements registry.Listing: a scan of the whole table.
func (c *Client) All(ctx context.Context) iter.Seq2[registry.Release, error] {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	for _, name := range []string{"package", "item"} {
		from.AddPrimaryKeyColumnWithMinValue(name)
		to.AddPrimaryKeyColumnWithMaxValue(name)
	}
	return func(yield func(registry.Release, error) bool) {
		s := scan{
			table: packagesTable, from: from, to: to, forward: true,
			names: summaryColumns(), filter: equals(colState, stateReleased),
		}
		for s.from != nil {
			rows, next, err := c.page(ctx, s, nextPages)
			if err != nil {
				yield(registry.Release{}, err)
				return
			}
			for _, row := range rows {
				r, err := row.release()
				if !yield(r, err) || err != nil {
					return
				}
			}
			s.from = next
		}
	}
}
