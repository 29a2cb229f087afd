package zipfile

import (
	"bytes"
	"encoding/binary"
)

// Signatures and sizes of a ZIP's records (APPNOTE.TXT 6.3, sections 4.3.7 to
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

// in64 stands in the place of a size or an offset that is in a ZIP64 extra field.
const in64 = 0xffffffff

const isZIP64 = "it is a ZIP64, which is for files beyond 4 GB"

// directory is where a ZIP's directory stands and how many entries it has.
type directory struct {
	offset, size int64
	entries      int
}

// findDirectory reads a ZIP's end record. It wants the directory right before it
// and nothing behind it.
func findDirectory(in *source, size int64) (directory, error) {
	tail := make([]byte, min(size, endSize+maxComment+locatorSize))
	start := size - int64(len(tail))
	if !in.full(tail, start) {
		return directory{}, refuse("it is cut off")
	}
	at := bytes.LastIndex(tail, []byte(endSignature))
	if at < 0 || len(tail)-at < endSize {
		return directory{}, refuse("it has no end record: it is cut off, or no ZIP")
	}
	end := tail[at:]
	if comment := int(binary.LittleEndian.Uint16(end[20:])); len(end) != endSize+comment {
		return directory{}, refuse("there is something behind its end record")
	}
	if at >= locatorSize && string(tail[at-locatorSize:][:4]) == locatorSignature {
		return directory{}, refuse(isZIP64)
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
		return refuse("it is one part of several")
	case d.entries > maxEntries:
		return refuseAnd("Pack fewer files: leave out what can be installed or built again.", "it has %d entries; at most %d are allowed", d.entries, maxEntries)
	case d.size > maxDirectory:
		return refuseAnd("Pack fewer files, or give them shorter paths.", "its directory has %d bytes; at most %d are allowed", d.size, maxDirectory)
	case d.offset+d.size != endOffset:
		return refuse("there is something before its first entry, or before its end record")
	}
	return nil
}

// read returns the entries, as the directory describes them.
func (d directory) read(in *source) ([]*entry, error) {
	buffer := make([]byte, d.size)
	if !in.full(buffer, d.offset) {
		return nil, refuse("its directory is cut off")
	}
	records := string(buffer) // names and fields are parts of it
	entries := make([]*entry, 0, d.entries)
	for len(records) > 0 {
		if len(records) < directorySize || records[:4] != directorySignature {
			return nil, refuse("its directory is damaged")
		}
		e, length := parseRecord([]byte(records[:directorySize]))
		if len(records) < directorySize+length[0]+length[1]+length[2] {
			return nil, refuse("its directory is damaged")
		}
		records = records[directorySize:]
		for i, field := range []*string{&e.name, &e.extra, &e.comment} {
			*field, records = records[:length[i]], records[length[i]:]
		}
		if e.packed == in64 || e.unpacked == in64 || e.header == in64 {
			return nil, refuse("the entry %.200q has more than 4 GB, or leaves its size to a ZIP64 field", e.name)
		}
		entries = append(entries, e)
	}
	if len(entries) != d.entries {
		return nil, refuse("its directory has %d entries, but says %d", len(entries), d.entries)
	}
	return entries, nil
}

// parseRecord reads what has a fixed size in an entry of the directory, and how
// long its name, extra fields and comment are.
func parseRecord(r []byte) (e *entry, length [3]int) {
	e = &entry{
		creator:    r[5],
		header:     int64(binary.LittleEndian.Uint32(r[42:])),
		attributes: binary.LittleEndian.Uint32(r[38:]),
		fields:     parseFields(r[6:]),
	}
	for i, at := range []int{28, 30, 32} {
		length[i] = int(binary.LittleEndian.Uint16(r[at:]))
	}
	return e, length
}

// fields are what both headers of an entry have.
type fields struct {
	flags, method, time, date uint16
	sum, packed, unpacked     uint32 // CRC-32, sizes
}

// parseFields reads them from the field "version needed to extract" on.
func parseFields(r []byte) fields {
	return fields{
		flags:    binary.LittleEndian.Uint16(r[2:]),
		method:   binary.LittleEndian.Uint16(r[4:]),
		time:     binary.LittleEndian.Uint16(r[6:]),
		date:     binary.LittleEndian.Uint16(r[8:]),
		sum:      binary.LittleEndian.Uint32(r[10:]),
		packed:   binary.LittleEndian.Uint32(r[14:]),
		unpacked: binary.LittleEndian.Uint32(r[18:]),
	}
}
