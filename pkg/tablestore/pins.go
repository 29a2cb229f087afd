package tablestore

import (
	"context"
	"fmt"
	"iter"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Pins = (*Client)(nil)

// colSource is where an upstream has a pin's ZIP.
const colSource = "Source"

// pinColumns are those that a download needs. The others of a row are its
// release's, as in the packages table: read when its upstream does not answer.
func pinColumns() []string {
	return []string{"Name", colVersion, colUpstream, "ZipKey", "Size", "SHA256", colOriginalSize, colOriginalSHA256, "License", colSource, colSince}
}

// numberKey is the row of a version in the tables pins and fetches, of the name as
// its upstream spells it.
func numberKey(name string, v registry.Version) *sdk.PrimaryKey {
	return versionKey(name, func(k *sdk.PrimaryKey) { k.AddPrimaryKeyColumn("version", v.SortKey()) })
}

func versionKey(name string, version func(*sdk.PrimaryKey)) *sdk.PrimaryKey {
	k := new(sdk.PrimaryKey)
	k.AddPrimaryKeyColumn("package", name[:min(len(name), registry.MaxName+1)])
	version(k)
	return k
}

// Pin implements registry.Pins: one row.
func (c *Client) Pin(ctx context.Context, name string, v registry.Version) (registry.Pin, error) {
	row, ok, err := c.get(ctx, pinsTable, numberKey(name, v), pinColumns()...)
	if err != nil {
		return registry.Pin{}, err
	}
	if !ok {
		return registry.Pin{}, missing("pin")
	}
	return row.pin()
}

// Taken implements registry.Pins.
func (c *Client) Taken(ctx context.Context, name string, v registry.Version) (registry.Release, error) {
	row, ok, err := c.get(ctx, pinsTable, numberKey(name, v), append(fieldColumns(registry.Full), colSource)...)
	if err != nil {
		return registry.Release{}, err
	}
	if !ok {
		return registry.Release{}, missing("pin")
	}
	r, err := row.release()
	return r, err
}

// PinsOf implements registry.Pins: one range, highest version first.
func (c *Client) PinsOf(ctx context.Context, name string) iter.Seq2[registry.Pin, error] {
	from := versionKey(name, func(k *sdk.PrimaryKey) { k.AddPrimaryKeyColumnWithMaxValue("version") })
	to := versionKey(name, func(k *sdk.PrimaryKey) { k.AddPrimaryKeyColumnWithMinValue("version") })
	return read(c, ctx, scan{table: pinsTable, from: from, to: to, names: pinColumns()}, columns.pin)
}

// PutPin implements registry.Pins.
func (c *Client) PutPin(ctx context.Context, p registry.Pin) (registry.Pin, error) {
	r := registry.Release{}
	if p.Release != nil {
		r = *p.Release
	}
	r.Name, r.Version, r.ZIP = p.Name, p.Version, p.ZIP
	row := columns{colSince: p.Since.Unix()}
	if err := row.setRelease(r); err != nil {
		return p, err
	}
	row.set(colUpstream, p.Upstream)
	row.set(colSource, p.ZIP.Source)
	err := c.put(ctx, pinsTable, numberKey(p.Name, p.Version), row, sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, nil)
	if err != nil && registry.CodeOf(err) != registry.Conflict {
		return p, err
	}
	return c.Pin(ctx, p.Name, p.Version)
}

func (c columns) pin() (registry.Pin, error) {
	p := registry.Pin{
		Name: c.text("Name"), Upstream: c.text(colUpstream), Since: time.Unix(c.number(colSince), 0).UTC(),
		ZIP: c.zip(),
	}
	var err error
	if p.Version, err = registry.ParseVersion(c.text(colVersion)); err != nil {
		return p, fmt.Errorf("stored pin of %s: %w", p.Name, err)
	}
	return p, nil
}
