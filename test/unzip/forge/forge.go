// Package forge writes ZIPs as a forger would: every field of every header can be
// another than it should be.
package forge

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// Entry is an entry of a ZIP. What its constructor returns is in order.
type Entry struct {
	Name, Extra, Comment string
	Creator              byte
	Attributes           uint32
	Header               // in the directory
	Data                 []byte

	Local                 Header // what the local header says
	LocalName, LocalExtra string
	Descriptor            []byte // behind the data
	Before                []byte // before the local header
}

// Header is what both headers have.
type Header struct {
	Flags, Method, Time, Date uint16
	Sum, Packed, Unpacked     uint32
}

// Flags.
const (
	Described = 1 << 3
	UTF8      = 1 << 11
)

// Entry has these modes when it is in order.
const (
	FileMode   = 0o100644
	FolderMode = 0o040755
	LinkMode   = 0o120777
)

// File returns a file, compressed when that makes it smaller.
func File(name, body string) Entry {
	packed := Deflate(body)
	method := uint16(8)
	if len(packed) >= len(body) {
		packed, method = []byte(body), 0
	}
	return Raw(name, FileMode, method, packed, body)
}

// Folder returns a directory; its name ends with a slash.
func Folder(name string) Entry { return Raw(name, FolderMode, 0, nil, "") }

// Link returns a symbolic link.
func Link(name, target string) Entry { return Raw(name, LinkMode, 0, []byte(target), target) }

// Raw returns an entry with these data, which are said to unpack to body.
func Raw(name string, mode uint32, method uint16, data []byte, body string) Entry {
	h := Header{Method: method, Date: 0x5b41, Time: 0x6000, Sum: crc32.ChecksumIEEE([]byte(body)), Packed: uint32(len(data)), Unpacked: uint32(len(body))}
	for i := range len(name) {
		if name[i] >= 0x80 {
			h.Flags = UTF8
		}
	}
	return Entry{Name: name, LocalName: name, Creator: 3, Attributes: mode << 16, Header: h, Local: h, Data: data}
}

// Both changes both headers of an entry.
func (e Entry) Both(change func(*Header)) Entry {
	change(&e.Header)
	change(&e.Local)
	return e
}

// Streamed returns the entry as a program writes it that can't go back: sum and
// sizes stand behind the data.
func (e Entry) Streamed() Entry {
	e = e.Both(func(h *Header) { h.Flags |= Described })
	e.Local.Sum, e.Local.Packed, e.Local.Unpacked = 0, 0, 0
	e.Descriptor = []byte("PK\x07\x08")
	for _, v := range []uint32{e.Sum, e.Packed, e.Unpacked} {
		e.Descriptor = binary.LittleEndian.AppendUint32(e.Descriptor, v)
	}
	return e
}

// Extra returns an extra field.
func Extra(id uint16, data string) string {
	h := binary.LittleEndian.AppendUint16(nil, id)
	return string(binary.LittleEndian.AppendUint16(h, uint16(len(data)))) + data
}

// Unicode returns the data of an extra field of Info-ZIP, which says text in UTF-8
// where the header says plain.
func Unicode(plain, text string) string {
	return "\x01" + string(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(plain)))) + text
}

// Deflate compresses.
func Deflate(body string) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(body))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// ZIP writes the entries, and the directory in the same order.
func ZIP(entries ...Entry) []byte {
	var body, directory []byte
	for _, e := range entries {
		body = append(body, e.Before...)
		offset := uint32(len(body))
		body = slices.Concat(body, []byte("PK\x03\x04"), e.Local.fields(), lengths(e.LocalName, e.LocalExtra), []byte(e.LocalName+e.LocalExtra), e.Data, e.Descriptor)
		directory = slices.Concat(directory, []byte{'P', 'K', 1, 2, 20, e.Creator}, e.fields(), lengths(e.Name, e.Extra, e.Comment), make([]byte, 4))
		directory = binary.LittleEndian.AppendUint32(directory, e.Attributes)
		directory = binary.LittleEndian.AppendUint32(directory, offset)
		directory = append(directory, e.Name+e.Extra+e.Comment...)
	}
	return slices.Concat(body, directory, End(len(entries), len(directory), len(body)))
}

func (h Header) fields() []byte {
	var b []byte
	for _, v := range []uint16{20, h.Flags, h.Method, h.Time, h.Date} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	for _, v := range []uint32{h.Sum, h.Packed, h.Unpacked} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func lengths(texts ...string) []byte {
	var b []byte
	for _, t := range texts {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(t)))
	}
	return b
}

// End is the end record of a ZIP.
func End(entries, size, offset int) []byte {
	b := []byte("PK\x05\x06\x00\x00\x00\x00")
	for range 2 {
		b = binary.LittleEndian.AppendUint16(b, uint16(entries))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(offset))
	return append(b, 0, 0)
}
