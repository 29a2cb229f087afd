package tablestore

import (
	"context"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Fetches = (*Client)(nil)

// colFetch is the column by which one fetch takes the place of another.
const colFetch = "Id"

// Fetch implements registry.Fetches.
func (c *Client) Fetch(ctx context.Context, name string, v registry.Version) (registry.Fetch, error) {
	row, ok, err := c.get(ctx, fetchesTable, numberKey(name, v))
	if err != nil || !ok {
		return registry.Fetch{}, err
	}
	return registry.Fetch{
		ID: row.text(colFetch), Reason: row.text("Reason"), Refused: row.flag("Refused"),
		Since: time.UnixMilli(row.number("Since")).UTC(), Until: time.UnixMilli(row.number("Until")).UTC(),
	}, nil
}

// PutFetch implements registry.Fetches: one conditional write.
func (c *Client) PutFetch(ctx context.Context, name string, v registry.Version, f registry.Fetch, over string) error {
	row := columns{colFetch: f.ID, "Since": f.Since.UnixMilli(), "Until": f.Until.UnixMilli(), "Refused": f.Refused}
	row.set("Reason", f.Reason)
	expect, only := sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, sdk.ColumnFilter(nil)
	if over != "" {
		expect, only = sdk.RowExistenceExpectation_EXPECT_EXIST, equals(colFetch, over)
	}
	err := c.put(ctx, fetchesTable, numberKey(name, v), row, expect, only)
	if registry.CodeOf(err) != registry.Conflict {
		return err
	}
	// An earlier try of this write may have taken effect, and its answer been lost.
	if stored, failed := c.Fetch(ctx, name, v); failed != nil || stored.ID != f.ID {
		return err
	}
	return c.put(ctx, fetchesTable, numberKey(name, v), row, sdk.RowExistenceExpectation_EXPECT_EXIST, equals(colFetch, f.ID))
}
