package zipfile

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// Flags of an entry (APPNOTE.TXT 6.3.10, section 4.4.4).
const (
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3 // sizes and checksum stand behind the data
	flagPatch      = 1 << 5
	flagStrong     = 1 << 6 // strong encryption
	flagUTF8       = 1 << 11
	flagMasked     = 1 << 13 // values of the local header are masked
)

// Extra fields (APPNOTE.TXT 6.3.10, section 4.5.2).
const (
	extraZIP64          = 0x0001
	extraUnicodeName    = 0x7075
	extraUnicodeComment = 0x6375
)

// maxDescriptor is the size of the longest record that may follow an entry's
// data: signature, checksum, and two sizes of 8 bytes.
const maxDescriptor = 24

// checkLayout wants the entries one after another, from the first byte to the
// directory: none overlaps another, and nothing stands between them that one
// program sees and another does not.
func checkLayout(r io.ReaderAt, d directory, files []*zip.File) error {
	offsets, err := d.offsets(r)
	if err != nil {
		return err
	}
	order := make([]int, len(files))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(offsets[a], offsets[b]) })
	if len(order) > 0 && offsets[order[0]] != 0 {
		return broken("something stands before its entry %s", shorten(files[order[0]].Name))
	}
	for n, i := range order {
		next := d.offset
		if n+1 < len(order) {
			next = offsets[order[n+1]]
		}
		if err := checkLocal(r, files[i], offsets[i], next); err != nil {
			return err
		}
	}
	if len(order) == 0 && d.offset != 0 {
		return broken("something stands before its directory")
	}
	return nil
}

// local is an entry's local header.
type local struct {
	flags, method uint16
	crc           uint32
	packed, size  uint64
	name, extra   []byte
	end           int64 // where the data begin
}

func readLocal(r io.ReaderAt, f *zip.File, offset int64) (l local, err error) {
	b := make([]byte, localSize)
	_, err = r.ReadAt(b, offset)
	if errors.Is(err, io.EOF) || (err == nil && string(b[:4]) != localSignature) {
		return l, broken("the entry %s is damaged: it has no header of its own", shorten(f.Name))
	}
	if err != nil {
		return l, err
	}
	little := binary.LittleEndian
	l = local{
		flags: little.Uint16(b[6:]), method: little.Uint16(b[8:]), crc: little.Uint32(b[14:]),
		packed: uint64(little.Uint32(b[18:])), size: uint64(little.Uint32(b[22:])),
	}
	name, extra := int(little.Uint16(b[26:])), int(little.Uint16(b[28:]))
	text := make([]byte, name+extra)
	_, err = r.ReadAt(text, offset+localSize)
	if errors.Is(err, io.EOF) && len(text) > 0 {
		return l, broken("the entry %s is cut off", shorten(f.Name))
	}
	l.name, l.extra, l.end = text[:name], text[name:], offset+localSize+int64(len(text))
	if l.packed == 1<<32-1 || l.size == 1<<32-1 { // programs that write to a pipe may say so
		if sizes := extraField(l.extra, extraZIP64); len(sizes) >= 16 {
			l.size, l.packed = little.Uint64(sizes), little.Uint64(sizes[8:])
		}
	}
	return l, nil
}

// checkLocal wants an entry's local header to agree with the directory, and its
// data to end where the next entry begins.
func checkLocal(r io.ReaderAt, f *zip.File, offset, next int64) error {
	l, err := readLocal(r, f, offset)
	if err != nil {
		return err
	}
	if string(l.name) != f.Name || l.method != f.Method || l.flags != f.Flags {
		return broken("the entry %s is called otherwise, or packed otherwise, by its own header than by the directory", shorten(f.Name))
	}
	if err := checkUnicode(f, l.extra); err != nil {
		return err
	}
	described := l.flags&flagDescriptor != 0
	says := l.crc == f.CRC32 && l.packed == f.CompressedSize64 && l.size == f.UncompressedSize64
	if silent := l.crc == 0 && l.packed == 0 && l.size == 0; !says && (!described || !silent) {
		return broken("the entry %s has another size or checksum by its own header than by the directory", shorten(f.Name))
	}
	rest := next - l.end - int64(f.CompressedSize64)
	if rest == 0 && (!described || says) {
		return nil
	}
	if rest < 0 || rest > maxDescriptor || !described {
		return broken("the entry %s overlaps another, or something stands between them", shorten(f.Name))
	}
	b := make([]byte, rest)
	if _, err := r.ReadAt(b, next-rest); err != nil {
		return err
	}
	if !slices.ContainsFunc(descriptors(f), func(d []byte) bool { return bytes.Equal(d, b) }) {
		return broken("what stands behind the entry %s says another size or checksum than the directory", shorten(f.Name))
	}
	return nil
}

// descriptors are the records that may follow an entry's data: with and without
// a signature, with sizes of 4 and 8 bytes (APPNOTE.TXT 6.3.10, section 4.3.9).
func descriptors(f *zip.File) [][]byte {
	little := binary.LittleEndian
	short := little.AppendUint32(nil, f.CRC32)
	long := bytes.Clone(short)
	short = little.AppendUint32(little.AppendUint32(short, uint32(f.CompressedSize64)), uint32(f.UncompressedSize64))
	long = little.AppendUint64(little.AppendUint64(long, f.CompressedSize64), f.UncompressedSize64)
	return [][]byte{short, long, append([]byte(descriptorSignature), short...), append([]byte(descriptorSignature), long...)}
}

// extraField returns the first extra field of a kind; nil when there is none.
func extraField(extra []byte, id uint16) []byte {
	for len(extra) >= 4 {
		length := int(binary.LittleEndian.Uint16(extra[2:]))
		if 4+length > len(extra) {
			return nil
		}
		if binary.LittleEndian.Uint16(extra) == id {
			return extra[4 : 4+length]
		}
		extra = extra[4+length:]
	}
	return nil
}
