package tablestore

import (
	"encoding/binary"
	"slices"
)

// PlainBuffer is the service's row format, little endian throughout:
//
//	buffer: u32 0x75, row
//	row:    01 cells [02 cells] [08] 09 crc8
//	cell:   03, 04 u32 name, [05 u32 variant], [06 op], [07 i64 time], 0A crc8
const (
	plainBufferHeader = 0x75

	tagRowKey       = 0x01
	tagRowData      = 0x02
	tagCell         = 0x03
	tagCellName     = 0x04
	tagCellValue    = 0x05
	tagCellOp       = 0x06
	tagCellTime     = 0x07
	tagDeleteMarker = 0x08
	tagRowChecksum  = 0x09
	tagCellChecksum = 0x0A
)

// What a cell of an UpdateRow asks for.
const (
	opPut       = 0x00 // no op is given
	opDeleteAll = 0x01
	opDeleteOne = 0x03
	opIncrement = 0x04
)

// cell is one column. Its slices point into the buffer it was read from.
type cell struct {
	name  []byte
	value variant // nil when none is given
	op    byte
	time  int64 // the version, in milliseconds since 1970
	timed bool
	sum   byte
	raw   []byte // the whole cell, encoded
}

// wireRow is a row as a client sends it.
type wireRow struct {
	key     []cell
	cells   []cell
	deleted bool
}

// decodeRow reads the one row of a PlainBuffer and verifies its checksums. The
// row points into b.
func decodeRow(b []byte) (*wireRow, error) {
	d := &decoder{rest: b}
	if header := d.uint32(); header != plainBufferHeader {
		d.fail("mismatch header, actual: %d, expect: %d", header, plainBufferHeader)
	}
	row := &wireRow{}
	d.expect(tagRowKey)
	row.key = d.cells()
	if d.next(tagRowData) {
		row.cells = d.cells()
	}
	row.deleted = d.next(tagDeleteMarker)
	d.expect(tagRowChecksum)
	d.verify(row.checksum())
	if len(d.rest) > 0 {
		d.fail("has more data in cell, but they can't be parsed")
	}
	return row, d.err
}

func (r *wireRow) checksum() byte {
	var sum byte
	for _, c := range r.key {
		sum = crc8Byte(sum, c.sum)
	}
	for _, c := range r.cells {
		sum = crc8Byte(sum, c.sum)
	}
	var deleted byte
	if r.deleted {
		deleted = 1
	}
	return crc8Byte(sum, deleted)
}

// decoder reads a PlainBuffer from an untrusted client. After the first error
// it reads only zeros.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = invalid("Cell data broken, "+format+".", args...)
	}
	d.rest = nil
}

func (d *decoder) take(n int) []byte {
	if n < 0 || n > len(d.rest) {
		d.fail("wrong string format, size: %d", n)
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) uint32() uint32 {
	if b := d.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) int64() int64 {
	if b := d.take(8); b != nil {
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// next reads the tag if it is the next one.
func (d *decoder) next(tag byte) bool {
	if len(d.rest) == 0 || d.rest[0] != tag {
		return false
	}
	d.rest = d.rest[1:]
	return true
}

func (d *decoder) expect(tag byte) {
	if d.err == nil && !d.next(tag) {
		d.fail("mismatch tag, expect(%d)", tag)
	}
}

func (d *decoder) verify(sum byte) {
	if given := d.byte(); d.err == nil && given != sum {
		d.fail("checksum is mismatch, %d:%d", given, sum)
	}
}

func (d *decoder) cells() []cell {
	var cells []cell
	for len(d.rest) > 0 && d.rest[0] == tagCell {
		cells = append(cells, d.cell())
	}
	return cells
}

func (d *decoder) cell() cell {
	start := d.rest
	var c cell
	d.expect(tagCell)
	d.expect(tagCellName)
	c.name = d.take(int(d.uint32()))
	if d.next(tagCellValue) {
		c.value = d.value()
	}
	if d.next(tagCellOp) {
		if c.op = d.byte(); c.op == opPut {
			d.fail("no valid element in Cell, name: '%s'", c.name)
		}
	}
	if d.next(tagCellTime) {
		c.time, c.timed = d.int64(), true
	}
	d.expect(tagCellChecksum)
	c.sum = c.checksum()
	d.verify(c.sum)
	c.raw = start[:len(start)-len(d.rest)]
	return c
}

func (d *decoder) value() variant {
	v, rest, err := splitVariant(d.take(int(d.uint32())))
	if d.err == nil && err != nil {
		d.err, d.rest = err, nil
	}
	if len(rest) > 0 {
		d.fail("has more data in cell, but they can't be parsed")
	}
	return v
}

// checksum covers name, value, time and op, in this order.
func (c *cell) checksum() byte {
	sum := crc8(0, c.name)
	sum = crc8(sum, c.value)
	if c.timed {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(c.time))
		sum = crc8(sum, b[:])
	}
	if c.op != opPut {
		sum = crc8Byte(sum, c.op)
	}
	return sum
}

// appendCell encodes a column with one version, as it is stored and answered.
func appendCell(b []byte, name []byte, value variant, time int64) []byte {
	b = append(b, tagCell, tagCellName)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(name)))
	b = append(b, name...)
	b = append(b, tagCellValue)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	b = append(b, value...)
	b = append(b, tagCellTime)
	b = binary.LittleEndian.AppendUint64(b, uint64(time))
	c := cell{name: name, value: value, time: time, timed: true}
	return append(b, tagCellChecksum, c.checksum())
}

// splitCell reads the first of our own encoded cells, which need no checks.
func splitCell(b []byte) (c cell, rest []byte) {
	at := 6 + int(binary.LittleEndian.Uint32(b[2:]))
	c.name = b[6:at]
	value := at + 5
	at = value + int(binary.LittleEndian.Uint32(b[at+1:]))
	c.value = variant(b[value:at])
	if b[at] == tagCellTime {
		c.time, c.timed = int64(binary.LittleEndian.Uint64(b[at+1:])), true
		at += 9
	}
	c.sum = b[at+1]
	c.raw = b[:at+2]
	return c, b[at+2:]
}

// appendRow encodes a row of which the cells of the key and of the columns are
// encoded already.
func appendRow(b, key, cells []byte) []byte {
	b = slices.Grow(b, len(key)+len(cells)+4)
	b = append(b, tagRowKey)
	b = append(b, key...)
	if len(cells) > 0 {
		b = append(b, tagRowData)
		b = append(b, cells...)
	}
	return appendRowEnd(b, key, cells)
}

// appendRowEnd ends a row after its cells.
func appendRowEnd(b, key, cells []byte) []byte {
	sum := sumCells(sumCells(0, key), cells)
	return append(b, tagRowChecksum, crc8Byte(sum, 0))
}

func sumCells(sum byte, cells []byte) byte {
	for len(cells) > 0 {
		var c cell
		c, cells = splitCell(cells)
		sum = crc8Byte(sum, c.sum)
	}
	return sum
}

func appendHeader(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(b, plainBufferHeader)
}
