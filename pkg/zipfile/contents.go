package zipfile

import (
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// Contents is what a canonical ZIP holds. It reads files from the ZIP that it was
// made of.
type Contents struct {
	entries []*entry
	from    io.ReaderAt
	tree    *tree
}

// Root is the single directory in which everything stands, with a slash behind it;
// "" when there is none. Clients take its contents for the package.
func (c *Contents) Root() string {
	if top := c.tree.top(); top != 0 {
		return c.tree.nodes[top].name + "/"
	}
	return ""
}

// ReadFile returns a file, or that to which a link of this name leads. The error is
// fs.ErrNotExist when there is none, and a *Refusal when it has more bytes than the
// limit.
func (c *Contents) ReadFile(name string, limit int64) ([]byte, error) {
	n := c.find(name)
	if n == nil || n.kind != file {
		return nil, fmt.Errorf("%.200q: %w", name, fs.ErrNotExist)
	}
	if int64(n.entry.unpacked) > limit {
		return nil, refuseAnd("Shorten it.", "the entry %.200q has %d bytes; at most %d are allowed", n.entry.name, n.entry.unpacked, limit)
	}
	return readAll(c.from, n.entry)
}

// HasFile tells whether there is a file, or a link to one.
func (c *Contents) HasFile(name string) bool {
	n := c.find(name)
	return n != nil && n.kind == file
}

// HasDirectory tells whether there is a directory, or a link to one. It may be
// there by the files in it only.
func (c *Contents) HasDirectory(name string) bool {
	n := c.find(strings.TrimSuffix(name, "/"))
	return n != nil && n.kind == folder
}

// find returns what has a path, nil when nothing has. A link stands for what it
// leads to, which is no link.
func (c *Contents) find(name string) *node {
	at := int32(0)
	for part := range strings.SplitSeq(name, "/") {
		next, ok := c.tree.exact[edge{at, part}]
		if !ok {
			return nil
		}
		if at = next; c.tree.nodes[at].kind == link {
			at = c.tree.nodes[at].leads
		}
	}
	return &c.tree.nodes[at]
}
