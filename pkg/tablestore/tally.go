package tablestore

import (
	"context"
	"math"
	"strings"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Tally = (*Client)(nil)

// colTotal is a shard's count of all days; the other columns are of one day each.
const colTotal = "Total"

// restoredShard counts the downloads that were made in another registry.
const restoredShard = registry.Shards

// dayColumn is named like its day, as far as the service allows: names of
// columns begin with a letter, and have no hyphens. They sort like their days.
func dayColumn(day registry.Day) string { return "Day" + strings.ReplaceAll(string(day), "-", "_") }

func dayOf(column string) registry.Day {
	return registry.Day(strings.ReplaceAll(strings.TrimPrefix(column, "Day"), "_", "-"))
}

func shardKey(name string, shard int) *sdk.PrimaryKey {
	k := new(sdk.PrimaryKey)
	k.AddPrimaryKeyColumn("package", registry.Key(name))
	k.AddPrimaryKeyColumn("shard", int64(shard))
	return k
}

// Add implements registry.Tally.
func (c *Client) Add(ctx context.Context, name string, day registry.Day, downloads int64, shard int) error {
	change := &sdk.UpdateRowChange{TableName: downloadsTable, PrimaryKey: shardKey(name, shard)}
	change.IncrementColumn(colTotal, downloads)
	change.IncrementColumn(dayColumn(day), downloads)
	change.SetCondition(sdk.RowExistenceExpectation_IGNORE)
	_, err := call(ctx, c.sdk.UpdateRow, &sdk.UpdateRowRequest{UpdateRowChange: change})
	return err
}

// Downloads implements registry.Tally: one range read of a few small rows.
func (c *Client) Downloads(ctx context.Context, name string) (registry.Downloaded, error) {
	rows, err := c.shards(ctx, name)
	return sum(rows), err
}

// sum adds up shards.
func sum(rows []columns) registry.Downloaded {
	d := registry.Downloaded{Days: make(map[registry.Day]int64)}
	for _, row := range rows {
		for column, value := range row {
			n, _ := value.(int64)
			if column == colTotal {
				d.Total += n
			} else {
				d.Days[dayOf(column)] += n
			}
		}
	}
	return d
}

func (c *Client) shards(ctx context.Context, name string) ([]columns, error) {
	s := scan{table: downloadsTable, from: shardKey(name, 0), to: shardKey(name, restoredShard+1), forward: true}
	rows, _, err := c.rows(ctx, s, math.MaxInt32)
	return rows, err
}

// PutDownloads implements registry.Tally. Of several at once the highest stays.
func (c *Client) PutDownloads(ctx context.Context, name string, total int64) error {
	less := sdk.NewSingleColumnCondition(colDownloads, sdk.CT_LESS_THAN, total)
	less.FilterIfMissing = false
	less.LatestVersionOnly = true
	err := c.update(ctx, packagesTable, packageKey(name, headItem), columns{colDownloads: total}, nil, less)
	if registry.CodeOf(err) == registry.Conflict { // there is no head, or a higher number
		return nil
	}
	return err
}

// Forget implements registry.Tally.
func (c *Client) Forget(ctx context.Context, name string, before registry.Day) error {
	for shard := range restoredShard + 1 {
		row, ok, err := c.get(ctx, downloadsTable, shardKey(name, shard))
		if err != nil {
			return err
		}
		var old []string
		for column := range row {
			if column != colTotal && column < dayColumn(before) {
				old = append(old, column)
			}
		}
		if !ok || len(old) == 0 {
			continue
		}
		if err := c.update(ctx, downloadsTable, shardKey(name, shard), nil, old, nil); err != nil {
			return err
		}
	}
	return nil
}
