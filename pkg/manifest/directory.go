package manifest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Signatures and sizes of a ZIP's records (APPNOTE.TXT 6.3, sections 4.3.7 to
// 4.3.16).
const (
	localSignature     = "PK\x03\x04"
	directorySignature = "PK\x01\x02"
	endSignature       = "PK\x05\x06"
	locatorSignature   = "PK\x06\x07" // of a ZIP64's end record
	localSize          = 30
	directorySize      = 46
	endSize            = 22
	locatorSize        = 20
	maxComment         = 1<<16 - 1
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
		return directory{}, errors.New("it has no end record: it is cut off, or no ZIP")
	}
	end := tail[at:]
	if comment := int(binary.LittleEndian.Uint16(end[20:])); len(end) != endSize+comment {
		return directory{}, errors.New("there is something behind its end record")
	}
	if at >= locatorSize && string(tail[at-locatorSize:][:4]) == locatorSignature {
		return directory{}, errors.New("it is a ZIP64, which is for files beyond 4 GB")
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
		return errors.New("it is one part of several")
	case d.entries > maxEntries:
		return fmt.Errorf("it has %d entries; at most %d are allowed", d.entries, maxEntries)
	case d.size > maxDirectory:
		return fmt.Errorf("its directory has %d bytes; at most %d are allowed", d.size, maxDirectory)
	case d.offset+d.size != endOffset:
		return errors.New("there is something before its first entry, or before its end record")
	}
	return nil
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
			return nil, errors.New("its directory is damaged")
		}
		offsets = append(offsets, int64(binary.LittleEndian.Uint32(records[42:])))
		length := directorySize
		for _, field := range []int{28, 30, 32} { // of name, extra field, comment
			length += int(binary.LittleEndian.Uint16(records[field:]))
		}
		records = records[min(length, len(records)):]
	}
	if len(offsets) != d.entries {
		return nil, fmt.Errorf("its directory has %d entries, but says %d", len(offsets), d.entries)
	}
	return offsets, nil
}
