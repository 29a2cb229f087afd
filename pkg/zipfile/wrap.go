package zipfile

import (
	"context"
	"fmt"
	"io"
)

// Wrap writes a canonical ZIP with everything below a folder, which is called
// "NAME/". One that has a single top folder is written as it is. Links lead to the
// same files as before, for they are relative.
func Wrap(to io.Writer, from io.ReaderAt, size int64, below string) error {
	c, err := open(&source{ctx: context.Background(), from: from}, size)
	if err != nil {
		return fmt.Errorf("not a canonical ZIP: %w", err)
	}
	if c.Root() != "" {
		_, err := io.Copy(to, io.NewSectionReader(from, 0, size))
		return err
	}
	return writeZIP(to, c.entries, below, func(to io.Writer, e *entry) error {
		_, err := io.Copy(to, io.NewSectionReader(from, e.data, int64(e.packed)))
		return err
	})
}
