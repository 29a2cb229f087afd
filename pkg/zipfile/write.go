package zipfile

import (
	"bufio"
	"encoding/binary"
	"io"
)

// write writes entries with new headers, and checks their data on the way.
func write(to io.Writer, in *source, entries []*entry) error {
	b, err := newBudget(entries)
	if err != nil {
		return err
	}
	u := newUnpacker(b)
	return writeZIP(to, entries, "", func(to io.Writer, e *entry) error {
		return u.unpack(e, io.TeeReader(io.NewSectionReader(in, e.data, int64(e.packed)), to))
	})
}

// writeZIP writes the entries, below a folder, with data as copy gives them.
func writeZIP(to io.Writer, entries []*entry, below string, data func(io.Writer, *entry) error) error {
	out := bufio.NewWriterSize(to, 64<<10)
	offsets := make([]uint32, len(entries))
	at := uint32(0)
	for i, e := range entries {
		offsets[i] = at
		out.Write(e.localHeader(below)) //nolint:errcheck // Flush returns it
		if e.kind != folder {
			if err := data(out, e); err != nil {
				return err
			}
		}
		at += localSize + uint32(len(below)+len(e.name)) + e.packed
	}
	start := at
	for i, e := range entries {
		record := e.directoryRecord(below, offsets[i])
		at += uint32(len(record))
		out.Write(record) //nolint:errcheck // Flush returns it
	}
	out.Write(endRecord(len(entries), at-start, start)) //nolint:errcheck // Flush returns it
	return out.Flush()
}

// version is that of the format which an entry needs: 2.0 has directories and
// deflate.
const version = 20

// appendFields writes what both headers have, from the field "version needed to
// extract" to the lengths.
func (e *entry) appendFields(h []byte, below string) []byte {
	for _, v := range []uint16{version, e.flags, e.method, e.time, e.date} {
		h = binary.LittleEndian.AppendUint16(h, v)
	}
	for _, v := range []uint32{e.sum, e.packed, e.unpacked} {
		h = binary.LittleEndian.AppendUint32(h, v)
	}
	h = binary.LittleEndian.AppendUint16(h, uint16(len(below)+len(e.name))) //nolint:gosec // at most maxPath and a little
	return binary.LittleEndian.AppendUint16(h, 0)                           // no extra fields
}

func (e *entry) localHeader(below string) []byte {
	h := e.appendFields([]byte(localSignature), below)
	return append(append(h, below...), e.name...)
}

func (e *entry) directoryRecord(below string, offset uint32) []byte {
	h := e.appendFields([]byte(directorySignature+"\x14\x03"), below) // made by version 2.0, on Unix
	h = append(h, make([]byte, 6)...)                                 // no comment, first disk, no text
	h = binary.LittleEndian.AppendUint32(h, e.mode())
	h = binary.LittleEndian.AppendUint32(h, offset)
	return append(append(h, below...), e.name...)
}

// mode is that of the file, as external attributes hold it.
func (e *entry) mode() uint32 {
	switch {
	case e.kind == folder:
		return (modeFolder|0o755)<<16 | msdosFolder
	case e.kind == link:
		return (modeLink | 0o777) << 16
	case e.executable:
		return (modeFile | 0o755) << 16
	}
	return (modeFile | 0o644) << 16
}

func endRecord(entries int, size, offset uint32) []byte {
	h := append([]byte(endSignature), 0, 0, 0, 0) // disks
	for range 2 {                                 // on this disk, and in all
		h = binary.LittleEndian.AppendUint16(h, uint16(entries)) //nolint:gosec // at most maxEntries
	}
	h = binary.LittleEndian.AppendUint32(h, size)
	h = binary.LittleEndian.AppendUint32(h, offset)
	return append(h, 0, 0) // no comment
}
