// Package zipfile says what the ZIP of a package may be, and writes it in one
// canonical form, which every unzipper reads in the same way.
//
// What it refuses could be unpacked to two different results, outside its
// folder, on one system only, or out of proportion. Ordinary tools make none of
// these.
package zipfile

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// Refusal is the reason for which a ZIP is refused, for the person who packed it.
type Refusal struct{ reason string }

func (r Refusal) Error() string { return r.reason }

func refuse(format string, args ...any) error { return Refusal{fmt.Sprintf(format, args...)} }

// broken refuses what no program packs.
func broken(format string, args ...any) error { return refuse(format+". Pack it again", args...) }

// Archive is a ZIP that may be served. It reads the file that it was opened on.
type Archive struct {
	entries []*entry // in the order of the directory
	tree    tree
}

// entry is one file, folder or link.
type entry struct {
	*zip.File
	kind kind
	// target is where a link leads, from the root of the ZIP.
	target string
}

// path is the name without the slash that ends a folder's.
func (e *entry) path() string { return strings.TrimSuffix(e.Name, "/") }

// Open inspects a ZIP. Its error is a Refusal when the ZIP is to blame.
func Open(ctx context.Context, r io.ReaderAt, size int64) (*Archive, error) {
	d, err := findDirectory(r, size)
	if err != nil {
		return nil, err
	}
	files, err := d.files(r, size)
	if err != nil {
		return nil, err
	}
	a := &Archive{tree: newTree()}
	for _, f := range files {
		e, err := check(f)
		if err != nil {
			return nil, err
		}
		if e == nil { // litter
			continue
		}
		if err := a.tree.add(e); err != nil {
			return nil, err
		}
		a.entries = append(a.entries, e)
	}
	if err := checkLayout(r, d, files); err != nil {
		return nil, err
	}
	if err := newUnpacking(size).all(ctx, files, 0); err != nil {
		return nil, err
	}
	return a, a.resolveLinks()
}

// check tells what an entry is; nil for litter, which is left out. It looks at
// the entry's own headers only.
func check(f *zip.File) (*entry, error) {
	if err := checkHeader(f); err != nil {
		return nil, err
	}
	if litter(f.Name) {
		return nil, nil
	}
	if err := checkName(f); err != nil {
		return nil, err
	}
	k, err := kindOf(f)
	return &entry{File: f, kind: k}, err
}

// Root returns "NAME/" when everything is below one folder, else "". Clients
// take that folder for the package itself.
func (a *Archive) Root() string { return root(a.entries, func(e *entry) string { return e.Name }) }

func root[E any](entries []E, name func(E) string) string {
	top := ""
	for _, e := range entries {
		first, _, below := strings.Cut(name(e), "/")
		if !below || (top != "" && top != first) {
			return ""
		}
		top = first
	}
	if top == "" {
		return ""
	}
	return top + "/"
}

// File returns the name of a file, where a link may lead to it; "" when there is
// none.
func (a *Archive) File(name string) string {
	e := a.tree.entries[name]
	if e != nil && e.kind == link {
		name, e = e.target, a.tree.entries[e.target]
	}
	if e == nil || e.kind != file {
		return ""
	}
	return name
}

// IsFolder tells whether there is a folder, or a link to one.
func (a *Archive) IsFolder(name string) bool {
	if e := a.tree.entries[name]; e != nil && e.kind == link {
		name = e.target
	}
	return a.tree.folders[name]
}

// ReadFile reads a file, also through a link. It is refused when it has more
// than most bytes, and fs.ErrNotExist when there is none.
func (a *Archive) ReadFile(name string, most int64) (text string, err error) {
	found := a.File(name)
	if found == "" {
		return "", fmt.Errorf("%q: %w", name, fs.ErrNotExist)
	}
	f := a.tree.entries[found].File
	if f.UncompressedSize64 > uint64(most) {
		return "", refuse("its file %s has %d bytes; at most %d are allowed. Make it shorter", shorten(name), f.UncompressedSize64, most)
	}
	body, err := f.Open()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	bytes, err := io.ReadAll(body)
	return string(bytes), err
}

// first returns the entries with one file before all others: see Write.
func (a *Archive) first(name string) []*entry {
	entries := slices.Clone(a.entries)
	i := slices.IndexFunc(entries, func(e *entry) bool { return e.Name == name })
	if i > 0 {
		e := entries[i]
		entries = slices.Insert(slices.Delete(entries, i, i+1), 0, e)
	}
	return entries
}

// shorten quotes a text that somebody else wrote.
func shorten(s string) string {
	const most = 200
	if len(s) > most {
		return fmt.Sprintf("%q...", strings.ToValidUTF8(s[:most], ""))
	}
	return fmt.Sprintf("%q", s)
}
