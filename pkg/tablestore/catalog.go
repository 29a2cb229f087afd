package tablestore

import (
	"context"
	"errors"
	"iter"
	"slices"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Catalog = (*Client)(nil)

// Head implements registry.Catalog.
func (c *Client) Head(ctx context.Context, name string, f registry.Fields) (registry.Head, error) {
	row, ok, err := c.get(ctx, packagesTable, packageKey(name, headItem), fieldColumns(f)...)
	if err != nil {
		return registry.Head{}, err
	}
	if !ok {
		return registry.Head{}, missing("package")
	}
	return row.head()
}

func (c columns) head() (registry.Head, error) {
	h := registry.Head{Package: c.pkg()}
	var err error
	if h.Journal, err = c.journal(); err != nil || c.text(colVersion) == "" {
		return h, err
	}
	latest, err := c.release()
	h.Latest = &latest
	return h, err
}

// plainHead is a head without its latest release.
func (c columns) plainHead() registry.Head {
	return registry.Head{Package: c.pkg(), Journal: registry.Journal{Revision: c.number(colRevision)}}
}

// maxBatch is how many rows a BatchGetRow may ask for.
const maxBatch = 100

// Heads implements registry.Catalog.
func (c *Client) Heads(ctx context.Context, names []string) ([]registry.Head, error) {
	var heads []registry.Head
	for batch := range slices.Chunk(names, maxBatch) {
		keys := make([]*sdk.PrimaryKey, len(batch))
		for i, name := range batch {
			keys[i] = packageKey(name, headItem)
		}
		rows, err := c.getAll(ctx, packagesTable, keys, fieldColumns(registry.Described))
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row == nil {
				continue
			}
			h, err := row.head()
			if err != nil {
				return nil, err
			}
			heads = append(heads, h)
		}
	}
	return heads, nil
}

// Release implements registry.Catalog: both rows in one call.
func (c *Client) Release(ctx context.Context, name string, v registry.Version, f registry.Fields) (registry.Head, registry.Release, error) {
	none := registry.Release{}
	keys := []*sdk.PrimaryKey{packageKey(name, headItem), releaseKey(name, v)}
	rows, err := c.getAll(ctx, packagesTable, keys, fieldColumns(f))
	if err != nil {
		return registry.Head{}, none, err
	}
	if rows[0] == nil {
		return registry.Head{}, none, missing("package")
	}
	if rows[1] == nil {
		return rows[0].plainHead(), none, missing("release")
	}
	r, err := rows[1].release()
	return rows[0].plainHead(), r, err
}

// Releases implements registry.Catalog. The first page is one range read; a
// later one is preceded by a read of what it skips, without the details.
func (c *Client) Releases(ctx context.Context, name string, skip, limit int) (registry.Head, []registry.Release, error) {
	visible := compare(colState, sdk.CT_NOT_EQUAL, stateDeleted)
	s := scan{
		table: packagesTable, from: packageKey(name, headItem), to: packageKey(name, releases),
		names: listColumns(), filter: visible,
	}
	first := 1 + limit
	if skip > 0 {
		s.names, first = packageColumns(), 1+skip
	}
	rows, next, err := c.rows(ctx, s, first)
	if err != nil {
		return registry.Head{}, nil, err
	}
	if len(rows) == 0 || rows[0].text(colState) != stateHead {
		return registry.Head{}, nil, missing("package")
	}
	head := rows[0].plainHead()
	rows = rows[1:]
	if skip > 0 {
		s.names, s.from = listColumns(), next
		if rows, _, err = c.rows(ctx, s, limit); err != nil {
			return registry.Head{}, nil, err
		}
	}
	list, err := toReleases(rows)
	return head, list, err
}

func toReleases(rows []columns) ([]registry.Release, error) {
	list := make([]registry.Release, len(rows))
	for i, row := range rows {
		var err error
		if list[i], err = row.release(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Pages of Versions: most callers stop at one of the first versions.
const (
	firstPage = 10
	nextPages = 5000
)

// Versions implements registry.Catalog.
func (c *Client) Versions(ctx context.Context, name string, dev bool) iter.Seq2[registry.Listed, error] {
	prefix := numbered
	if dev {
		prefix = devBuilds
	}
	return func(yield func(registry.Listed, error) bool) {
		s := scan{
			table: packagesTable, from: packageKey(name, prefix+afterAll), to: packageKey(name, prefix),
			names: []string{colVersion, colState},
		}
		limit := firstPage
		for s.from != nil {
			rows, next, err := c.page(ctx, s, limit)
			if err != nil {
				yield(registry.Listed{}, err)
				return
			}
			for _, row := range rows {
				v, err := registry.ParseVersion(row.text(colVersion))
				if !yield(registry.Listed{Version: v, Deleted: row.text(colState) == stateDeleted}, err) {
					return
				}
			}
			s.from, limit = next, nextPages
		}
	}
}

// PutHead implements registry.Catalog.
func (c *Client) PutHead(ctx context.Context, h registry.Head) error {
	return c.putHead(ctx, h, h.Revision)
}

// putHead writes a head's next revision over a stored one, 0 standing for none.
func (c *Client) putHead(ctx context.Context, h registry.Head, over int64) error {
	row := columns{colState: stateHead}
	if err := row.setJournal(h.Journal); err != nil {
		return err
	}
	if h.Latest != nil {
		if err := row.setRelease(*h.Latest); err != nil {
			return err
		}
		if err := row.setFound(h); err != nil {
			return err
		}
	}
	row.setPackage(h.Package)
	key := packageKey(h.Name, headItem)
	if over == 0 {
		return c.put(ctx, packagesTable, key, row, sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, nil)
	}
	// Not a put of the row: the tally's column stays.
	dropped := slices.DeleteFunc(headColumns(), func(name string) bool { return row[name] != nil })
	return c.update(ctx, packagesTable, key, row, dropped, equals(colRevision, over))
}

// PutRelease implements registry.Catalog. The SDK repeats a write whose answer
// was lost, and the second try finds the first one's row: Upload tells.
func (c *Client) PutRelease(ctx context.Context, r registry.Release) (registry.Release, error) {
	row := columns{colState: stateReleased}
	if err := row.setRelease(r); err != nil {
		return registry.Release{}, err
	}
	conflict := c.put(ctx, packagesTable, releaseKey(r.Name, r.Version), row, sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, nil)
	if conflict == nil {
		return r, nil
	}
	if registry.CodeOf(conflict) != registry.Conflict {
		return registry.Release{}, conflict
	}
	row, ok, err := c.get(ctx, packagesTable, releaseKey(r.Name, r.Version), fieldColumns(registry.Full)...)
	if err != nil || !ok {
		return registry.Release{}, errors.Join(err, conflict)
	}
	stored, err := row.release()
	if err == nil && stored.Upload != r.Upload {
		err = conflict
	}
	return stored, err
}

// MarkDeleted implements registry.Catalog.
func (c *Client) MarkDeleted(ctx context.Context, name string, v registry.Version) error {
	err := c.update(ctx, packagesTable, releaseKey(name, v), columns{colState: stateDeleted}, droppedColumns(), nil)
	if registry.CodeOf(err) == registry.Conflict {
		return missing("release")
	}
	return err
}
