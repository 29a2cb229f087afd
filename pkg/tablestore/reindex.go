package tablestore

import (
	"context"
	"fmt"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// reindex writes again the heads that an older registry wrote, without the
// columns by which they are found.
func (c *Client) reindex(ctx context.Context, change Change) error {
	names, err := c.unfound(ctx)
	if err != nil || len(names) == 0 {
		return err
	}
	return change(fmt.Sprintf("write %d packages again, that lists and searches do not find", len(names)), func() error {
		for _, name := range names {
			if err := c.rewriteHead(ctx, name); err != nil {
				return fmt.Errorf("package %s: %w", name, err)
			}
		}
		return nil
	})
}

// unfound returns the packages that have a release and no readers.
func (c *Client) unfound(ctx context.Context) ([]string, error) {
	s := everyPackage()
	s.names, s.filter = []string{"Name", colState, colVersion, colReaders}, equals(colState, stateHead)
	var names []string
	for row, err := range read(c, ctx, s, func(row columns) (columns, error) { return row, nil }) {
		if err != nil {
			return nil, fmt.Errorf("read table %s: %w", packagesTable, err)
		}
		if row.text(colVersion) != "" && row.text(colReaders) == "" {
			names = append(names, row.text("Name"))
		}
	}
	return names, nil
}

// rewriteHead writes a head as it is, under its own revision: nothing has
// happened to the package. Whoever writes it meanwhile makes it found as well.
func (c *Client) rewriteHead(ctx context.Context, name string) error {
	h, err := c.Head(ctx, name, registry.Full)
	if err != nil {
		return err
	}
	if err := c.RestoreHead(ctx, h, h.Revision); registry.CodeOf(err) != registry.Conflict {
		return err
	}
	return nil
}
