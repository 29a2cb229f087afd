package searchindex

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// randomPostings returns postings and what they hold.
func randomPostings(r *rand.Rand, count int) (p postings, docs []uint32, positions [][]uint32) {
	doc := uint32(0)
	for i := range count {
		if i > 0 || r.IntN(2) == 0 {
			doc += 1 + uint32(r.ExpFloat64()*float64(1+r.IntN(300)))
		}
		var packed []uint64
		var list []uint32
		position := uint32(0)
		for range r.IntN(4) {
			position += uint32(r.IntN(1000))
			packed, list = append(packed, 7<<32|uint64(position)), append(list, position)
		}
		p.add(doc, packed)
		docs, positions = append(docs, doc), append(positions, list)
	}
	return p, docs, positions
}

func TestPostingsAreReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, count := range []int{0, 1, 2, skipEvery, skipEvery + 1, 1000} {
		p, docs, positions := randomPostings(r, count)
		reader := p.read()
		for i, doc := range docs {
			if got := reader.positions(nil); reader.current != doc || !slices.Equal(got, positions[i]) {
				t.Fatalf("%d of %d: got document %d at %v, want %d at %v", i, count, reader.current, got, doc, positions[i])
			}
			reader.next()
		}
		if reader.current != done {
			t.Errorf("%d after the last of %d", reader.current, count)
		}
	}
}

func TestPostingsAreSkipped(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	p, docs, positions := randomPostings(r, 5000)
	for _, stride := range []int{1, 50, 1000, 100_000} {
		reader := p.read()
		for to := uint32(0); ; to += 1 + uint32(r.IntN(stride)) {
			i, _ := slices.BinarySearch(docs, to)
			if i == len(docs) {
				if got := reader.advance(to); got != done {
					t.Errorf("%d past the last", got)
				}
				break
			}
			if got := reader.advance(to); got != docs[i] || !slices.Equal(reader.positions(nil), positions[i]) {
				t.Fatalf("from %d on: got %d, want %d at %v", to, got, docs[i], positions[i])
			}
			to = docs[i]
		}
	}
}
