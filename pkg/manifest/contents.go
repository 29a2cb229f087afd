package manifest

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Limits of what a ZIP unpacks to.
const (
	maxUnpacked = 1 << 30 // bytes, with the ZIPs in it
	maxRatio    = 200
	ratioFrom   = 1 << 20 // bytes unpacked below which the ratio does not matter
	maxNesting  = 3       // of ZIPs in ZIPs
)

// budget is how many bytes may still be unpacked.
type budget int64

func (b *budget) take(n uint64) error {
	if n > uint64(*b) {
		return fmt.Errorf("it unpacks to more than %d bytes", maxUnpacked)
	}
	*b -= budget(n)
	return nil
}

// unpack reads every entry to its end: its size and checksum must be those of
// the directory, and its size in proportion. ZIPs within are looked into too.
func unpack(files []*zip.File, b *budget, nesting int) error {
	for _, f := range files {
		if f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
			return fmt.Errorf("the entry %.200q unpacks to more than %d times its size", f.Name, maxRatio)
		}
		if err := b.take(f.UncompressedSize64); err != nil {
			return err
		}
		if err := unpackEntry(f, b, nesting); err != nil {
			return err
		}
	}
	return nil
}

func unpackEntry(f *zip.File, b *budget, nesting int) error {
	body, err := f.Open()
	if err != nil {
		return damaged(f, err)
	}
	defer body.Close()
	// One byte more than declared shows a size that lies.
	in := bufio.NewReader(io.LimitReader(body, int64(f.UncompressedSize64)+1))
	if start, _ := in.Peek(len(localSignature)); string(start) == localSignature {
		return unpackNested(f, in, b, nesting)
	}
	return copyEntry(io.Discard, in, f)
}

func copyEntry(to io.Writer, in io.Reader, f *zip.File) error {
	n, err := io.Copy(to, in)
	if err == nil && uint64(n) != f.UncompressedSize64 {
		err = errors.New("its size is not the declared one")
	}
	if err != nil {
		return damaged(f, err)
	}
	return nil
}

func damaged(f *zip.File, err error) error {
	return fmt.Errorf("the entry %.200q can't be unpacked: %w", f.Name, err)
}

// unpackNested unpacks a ZIP within. What is no readable ZIP is a file like any
// other.
func unpackNested(f *zip.File, in io.Reader, b *budget, nesting int) (err error) {
	if nesting == maxNesting {
		return fmt.Errorf("the entry %.200q is a ZIP more than %d ZIPs deep", f.Name, maxNesting)
	}
	file, remove, err := registry.TempFile("nested-*.zip")
	if err != nil {
		return internal{err}
	}
	defer func() { err = errors.Join(err, remove()) }()
	if err := copyEntry(file, in, f); err != nil {
		return err
	}
	size := int64(f.UncompressedSize64)
	if _, err := findDirectory(file, size); err != nil {
		return nil
	}
	z, err := zip.NewReader(file, size)
	if err != nil {
		return nil
	}
	if err := unpack(z.File, b, nesting+1); err != nil {
		return fmt.Errorf("in %.200q: %w", f.Name, err)
	}
	return nil
}

// internal is an error that is not the ZIP's fault.
type internal struct{ error }

func (e internal) Unwrap() error { return e.error }
