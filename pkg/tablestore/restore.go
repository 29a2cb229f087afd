package tablestore

import (
	"context"
	"errors"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Restore = (*Client)(nil)

// RestoreHead implements registry.Restore.
func (c *Client) RestoreHead(ctx context.Context, h registry.Head, over int64) error {
	h.Revision-- // putHead writes the next one
	return c.putHead(ctx, h, over)
}

// RestoreGroup implements registry.Restore.
func (c *Client) RestoreGroup(ctx context.Context, g registry.Group, over int64) error {
	g.Revision--
	return c.putGroup(ctx, g, over)
}

// RestoreDeleted implements registry.Restore. A row that is there already is
// left as it is.
func (c *Client) RestoreDeleted(ctx context.Context, r registry.Release) error {
	row := columns{colState: stateDeleted, "Name": r.Name, colVersion: r.Version.String(), colUpload: r.Upload, "ZipKey": r.ZIP.Key}
	conflict := c.put(ctx, packagesTable, releaseKey(r.Name, r.Version), row, sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, nil)
	if registry.CodeOf(conflict) != registry.Conflict {
		return conflict
	}
	row, ok, err := c.get(ctx, packagesTable, releaseKey(r.Name, r.Version), colUpload)
	if err != nil || !ok || row.text(colUpload) != r.Upload {
		return errors.Join(err, conflict)
	}
	return nil
}

// RestoreDownloads implements registry.Restore. What other shards lack stands in
// one that nobody adds to.
func (c *Client) RestoreDownloads(ctx context.Context, name string, d registry.Downloaded) error {
	s := scan{table: downloadsTable, from: shardKey(name, 0), to: shardKey(name, restoredShard), forward: true}
	rows, _, err := c.rows(ctx, s, registry.Shards)
	if err != nil {
		return err
	}
	stored, _, err := c.get(ctx, downloadsTable, shardKey(name, restoredShard))
	if err != nil {
		return err
	}
	counted, row := sum(rows), columns{}
	raise := func(column string, wanted, counted int64) {
		if lacking := max(wanted-counted, stored.number(column)); lacking > 0 {
			row[column] = lacking
		}
	}
	raise(colTotal, d.Total, counted.Total)
	for day, n := range d.Days {
		raise(dayColumn(day), n, counted.Days[day])
	}
	if len(row) == 0 {
		return nil
	}
	change := &sdk.UpdateRowChange{TableName: downloadsTable, PrimaryKey: shardKey(name, restoredShard)}
	for column, n := range row {
		change.PutColumn(column, n)
	}
	change.SetCondition(sdk.RowExistenceExpectation_IGNORE)
	_, err = call(ctx, c.sdk.UpdateRow, &sdk.UpdateRowRequest{UpdateRowChange: change})
	return err
}
