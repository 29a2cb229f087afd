package searchindex

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// field is the index of one field.
type field struct {
	Field
	byText map[string]uint32 // number of a term
	terms  []term

	keywords [][]uint32 // terms of each document, sorted by their text
	numbers  [][]int64  // of each document, sorted
	lengths  []uint32   // words of each document
	having   int        // documents that have the field
	words    int        // in all documents

	mu      sync.Mutex // searches sort
	sorted  []uint32   // terms by text
	scratch []uint64
}

type term struct {
	text string
	postings
}

func newField(f Field) *field {
	return &field{Field: f, byText: make(map[string]uint32)}
}

// add indexes the field of the next document.
func (f *field) add(doc uint32, v Values) {
	switch f.Kind {
	case Keyword:
		f.addKeywords(doc, v.Texts)
	case Text:
		f.addText(doc, v.Texts)
	case Number:
		f.numbers = append(f.numbers, nil)
	}
}

func (f *field) addKeywords(doc uint32, texts []string) {
	var list []uint32
	for _, text := range slices.Compact(slices.Sorted(slices.Values(texts))) {
		t := f.term(text)
		f.terms[t].add(doc, nil)
		list = append(list, t)
	}
	f.keywords = append(f.keywords, list)
	if len(list) > 0 {
		f.having++
	}
}

func (f *field) addText(doc uint32, texts []string) {
	words := f.occurrences(texts)
	for rest := f.scratch; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n]>>32 == rest[0]>>32 {
			n++
		}
		f.terms[rest[0]>>32].add(doc, rest[:n])
		rest = rest[n:]
	}
	f.lengths = append(f.lengths, words)
	f.words += int(words)
	if words > 0 {
		f.having++
	}
}

// textGap is how far apart the texts of a document are, so that no phrase is
// found across two.
const textGap = 100

// occurrences fills scratch with the words of the texts, each as its term and
// its position, sorted; and returns their number.
func (f *field) occurrences(texts []string) (words uint32) {
	f.scratch = f.scratch[:0]
	for i, text := range texts {
		first := words + uint32(i)*textGap
		for _, token := range f.Analyze(text) {
			f.scratch = append(f.scratch, uint64(f.term(token.Text))<<32|uint64(first+token.Position))
			if !token.Pair {
				words++
			}
		}
	}
	slices.Sort(f.scratch)
	return words
}

// term returns the number of the term with a text, a new one if need be.
func (f *field) term(text string) uint32 {
	if t, ok := f.byText[text]; ok {
		return t
	}
	t := uint32(len(f.terms))
	text = strings.Clone(text) // of a longer text that shall not stay
	f.terms = append(f.terms, term{text: text})
	f.byText[text] = t
	return t
}

// remove takes a document out of the counts; it stays in the postings.
func (f *field) remove(doc uint32) {
	switch {
	case f.Kind == Text && f.lengths[doc] > 0:
		f.words -= int(f.lengths[doc])
		f.lengths[doc] = 0
		f.having--
	case f.Kind == Keyword && len(f.keywords[doc]) > 0:
		f.keywords[doc] = nil
		f.having--
	case f.Kind == Number:
		f.numbers[doc] = nil
	}
}

// has says whether a document has the field.
func (f *field) has(doc uint32) bool {
	switch f.Kind {
	case Text:
		return f.lengths[doc] > 0
	case Keyword:
		return len(f.keywords[doc]) > 0
	}
	return len(f.numbers[doc]) > 0
}

// ordered returns the numbers of the terms, by text.
func (f *field) ordered() []uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	fresh := len(f.terms) - len(f.sorted)
	for t := uint32(len(f.sorted)); int(t) < len(f.terms); t++ {
		at := len(f.sorted)
		if fresh < 100 { // else sorting all is cheaper
			at = f.search(f.terms[t].text)
		}
		f.sorted = slices.Insert(f.sorted, at, t)
	}
	if fresh >= 100 {
		slices.SortFunc(f.sorted, func(a, b uint32) int { return cmp.Compare(f.terms[a].text, f.terms[b].text) })
	}
	return f.sorted
}

// search returns where in sorted the terms from a text on begin.
func (f *field) search(text string) int {
	at, _ := slices.BinarySearchFunc(f.sorted, text, func(t uint32, text string) int {
		return cmp.Compare(f.terms[t].text, text)
	})
	return at
}

// compact renumbers the documents, and drops the terms that none has.
func (f *field) compact(numbers []uint32, kept uint32) {
	f.lengths = renumber(f.lengths, numbers, kept)
	f.numbers = renumber(f.numbers, numbers, kept)
	old := f.terms
	f.terms, f.sorted, f.byText = nil, nil, make(map[string]uint32)
	for i := range old {
		if p := old[i].postings.renumber(numbers); p.count > 0 {
			f.byText[old[i].text] = uint32(len(f.terms))
			f.terms = append(f.terms, term{old[i].text, p})
		}
	}
	f.keywords = renumber(f.keywords, numbers, kept)
	for _, list := range f.keywords {
		for i, t := range list {
			list[i] = f.byText[old[t].text]
		}
	}
}

// renumber moves each document's value to its new place.
func renumber[T any](list []T, numbers []uint32, kept uint32) []T {
	if list == nil {
		return nil
	}
	moved := make([]T, kept)
	for old, doc := range numbers {
		if doc != done {
			moved[doc] = list[old]
		}
	}
	return moved
}

func (p *postings) renumber(numbers []uint32) postings {
	var moved postings
	var list []uint32
	var positions []uint64
	for r := p.read(); r.current != done; r.next() {
		doc := numbers[r.current]
		if doc == done {
			continue
		}
		list, positions = r.positions(list[:0]), positions[:0]
		for _, position := range list {
			positions = append(positions, uint64(position))
		}
		moved.add(doc, positions)
	}
	return moved
}
