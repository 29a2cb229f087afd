package searchindex

import "math"

// BM25's usual parameters.
const (
	k1 = 1.2
	b  = 0.75
)

// bm25 rates the documents that have a word, the more the rarer it is.
type bm25 struct {
	field  *field
	weight float64
	length float64 // of an average document, in words
}

func (f *field) bm25(terms ...uint32) *bm25 {
	s := &bm25{field: f, length: float64(f.words) / float64(max(f.having, 1))}
	for _, t := range terms {
		having := min(f.terms[t].count, f.having)
		s.weight += math.Log1p((float64(f.having-having) + 0.5) / (float64(having) + 0.5))
	}
	return s
}

func (s *bm25) score(doc uint32, frequency int) float64 {
	f, length := float64(frequency), float64(s.field.lengths[doc])
	return s.weight * f * (k1 + 1) / (f + k1*(1-b+b*length/s.length))
}

// wordCursor matches the documents with a term, with score 1 when there is no bm25.
type wordCursor struct {
	reader
	*bm25
}

func (f *field) walk(t uint32, scoring bool) cursor {
	c := &wordCursor{reader: f.terms[t].read()}
	if scoring && f.Kind == Text {
		c.bm25 = f.bm25(t)
	}
	return c
}

func (c *wordCursor) doc() uint32 { return c.current }
func (c *wordCursor) cost() int   { return c.count }

func (c *wordCursor) score() float64 {
	if c.bm25 == nil {
		return 1
	}
	return c.bm25.score(c.current, c.frequency)
}

// phrase matches the documents that have terms one after the other.
type phrase struct {
	cursor // those that have all of them
	words  []*wordCursor
	rating *bm25
	count  int // of the phrase in the document

	starts, ends []uint32 // scratch
}

func (f *field) phrase(terms []uint32) cursor {
	c := &phrase{rating: f.bm25(terms...)}
	var clauses []cursor
	for _, t := range terms {
		word := &wordCursor{reader: f.terms[t].read()}
		c.words = append(c.words, word)
		clauses = append(clauses, word)
	}
	c.cursor = all(clauses, nil, nil)
	c.find()
	return c
}

func (c *phrase) score() float64 { return c.rating.score(c.doc(), c.count) }

func (c *phrase) advance(to uint32) uint32 {
	if c.doc() >= to {
		return c.doc()
	}
	c.cursor.advance(to)
	return c.find()
}

func (c *phrase) find() uint32 {
	for c.doc() != done {
		if c.count = c.occurrences(); c.count > 0 {
			break
		}
		c.cursor.advance(c.doc() + 1)
	}
	return c.doc()
}

// occurrences counts where the words stand one after the other.
func (c *phrase) occurrences() int {
	c.starts = c.words[0].positions(c.starts[:0])
	for i, word := range c.words[1:] {
		c.ends = word.positions(c.ends[:0])
		c.starts = followed(c.starts, c.ends, uint32(i)+1)
	}
	return len(c.starts)
}

// followed keeps the starts that an end follows at a distance; both are sorted.
func followed(starts, ends []uint32, distance uint32) []uint32 {
	kept := starts[:0]
	for _, start := range starts {
		for len(ends) > 0 && ends[0] < start+distance {
			ends = ends[1:]
		}
		if len(ends) > 0 && ends[0] == start+distance {
			kept = append(kept, start)
		}
	}
	return kept
}
