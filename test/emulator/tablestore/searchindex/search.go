package searchindex

import "slices"

// By is what documents are sorted by.
type By int

const (
	Score By = iota
	FieldValue
	Key
)

// Order is one of the things that documents are sorted by. Those without the
// field come last in both directions. Of several values the smallest counts,
// or the Greatest.
type Order struct {
	By         By
	Field      int // of a FieldValue: a Keyword or a Number
	Descending bool
	Greatest   bool
}

// Value is what a document is sorted by in one Order, but for a Key.
type Value struct {
	Missing bool   `json:",omitempty"`
	Number  int64  `json:",omitempty"`
	Text    string `json:",omitempty"`
}

// Position is the place of a document in the sorted ones.
type Position struct {
	Values []Value
	Key    []byte
}

// Search is what is asked of an index.
type Search struct {
	Query  Query
	Sort   []Order   // ties are sorted by key
	After  *Position // only documents after it; of a Search with the same Sort
	Offset int
	Limit  int
	Groups []int // fields whose values are counted: Keywords and Numbers
}

// Hit is a document found.
type Hit struct {
	Key      string
	Stored   any
	Score    float64 // when it is sorted by
	Position Position
}

// Result is what is found.
type Result struct {
	Total  int // documents found, wherever After is
	Hits   []Hit
	More   bool // there are documents after Hits
	Groups [][]Group
}

// Group counts the documents that have a value: a Text, or a Number.
type Group struct {
	Text   string
	Number int64
	Count  int
}

// Search finds documents.
func (x *Index) Search(s Search) Result {
	scoring := slices.ContainsFunc(s.Sort, func(o Order) bool { return o.By == Score })
	c := &collector{Index: x, Search: s, keep: s.Offset + s.Limit, counts: make([]map[int64]int, len(s.Groups))}
	for i := range c.counts {
		c.counts[i] = make(map[int64]int)
	}
	found := s.Query.open(x, scoring)
	for doc := found.doc(); doc != done; doc = found.advance(doc + 1) {
		if x.docs[doc].gone {
			continue
		}
		score := 0.0
		if scoring { // rounded, so that equal ones are equal
			score = float64(float32(found.score()))
		}
		c.add(doc, score)
	}
	return c.result()
}
