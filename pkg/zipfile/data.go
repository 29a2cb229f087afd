package zipfile

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
)

// Limits of what a ZIP unpacks to, with the ZIPs in it.
const (
	maxUnpacked = 1 << 30 // bytes
	// maxRatio is by how much all the files together may grow. It counts only
	// beyond ratioFrom bytes: a log of repeated lines and an empty database are
	// no bombs.
	maxRatio  = 200
	ratioFrom = 64 << 20
)

// budget is how many bytes may still be unpacked.
type budget struct {
	left   int64
	reason error
}

// newBudget returns what is left when the entries are unpacked.
func newBudget(entries []*entry) (*budget, error) {
	packed, unpacked := int64(0), int64(0)
	for _, e := range entries {
		packed, unpacked = packed+int64(e.packed), unpacked+int64(e.unpacked)
	}
	b := &budget{left: maxUnpacked, reason: refuseAnd("Pack less.", "it unpacks to more than %d bytes", maxUnpacked)}
	if allowed := max(ratioFrom, maxRatio*packed); allowed < b.left {
		b.left = allowed
		b.reason = refuseAnd("Leave out large files of repeated bytes.", "it unpacks to more than %d times its size, and more than %d bytes", maxRatio, ratioFrom)
	}
	return b, b.take(unpacked)
}

func (b *budget) take(n int64) error {
	if b.left -= n; b.left < 0 {
		return b.reason
	}
	return nil
}

// unpacker reads the data of entries, one after another.
type unpacker struct {
	raw     *bufio.Reader // compressed
	body    *bufio.Reader // unpacked
	inflate io.ReadCloser // a flate.Resetter
	nested  nested
}

func newUnpacker(b *budget) *unpacker {
	const size = 32 << 10
	raw := bufio.NewReaderSize(nil, size)
	return &unpacker{raw: raw, body: bufio.NewReaderSize(nil, size), inflate: flate.NewReader(raw), nested: nested{budget: b}}
}

// unpack reads all the data of an entry, and what is in them when they are a ZIP.
// Size and checksum must be those of the directory, and compressed data must end
// where they are said to end.
func (u *unpacker) unpack(e *entry, packed io.Reader) error {
	u.raw.Reset(packed)
	var from io.Reader = u.raw
	if e.method == deflated {
		if err := u.inflate.(flate.Resetter).Reset(u.raw, nil); err != nil {
			return err
		}
		from = u.inflate
	}
	sum := &summing{Hash32: crc32.NewIEEE()}
	// One byte more than declared shows a size that lies.
	u.body.Reset(io.TeeReader(io.LimitReader(from, int64(e.unpacked)+1), sum))
	if err := u.nested.look(u.body, 0); err != nil {
		return inside(e, err)
	}
	_, err := io.Copy(io.Discard, u.body)
	if _, more := u.raw.ReadByte(); err == nil {
		err = e.check(sum, more)
	}
	if err != nil {
		return damaged(e, err)
	}
	return nil
}

// check compares what was unpacked with the directory; more is io.EOF when nothing
// is left of what was compressed.
func (e *entry) check(sum *summing, more error) error {
	switch {
	case sum.size != int64(e.unpacked):
		return fmt.Errorf("its size is not the declared one, %d", e.unpacked)
	case sum.Sum32() != e.sum:
		return fmt.Errorf("its checksum is %08x, not %08x", sum.Sum32(), e.sum)
	case !errors.Is(more, io.EOF):
		return errors.New("something stands behind its compressed data")
	}
	return nil
}

// summing is a checksum that counts.
type summing struct {
	hash.Hash32
	size int64
}

func (s *summing) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	return s.Hash32.Write(p)
}

func damaged(e *entry, err error) error {
	return refuse("the entry %.200q can't be unpacked: %v", e.name, err)
}

// inside says in which entry a refused ZIP is.
func inside(e *entry, err error) error {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return &Refusal{Problem: fmt.Sprintf("with the ZIP %.200q in it, %s", e.name, r.Problem), Remedy: r.Remedy}
	}
	return err
}

// readAll returns the data of a small entry.
func readAll(in io.ReaderAt, e *entry) ([]byte, error) {
	var data bytes.Buffer
	raw := bufio.NewReader(io.NewSectionReader(in, e.data, int64(e.packed)))
	var from io.Reader = raw
	if e.method == deflated {
		from = flate.NewReader(raw)
	}
	sum := &summing{Hash32: crc32.NewIEEE()}
	_, err := io.Copy(io.MultiWriter(&data, sum), io.LimitReader(from, int64(e.unpacked)+1))
	if _, more := raw.ReadByte(); err == nil {
		err = e.check(sum, more)
	}
	if err != nil {
		return nil, damaged(e, err)
	}
	return data.Bytes(), nil
}
