// Package searchindex is an inverted index in memory: it finds documents by
// words, keywords and numbers, ranks them by BM25 and sorts them.
//
// It is written for the emulator. Of the libraries there are, bleve was looked
// at: it raises golang/protobuf above the version that the functions link.
//
// Deleted and replaced documents keep their place, and count in the statistics
// of the ranking, until they are half of all (Lucene does the same until it
// merges segments). An Index is not safe for concurrent use, but searches may
// run at the same time as each other.
package searchindex

import (
	"hash/maphash"
	"math"
	"slices"
)

// Kind says how the values of a field are found.
type Kind int

const (
	Keyword Kind = iota // as a whole
	Text                // by its words
	Number              // as a number
)

// Field is one field of all documents.
type Field struct {
	Name    string
	Kind    Kind
	Analyze Analyzer // of a Text
}

// Values are those of one field of a document: Texts of a Keyword and a Text,
// Numbers of a Number. A document that has none lacks the field.
type Values struct {
	Texts   []string
	Numbers []int64
}

// Document is what is indexed.
type Document struct {
	Key    string   // sorts as the documents do when nothing else sorts them
	Values []Values // by field
	Stored any      // what a Hit brings along
}

// Ordered returns a number that sorts as the float does.
func Ordered(f float64) int64 {
	n := int64(math.Float64bits(f))
	if n < 0 {
		n ^= math.MaxInt64
	}
	return n
}

// done is after all documents' numbers.
const done = math.MaxUint32

// Index holds documents by number, in the order in which they came.
type Index struct {
	fields []*field
	docs   []document
	byKey  map[string]uint32
	seed   maphash.Seed
}

type document struct {
	key    string
	gone   bool
	words  uint64 // hash of its texts
	stored any
}

// New returns an empty index of these fields; queries name them by their place
// among them.
func New(fields []Field) *Index {
	x := &Index{byKey: make(map[string]uint32), seed: maphash.MakeSeed()}
	for _, f := range fields {
		x.fields = append(x.fields, newField(f))
	}
	return x
}

// Len returns how many documents there are.
func (x *Index) Len() int { return len(x.byKey) }

// Put adds a document, or replaces the one with its key. When only numbers
// change no text is analyzed again.
func (x *Index) Put(d Document) {
	words := x.hash(d.Values)
	if old, ok := x.byKey[d.Key]; ok {
		if x.docs[old].words == words {
			x.docs[old].stored = d.Stored
			x.setNumbers(old, d.Values)
			return
		}
		x.remove(old)
	}
	doc := uint32(len(x.docs))
	x.docs = append(x.docs, document{key: d.Key, words: words, stored: d.Stored})
	x.byKey[d.Key] = doc
	for i, f := range x.fields {
		f.add(doc, d.Values[i])
	}
	x.setNumbers(doc, d.Values)
	x.compactWhenHalf()
}

// Delete removes the document with a key, if there is one.
func (x *Index) Delete(key string) {
	if doc, ok := x.byKey[key]; ok {
		delete(x.byKey, key)
		x.remove(doc)
		x.compactWhenHalf()
	}
}

func (x *Index) remove(doc uint32) {
	x.docs[doc] = document{gone: true}
	for _, f := range x.fields {
		f.remove(doc)
	}
}

func (x *Index) setNumbers(doc uint32, values []Values) {
	for i, f := range x.fields {
		if f.Kind == Number {
			f.numbers[doc] = slices.Sorted(slices.Values(values[i].Numbers))
		}
	}
}

// hash identifies the texts of a document.
func (x *Index) hash(values []Values) uint64 {
	var h maphash.Hash
	h.SetSeed(x.seed)
	for _, v := range values {
		maphash.WriteComparable(&h, len(v.Texts))
		for _, text := range v.Texts {
			maphash.WriteComparable(&h, len(text))
			h.WriteString(text)
		}
	}
	return h.Sum64()
}

const minCompact = 1024 // documents

// compactWhenHalf drops the documents that are gone when half of them are.
func (x *Index) compactWhenHalf() {
	gone := len(x.docs) - len(x.byKey)
	if len(x.docs) < minCompact || gone < len(x.docs)/2 {
		return
	}
	numbers := make([]uint32, len(x.docs)) // new ones, done for those gone
	kept := uint32(0)
	for i, d := range x.docs {
		numbers[i] = done
		if !d.gone {
			numbers[i] = kept
			x.docs[kept], x.byKey[d.key] = d, kept
			kept++
		}
	}
	clear(x.docs[kept:])
	x.docs = x.docs[:kept]
	for _, f := range x.fields {
		f.compact(numbers, kept)
	}
}
