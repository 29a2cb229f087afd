package zipfile

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"os"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Limits of what a ZIP unpacks to, with the ZIPs in it, in bytes.
const (
	maxUnpacked = 1 << 30
	maxRatio    = 200      // to the ZIP's own size
	ratioFrom   = 64 << 20 // below which the ratio does not matter
)

// Limits of ZIPs in ZIPs. One that is beyond maxNested is a file like any other.
const (
	maxNesting = 3
	// MaxNested is what the temporary files for them may have together, in bytes.
	MaxNested = 64 << 20
)

// unpacking reads what a ZIP holds, and counts.
type unpacking struct {
	packed   int64 // size of the ZIP
	unpacked uint64
	nested   uint64 // bytes of temporary files so far
}

func newUnpacking(size int64) *unpacking { return &unpacking{packed: size} }

// all reads every entry to its end: its size and checksum must be those of the
// directory, and nothing of its data may be left. ZIPs within are looked into
// too.
func (u *unpacking) all(ctx context.Context, files []*zip.File, nesting int) error {
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := u.count(f); err != nil {
			return err
		}
		if err := u.entry(ctx, f, nesting); err != nil {
			return err
		}
	}
	return nil
}

// count adds what an entry says that it unpacks to.
func (u *unpacking) count(f *zip.File) error {
	if f.UncompressedSize64 > maxUnpacked-min(u.unpacked, maxUnpacked) {
		return refuse("it unpacks to more than %d bytes, with the entry %s. Leave large files out", maxUnpacked, shorten(f.Name))
	}
	u.unpacked += f.UncompressedSize64
	if u.unpacked > ratioFrom && u.unpacked/maxRatio > uint64(u.packed) {
		return refuse("it unpacks to more than %d times its size, with the entry %s. Leave out what is mostly empty", maxRatio, shorten(f.Name))
	}
	return nil
}

func (u *unpacking) entry(ctx context.Context, f *zip.File, nesting int) error {
	body, err := open(f)
	if err != nil {
		return err
	}
	start, err := body.Peek(len(localSignature))
	if err != nil && !errors.Is(err, io.EOF) {
		return damaged(f, err)
	}
	if string(start) == localSignature && f.UncompressedSize64 <= MaxNested-u.nested {
		return u.zip(ctx, f, body, nesting)
	}
	return copyEntry(io.Discard, body, f)
}

// zip unpacks a ZIP within. What is no readable ZIP is a file like any other.
func (u *unpacking) zip(ctx context.Context, f *zip.File, body *data, nesting int) (err error) {
	if nesting == maxNesting {
		return refuse("the entry %s is a ZIP more than %d ZIPs deep", shorten(f.Name), maxNesting)
	}
	u.nested += f.UncompressedSize64
	file, remove, err := registry.TempFile("nested-*.zip")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	if err := copyEntry(file, body, f); err != nil {
		return err
	}
	size := int64(f.UncompressedSize64)
	d, err := findDirectory(file, size)
	if err != nil {
		return ignoreRefusal(err)
	}
	files, err := d.files(file, size)
	if err != nil {
		return ignoreRefusal(err)
	}
	if err := u.all(ctx, files, nesting+1); err != nil {
		if r, ok := errors.AsType[Refusal](err); ok {
			return refuse("in %s: %s", shorten(f.Name), r.reason)
		}
		return err
	}
	return nil
}

func ignoreRefusal(err error) error {
	if _, ok := errors.AsType[Refusal](err); ok {
		return nil
	}
	return err
}

// data are an entry's, unpacked.
type data struct {
	*bufio.Reader
	packed *bufio.Reader // what is left of them
}

// open reads an entry's data.
func open(f *zip.File) (*data, error) {
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, damaged(f, err)
	}
	packed := bufio.NewReader(raw)
	if f.Method == zip.Store {
		return &data{packed, packed}, nil
	}
	// The inflater reads single bytes, and so not one too many.
	return &data{bufio.NewReader(flate.NewReader(packed)), packed}, nil
}

// copyEntry copies an entry's data, which must be all there is, and what the
// directory says.
func copyEntry(to io.Writer, body *data, f *zip.File) error {
	sum := crc32.NewIEEE()
	// One byte more than declared shows a size that lies.
	n, err := io.Copy(writer{to, sum}, io.LimitReader(body, int64(f.UncompressedSize64)+1))
	if w, ok := errors.AsType[writeError](err); ok {
		return w.error
	}
	if err != nil {
		return damaged(f, err)
	}
	if uint64(n) != f.UncompressedSize64 {
		return refuse("the entry %s can't be unpacked: its size is not the declared one (%d). Pack it again", shorten(f.Name), f.UncompressedSize64)
	}
	if sum.Sum32() != f.CRC32 {
		return refuse("the entry %s can't be unpacked: its checksum is not the declared one. Pack it again", shorten(f.Name))
	}
	if _, err := body.packed.ReadByte(); !errors.Is(err, io.EOF) {
		return refuse("the entry %s has something behind its data. Pack it again", shorten(f.Name))
	}
	return nil
}

// damaged is what an entry's data are that can't be read: an error of the file
// that the ZIP is in is not the ZIP's fault.
func damaged(f *zip.File, err error) error {
	if _, ok := errors.AsType[*os.PathError](err); ok {
		return err
	}
	return refuse("the entry %s can't be unpacked (%v). Pack it again", shorten(f.Name), err)
}

// writer marks the errors of what is written to: they are not the ZIP's fault.
type writer struct {
	to  io.Writer
	sum io.Writer
}

type writeError struct{ error }

func (w writer) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	if err != nil {
		return n, writeError{err}
	}
	return w.sum.Write(p)
}
