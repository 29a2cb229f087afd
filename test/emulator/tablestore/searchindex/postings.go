package searchindex

import (
	"encoding/binary"
	"sort"
)

// postings are the documents that have a word, by number: for each the gap to
// the one before, how often it has the word, and the gaps between the
// positions, all as varints.
type postings struct {
	count int
	last  uint32
	data  []byte
	skips []skip // one for every skipEvery documents
}

const skipEvery = 128

// skip tells the document before an offset of the data.
type skip struct {
	doc uint32
	at  int
}

// add adds a document with a greater number than all before. positions hold
// them in their lower halves; there are none in a keyword.
func (p *postings) add(doc uint32, positions []uint64) {
	if p.count > 0 && p.count%skipEvery == 0 {
		p.skips = append(p.skips, skip{p.last, len(p.data)})
	}
	p.data = binary.AppendUvarint(p.data, uint64(doc-p.last))
	p.data = binary.AppendUvarint(p.data, uint64(len(positions)))
	last := uint32(0)
	for _, position := range positions {
		p.data = binary.AppendUvarint(p.data, uint64(uint32(position)-last))
		last = uint32(position)
	}
	p.count, p.last = p.count+1, doc
}

// reader walks over postings.
type reader struct {
	*postings
	at        int // in the data, before the positions of current
	current   uint32
	frequency int
}

func (p *postings) read() reader {
	r := reader{postings: p}
	r.next()
	return r
}

func (r *reader) next() {
	for range r.frequency {
		r.skipUvarint()
	}
	if r.at == len(r.data) {
		r.current, r.frequency = done, 0
		return
	}
	r.current += uint32(r.uvarint())
	r.frequency = int(r.uvarint())
}

func (r *reader) advance(to uint32) uint32 {
	if r.current < to && to-r.current > skipEvery {
		r.jump(to)
	}
	for r.current < to {
		r.next()
	}
	return r.current
}

// jump moves close before a document.
func (r *reader) jump(to uint32) {
	i := sort.Search(len(r.skips), func(i int) bool { return r.skips[i].doc >= to })
	if i > 0 && r.skips[i-1].at > r.at {
		r.at, r.current, r.frequency = r.skips[i-1].at, r.skips[i-1].doc, 0
		r.next()
	}
}

func (r *reader) uvarint() uint64 {
	if b := r.data[r.at]; b < 0x80 {
		r.at++
		return uint64(b)
	}
	x, n := binary.Uvarint(r.data[r.at:])
	r.at += n
	return x
}

func (r *reader) skipUvarint() {
	for r.data[r.at] >= 0x80 {
		r.at++
	}
	r.at++
}

// positions appends where the current document has the word.
func (r *reader) positions(list []uint32) []uint32 {
	at, position := r.at, uint32(0)
	for range r.frequency {
		gap, n := binary.Uvarint(r.data[at:])
		at += n
		position += uint32(gap)
		list = append(list, position)
	}
	return list
}
