package zipfile

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
)

// Limits of ZIPs in ZIPs.
const (
	maxNesting = 3
	// maxNested is how many bytes of ZIPs in a ZIP are looked at, in all.
	maxNested = 16 << 20
)

// nested looks into ZIPs in a ZIP, for bombs only: to clients they are files like
// any other, and nothing unpacks them by itself. So they are read as they stream
// by, without a file, from local header to local header; and what can't be read
// in this way, or lies behind the first bytes, is not looked at.
type nested struct {
	budget *budget
	looked int64
	levels [maxNesting]struct {
		inflate io.ReadCloser
		body    *bufio.Reader
	}
}

// look reads what begins like a ZIP, up to where it goes on otherwise.
func (n *nested) look(in *bufio.Reader, depth int) error {
	for n.looked < maxNested {
		if start, _ := in.Peek(len(localSignature)); string(start) != localSignature {
			return nil
		}
		if depth == maxNesting {
			return refuseAnd("Leave it out, or unpack it.", "there is a ZIP more than %d ZIPs deep", maxNesting)
		}
		more, err := n.entry(in, depth)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// entry reads one entry. more is false when what follows can't be found.
func (n *nested) entry(in *bufio.Reader, depth int) (more bool, err error) {
	var header [localSize]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return false, nil //nolint:nilerr // it will be met again by who reads the rest
	}
	n.looked += localSize
	skip := int(binary.LittleEndian.Uint16(header[26:])) + int(binary.LittleEndian.Uint16(header[28:]))
	if _, err := in.Discard(skip); err != nil {
		return false, nil //nolint:nilerr // as above
	}
	f := parseFields(header[4:])
	level := &n.levels[depth]
	if level.body == nil {
		level.inflate, level.body = flate.NewReader(in), bufio.NewReader(nil)
	}
	var from io.Reader
	switch {
	case f.flags&encrypted == 0 && f.method == deflated:
		if err := level.inflate.(flate.Resetter).Reset(&countingReader{in, &n.looked}, nil); err != nil {
			return false, err
		}
		from = level.inflate
	case f.flags&(encrypted|described) == 0 && f.method == stored:
		from = io.LimitReader(in, int64(f.packed))
	default:
		return false, nil
	}
	level.body.Reset(&taking{from, n.budget})
	if err := n.look(level.body, depth+1); err != nil {
		return false, err
	}
	if _, err := io.Copy(io.Discard, level.body); err != nil {
		return false, refusalOnly(err)
	}
	return skipDescriptor(in, f), nil
}

// skipDescriptor goes to the next header, and tells whether there is one.
func skipDescriptor(in *bufio.Reader, f fields) bool {
	if f.flags&described == 0 {
		return true
	}
	if start, _ := in.Peek(len(descriptorSignature)); string(start) != descriptorSignature {
		return false
	}
	for _, size := range []int{16, 8} { // and more of a ZIP64
		if _, err := in.Discard(size); err != nil {
			return false
		}
		if start, _ := in.Peek(2); string(start) == "PK" {
			return true
		}
	}
	return false
}

// refusalOnly drops the errors of a ZIP that can't be unpacked: it is a file like
// any other.
func refusalOnly(err error) error {
	if _, ok := errors.AsType[*Refusal](err); ok {
		return err
	}
	return nil
}

// taking takes from a budget what is read.
type taking struct {
	from   io.Reader
	budget *budget
}

func (t *taking) Read(p []byte) (int, error) {
	n, err := t.from.Read(p)
	if over := t.budget.take(int64(n)); over != nil {
		return 0, over
	}
	return n, err
}

// countingReader counts the bytes that a decompressor takes, up to maxNested.
type countingReader struct {
	from  *bufio.Reader
	count *int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	return n, c.add(n, err)
}

func (c *countingReader) ReadByte() (byte, error) {
	b, err := c.from.ReadByte()
	return b, c.add(1, err)
}

func (c *countingReader) add(n int, err error) error {
	if *c.count += int64(n); err == nil && *c.count > maxNested {
		return errEnough
	}
	return err
}

var errEnough = errors.New("enough of it was looked at")
