package tablestore

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// storedRow is a row in the store: when it was last written to (i64
// milliseconds), the length of its key's cells (u32), these cells, then the
// cells of its columns by name, newest version first. Cells are stored as they
// are answered, so that reading a row is copying the cells asked for.
type storedRow []byte

const storedHeader = 12

func newStoredRow(written int64, key []byte, columns columns) storedRow {
	size := storedHeader + len(key)
	for _, c := range columns {
		size += len(c.name) + len(c.value) + 22
	}
	b := make([]byte, 0, size)
	b = binary.LittleEndian.AppendUint64(b, uint64(written))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(key)))
	b = append(b, key...)
	for _, c := range columns {
		b = appendCell(b, c.name, c.value, c.time)
	}
	return b
}

func (r storedRow) written() int64 { return int64(binary.LittleEndian.Uint64(r)) }

func (r storedRow) split() (key, cells []byte) {
	end := storedHeader + binary.LittleEndian.Uint32(r[8:])
	return r[storedHeader:end], r[end:]
}

// columns are cells sorted by name, newest version first.
type columns []cell

func readColumns(cells []byte) columns {
	var list columns
	for len(cells) > 0 {
		var c cell
		c, cells = splitCell(cells)
		list = append(list, c)
	}
	return list
}

func (l columns) find(name []byte, time int64) (int, bool) {
	return slices.BinarySearchFunc(l, cell{name: name, time: time}, func(a, b cell) int {
		if order := bytes.Compare(a.name, b.name); order != 0 {
			return order
		}
		switch {
		case a.time > b.time:
			return -1
		case a.time < b.time:
			return 1
		}
		return 0
	})
}

// versions returns where the versions of a column begin and end.
func (l columns) versions(name []byte) (from, to int) {
	from, _ = l.find(name, 1<<63-1)
	to = from
	for to < len(l) && bytes.Equal(l[to].name, name) {
		to++
	}
	return from, to
}

func (l columns) put(c cell) columns {
	at, found := l.find(c.name, c.time)
	if found {
		l[at] = c
		return l
	}
	return slices.Insert(l, at, c)
}

// trim drops versions past the newest max and those that fell to the cutoff.
func (l columns) trim(max int, cutoff int64) columns {
	kept, count := l[:0], 0
	for _, c := range l {
		if len(kept) == 0 || !bytes.Equal(kept[len(kept)-1].name, c.name) {
			count = 0
		}
		if count < max && c.time > cutoff {
			kept = append(kept, c)
			count++
		}
	}
	return kept
}

func (l columns) encode() []byte {
	var b []byte
	for _, c := range l {
		b = appendCell(b, c.name, c.value, c.time)
	}
	return b
}
