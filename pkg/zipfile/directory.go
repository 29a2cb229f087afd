package zipfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// Signatures and sizes of a ZIP's records (APPNOTE.TXT 6.3.10, sections 4.3.7 to
// 4.3.16).
const (
	localSignature      = "PK\x03\x04"
	descriptorSignature = "PK\x07\x08"
	directorySignature  = "PK\x01\x02"
	endSignature        = "PK\x05\x06"
	locatorSignature    = "PK\x06\x07" // of a ZIP64's end record
	localSize           = 30
	directorySize       = 46
	endSize             = 22
	locatorSize         = 20
	maxComment          = 1<<16 - 1
)

// Limits of a ZIP's directory.
const (
	maxEntries   = 20_000
	maxDirectory = 8 << 20 // bytes
)

// directory is where a ZIP's directory stands and how many entries it has.
type directory struct {
	offset, size int64
	entries      int
}

// findDirectory reads a ZIP's end record. It wants the directory right before
// it, nothing behind it, and limits what archive/zip would then read into
// memory.
func findDirectory(r io.ReaderAt, size int64) (directory, error) {
	tail := make([]byte, min(size, endSize+maxComment+locatorSize))
	start := size - int64(len(tail))
	if _, err := r.ReadAt(tail, start); err != nil && !errors.Is(err, io.EOF) {
		return directory{}, err
	}
	at := bytes.LastIndex(tail, []byte(endSignature))
	if at < 0 || len(tail)-at < endSize {
		return directory{}, broken("it has no end record: it is cut off, or no ZIP")
	}
	end := tail[at:]
	if comment := int(binary.LittleEndian.Uint16(end[20:])); len(end) != endSize+comment {
		return directory{}, broken("there is something behind its end record")
	}
	if at >= locatorSize && string(tail[at-locatorSize:][:4]) == locatorSignature {
		return directory{}, broken("it is a ZIP64, which is for files beyond 4 GB")
	}
	d := directory{
		entries: int(binary.LittleEndian.Uint16(end[10:])),
		size:    int64(binary.LittleEndian.Uint32(end[12:])),
		offset:  int64(binary.LittleEndian.Uint32(end[16:])),
	}
	return d, d.check(end, start+int64(at))
}

func (d directory) check(end []byte, endOffset int64) error {
	switch {
	case binary.LittleEndian.Uint32(end[4:]) != 0 || int(binary.LittleEndian.Uint16(end[8:])) != d.entries:
		return broken("it is one part of several")
	case d.entries > maxEntries:
		return refuse("it has %d entries; at most %d are allowed. Leave out what readers do not need, as caches and the dependencies of development", d.entries, maxEntries)
	case d.size > maxDirectory:
		return refuse("its directory has %d bytes; at most %d are allowed", d.size, maxDirectory)
	case d.offset+d.size != endOffset:
		return broken("there is something before its first entry, or before its end record")
	}
	return nil
}

// files reads the directory.
func (d directory) files(r io.ReaderAt, size int64) ([]*zip.File, error) {
	z, err := zip.NewReader(r, size)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, broken("its directory is damaged (%v)", err)
	}
	if err != nil {
		return nil, err
	}
	if len(z.File) != d.entries {
		return nil, broken("its directory has %d entries, but says %d", len(z.File), d.entries)
	}
	return z.File, nil
}

// offsets returns where each entry's local header stands, in the directory's
// order, which is that of archive/zip.
func (d directory) offsets(r io.ReaderAt) ([]int64, error) {
	records := make([]byte, d.size)
	if _, err := r.ReadAt(records, d.offset); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	offsets := make([]int64, 0, d.entries)
	for len(records) > 0 {
		if len(records) < directorySize || string(records[:4]) != directorySignature {
			return nil, broken("its directory is damaged")
		}
		offsets = append(offsets, int64(binary.LittleEndian.Uint32(records[42:])))
		length := directorySize
		for _, field := range []int{28, 30, 32} { // of name, extra field, comment
			length += int(binary.LittleEndian.Uint16(records[field:]))
		}
		records = records[min(length, len(records)):]
	}
	if len(offsets) != d.entries {
		return nil, broken("its directory has %d entries, but says %d", len(offsets), d.entries)
	}
	return offsets, nil
}
