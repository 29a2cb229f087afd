package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"syscall"
)

// MaxZIP is the largest ZIP that is accepted, in bytes.
const MaxZIP = 200 << 20

// Canonicalize inspects a ZIP that is said to be of the given type, "" for what
// an upstream has, and writes its canonical form: the only form that is served.
// The same ZIP gives the same bytes. Its errors are *Error when the ZIP is to
// blame.
type Canonicalize func(ctx context.Context, to io.Writer, zip io.ReaderAt, size int64, t Type) (Inspected, error)

// Inspected is what a ZIP holds.
type Inspected struct {
	Name, Version string // of its publish.yaml
	License       string // as ZIP.License
}

// canonical is a ZIP in its canonical form, in a temporary file.
type canonical struct {
	file   *os.File
	remove func() error
	ZIP    // Digest, Original and License
	found  Inspected
}

// newCanonical reads a ZIP, and makes its canonical form. Both are on the disk
// meanwhile.
func newCanonical(ctx context.Context, make Canonicalize, body io.Reader, t Type) (_ *canonical, err error) {
	original, remove, err := TempFile("original-*.zip")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	digest, err := copyHashed(original, body)
	if err != nil {
		return nil, err
	}
	c := &canonical{ZIP: ZIP{Original: digest}}
	if c.file, c.remove, err = TempFile("canonical-*.zip"); err != nil {
		return nil, err
	}
	if err := c.fill(ctx, make, original, t); err != nil {
		return nil, errors.Join(err, c.remove())
	}
	return c, nil
}

// fill makes the canonical form of the original.
func (c *canonical) fill(ctx context.Context, make Canonicalize, original io.ReaderAt, t Type) (err error) {
	to := hashed(c.file)
	c.found, err = make(ctx, to, original, c.Original.Size, t)
	c.License, c.Digest = c.found.License, to.digest()
	return err
}

// open returns the file, from its beginning.
func (c *canonical) open() (io.Reader, error) {
	_, err := c.file.Seek(0, io.SeekStart)
	return c.file, err
}

// exactly reads as many bytes as a file is said to have: a connection that was
// cut is no ZIP to refuse.
type exactly struct {
	from io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	n, err := io.LimitReader(e.from, e.left).Read(p)
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 { //nolint:errorlint // io.Readers return it bare
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// hashing is a writer that knows the digest of what went through it.
type hashing struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

func hashed(to io.Writer) *hashing { return &hashing{to: to, sum: sha256.New()} }

func (h *hashing) Write(p []byte) (int, error) {
	n, err := h.to.Write(p)
	h.sum.Write(p[:n]) // never fails
	h.size += int64(n)
	return n, err
}

func (h *hashing) digest() Digest { return Digest{h.size, hex.EncodeToString(h.sum.Sum(nil))} }

// copyHashed copies a file, and returns its digest.
func copyHashed(to io.Writer, from io.Reader) (Digest, error) {
	h := hashed(to)
	_, err := io.Copy(h, from)
	return h.digest(), err
}

// noSpace is the reason to refuse a ZIP that fills the disk, "" when an error
// has another cause.
func noSpace(err error) string {
	if !errors.Is(err, syscall.ENOSPC) {
		return ""
	}
	return "The registry has no space left on its disk to inspect this ZIP. Try again later; if it fails again, ask its administrator to give the function more disk (diskSize)."
}
