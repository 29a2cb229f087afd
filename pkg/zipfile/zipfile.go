// Package zipfile says what the ZIP of a package may be, and writes the canonical
// form of one: the only form that is served. Every unzipper makes the same files
// of it.
package zipfile

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Refusal is why a ZIP has no canonical form, for the person who made it: what is
// wrong, with which value, and what to do.
type Refusal struct {
	Problem string // goes on after a colon, without a full stop
	Remedy  string // sentences
}

func (r *Refusal) Error() string { return r.Problem + ". " + r.Remedy }

// packAgain is the remedy for what ordinary programs never write.
const packAgain = "Pack it again."

// refuse refuses what ordinary programs never write.
func refuse(format string, args ...any) error {
	return &Refusal{Problem: fmt.Sprintf(format, args...), Remedy: packAgain}
}

// refuseAnd refuses, and says what else to do than to pack it again.
func refuseAnd(remedy, format string, args ...any) error {
	return &Refusal{Problem: fmt.Sprintf(format, args...), Remedy: remedy}
}

// Canonical inspects a ZIP, and writes its canonical form as it goes. A *Refusal
// is the ZIP's fault, any other error is not. What was written before an error is
// worth nothing.
//
// The canonical form holds the entries of the ZIP in the order of its directory,
// but for one that may not be the first: see inOrder. It is the order of their
// data, too. Folders that have entries keep them, for
// they may be empty. The compressed data are taken over as they are; headers are
// new, and say nothing that two programs could read in two ways. The litter of
// desktops is left out. The same ZIP gives the same bytes, and a canonical one
// gives itself.
func Canonical(ctx context.Context, to io.Writer, from io.ReaderAt, size int64) (*Contents, error) {
	in := &source{ctx: ctx, from: from}
	out := &sink{to: to}
	c, err := open(in, size)
	if err == nil {
		err = write(out, in, c.entries)
	}
	// A file that can't be read or written looks like a damaged ZIP from above.
	if cause := errors.Join(in.err, out.err); cause != nil {
		return nil, cause
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// open reads everything but the contents of files.
func open(in *source, size int64) (*Contents, error) {
	d, err := findDirectory(in, size)
	if err != nil {
		return nil, err
	}
	entries, err := d.read(in)
	if err != nil {
		return nil, err
	}
	if err := checkLayout(in, d, entries); err != nil {
		return nil, err
	}
	entries = inOrder(withoutLitter(entries))
	c := &Contents{entries: entries, from: in.from, tree: newTree()}
	for _, e := range entries {
		if err := c.add(e); err != nil {
			return nil, err
		}
	}
	return c, c.checkLinks(in)
}

// add checks an entry by itself, and gives it its place.
func (c *Contents) add(e *entry) error {
	if err := checkName(e); err != nil {
		return err
	}
	if err := e.decide(); err != nil {
		return err
	}
	return c.tree.insert(e)
}

// source is the file that a ZIP is read from. It remembers that it failed.
type source struct {
	ctx  context.Context //nolint:containedctx // lives as long as the call it is of
	from io.ReaderAt
	err  error
}

func (s *source) ReadAt(p []byte, offset int64) (int, error) {
	if err := s.ctx.Err(); err != nil {
		s.err = err
		return 0, err
	}
	n, err := s.from.ReadAt(p, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// full reads as many bytes as p has, and tells whether they are there.
func (s *source) full(p []byte, offset int64) bool {
	n, _ := s.ReadAt(p, offset) // its error stays in s
	return n == len(p)
}

// sink is where the canonical ZIP goes. It remembers that it failed.
type sink struct {
	to  io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	if err != nil {
		s.err = err
	}
	return n, err
}
