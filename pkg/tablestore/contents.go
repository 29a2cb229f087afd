package tablestore

import (
	"context"
	"iter"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Contents = (*Client)(nil)

// Packages implements registry.Contents: a scan of the whole table.
func (c *Client) Packages(ctx context.Context) iter.Seq2[string, error] {
	s := everyPackage()
	s.names, s.filter = []string{"Name", colState}, equals(colState, stateHead)
	return read(c, ctx, s, func(row columns) (string, error) { return row.text("Name"), nil })
}

// History implements registry.Contents: one range, read backwards.
func (c *Client) History(ctx context.Context, name string, f registry.Fields) iter.Seq2[registry.Release, error] {
	return read(c, ctx, scan{
		table: packagesTable, from: packageKey(name, releases+afterAll), to: packageKey(name, releases), names: fieldColumns(f),
	}, columns.release)
}

// Stored implements registry.Contents.
func (c *Client) Stored(ctx context.Context, name string, v registry.Version, f registry.Fields) (registry.Release, error) {
	row, ok, err := c.get(ctx, packagesTable, releaseKey(name, v), fieldColumns(f)...)
	if err != nil {
		return registry.Release{}, err
	}
	if !ok {
		return registry.Release{}, missing("release")
	}
	return row.release()
}

// Groups implements registry.Contents.
func (c *Client) Groups(ctx context.Context) iter.Seq2[registry.Group, error] {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	from.AddPrimaryKeyColumnWithMinValue("id")
	to.AddPrimaryKeyColumnWithMaxValue("id")
	return read(c, ctx, scan{table: organizationsTable, from: from, to: to, forward: true}, columns.group)
}

func (c columns) group() (registry.Group, error) {
	g := registry.Group{Name: c.text("Name"), Removed: c.flag(colRemoved)}
	var err error
	if g.Journal, err = c.journal(); err != nil {
		return g, err
	}
	g.Members, err = c.members()
	return g, err
}

// read yields what the rows of a range hold, as many as there are.
func read[T any](c *Client, ctx context.Context, s scan, decode func(columns) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		s := s // the sequence may be read again
		for s.from != nil {
			rows, next, err := c.page(ctx, s, nextPages)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range rows {
				v, err := decode(row)
				if !yield(v, err) || err != nil {
					return
				}
			}
			s.from = next
		}
	}
}

// everyPackage is the range of the whole packages table.
func everyPackage() scan {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	for _, name := range []string{"package", "item"} {
		from.AddPrimaryKeyColumnWithMinValue(name)
		to.AddPrimaryKeyColumnWithMaxValue(name)
	}
	return scan{table: packagesTable, from: from, to: to, forward: true}
}
