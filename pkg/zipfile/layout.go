package zipfile

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// checkLayout wants the entries one after another, from the first byte to the
// directory: none overlaps another, and nothing stands between them that one
// program sees and another does not. It finds the data of each.
func checkLayout(in *source, d directory, entries []*entry) error {
	order := slices.Clone(entries)
	slices.SortStableFunc(order, func(a, b *entry) int { return cmp.Compare(a.header, b.header) })
	at := int64(0)
	for i, e := range order {
		if e.header != at {
			return refuse("the entry %.200q overlaps another, or something stands before it", e.name)
		}
		next := d.offset
		if i+1 < len(order) {
			next = order[i+1].header
		}
		if err := e.checkLocal(in, next); err != nil {
			return err
		}
		at = next
	}
	if at != d.offset {
		return refuse("something stands between its entries and its directory")
	}
	return nil
}

// checkLocal reads an entry's local header, which must agree with the directory
// and reach, with the data, to what is next.
func (e *entry) checkLocal(in *source, next int64) error {
	header := make([]byte, localSize)
	if next-e.header < localSize || !in.full(header, e.header) || string(header[:4]) != localSignature {
		return refuse("the entry %.200q is damaged, or overlaps another", e.name)
	}
	name := make([]byte, binary.LittleEndian.Uint16(header[26:]))
	extra := make([]byte, binary.LittleEndian.Uint16(header[28:]))
	e.data = e.header + localSize + int64(len(name)+len(extra))
	if e.data+int64(e.packed) > next {
		return refuse("the entry %.200q overlaps another, or the directory", e.name)
	}
	if !in.full(name, e.header+localSize) || !in.full(extra, e.data-int64(len(extra))) {
		return refuse("the entry %.200q is cut off", e.name)
	}
	if string(name) != e.name {
		return refuse("the entry %.200q is called otherwise in its own header: %.200q", e.name, name)
	}
	if err := e.agrees(parseFields(header[4:]), string(extra)); err != nil {
		return err
	}
	return e.checkDescriptor(in, next)
}

// agrees compares an entry of the directory with its local header.
func (e *entry) agrees(local fields, extra string) error {
	if local.flags != e.flags || local.method != e.method {
		return refuse("the entry %.200q has method %d and flags %#x, and others in its own header: %d and %#x", e.name, e.method, e.flags, local.method, local.flags)
	}
	if err := e.checkExtra(e.extra, e.comment, true); err != nil {
		return err
	}
	if err := e.checkExtra(extra, "", false); err != nil {
		return err
	}
	sizes := [2]uint64{uint64(local.unpacked), uint64(local.packed)}
	if err := e.sizesOf64(&sizes, extra); err != nil {
		return err
	}
	later := e.flags&described != 0 // then zeros may stand here
	for _, pair := range [][2]uint64{{uint64(local.sum), uint64(e.sum)}, {sizes[0], uint64(e.unpacked)}, {sizes[1], uint64(e.packed)}} {
		if pair[0] != pair[1] && (!later || pair[0] != 0) {
			return refuse("the entry %.200q has other sizes, or another checksum, in its own header: %d, not %d", e.name, pair[0], pair[1])
		}
	}
	return nil
}

// sizesOf64 replaces sizes that are in a ZIP64 extra field: programs that write to
// a pipe do not know whether they will need it.
func (e *entry) sizesOf64(sizes *[2]uint64, extra string) error {
	field := ""
	for id, data := range extraFields(extra) {
		if id == extraZIP64 {
			field = data
		}
	}
	for i := range sizes {
		if sizes[i] != in64 {
			continue
		}
		if len(field) < 8 {
			return refuse("the entry %.200q leaves a size to a ZIP64 field that is not there", e.name)
		}
		sizes[i], field = binary.LittleEndian.Uint64([]byte(field[:8])), field[8:]
	}
	return nil
}

// checkDescriptor wants behind the data either nothing, or a data descriptor that
// agrees with the directory. An entry without data may lack it.
func (e *entry) checkDescriptor(in *source, next int64) error {
	end := e.data + int64(e.packed)
	gap := next - end
	if gap == 0 && (e.flags&described == 0 || e.packed == 0) {
		return nil
	}
	if e.flags&described == 0 || gap < 12 || gap > 24 {
		return refuse("something stands between its entries, or between its entries and its directory: %d bytes behind the entry %.200q", gap, e.name)
	}
	descriptor := make([]byte, gap)
	if !in.full(descriptor, end) {
		return refuse("the entry %.200q is cut off", e.name)
	}
	want := binary.LittleEndian.AppendUint32(nil, e.sum)
	for _, size := range []uint32{e.packed, e.unpacked} {
		if gap >= 20 { // of a ZIP64
			want = binary.LittleEndian.AppendUint64(want, uint64(size))
		} else {
			want = binary.LittleEndian.AppendUint32(want, size)
		}
	}
	if got := string(descriptor); got != string(want) && got != descriptorSignature+string(want) {
		return refuse("the entry %.200q has other sizes, or another checksum, behind its data", e.name)
	}
	return nil
}
