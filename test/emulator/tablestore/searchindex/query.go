package searchindex

import (
	"cmp"
	"slices"
	"strings"
)

// Query says which documents are found. The Field of a query is the place of
// the field in the index, whose Kind must suit it.
type Query interface {
	// open returns a cursor over what is found; scores need not be right
	// unless scoring.
	open(x *Index, scoring bool) cursor
}

type (
	// All finds everything, with score 1.
	All struct{}

	// Terms finds the documents that have one of the texts, as a keyword or as
	// a word that is not analyzed. The score is 1, that of a single word of a
	// Text by BM25.
	Terms struct {
		Field int
		Texts []string
	}

	// Numbers finds the documents that have one of the numbers, with score 1.
	Numbers struct {
		Field  int
		Values []int64
	}

	// NumberRange finds the documents with a number from From to To, both
	// included, with score 1.
	NumberRange struct {
		Field    int
		From, To int64
	}

	// KeywordRange finds the documents with a keyword between two, with score
	// 1; nil is no bound.
	KeywordRange struct {
		Field                    int
		From, To                 *string
		IncludeLower, IncludeTop bool
	}

	// Prefix finds the documents with a keyword or word that begins so, with
	// score 1.
	Prefix struct {
		Field int
		Text  string
	}

	// Wildcard finds the documents with a keyword or word like a pattern, in
	// which * stands for any characters and ? for one; with score 1.
	Wildcard struct {
		Field   int
		Pattern string
	}

	// Exists finds the documents that have the field, with score 1.
	Exists struct{ Field int }

	// Match finds the documents that have words of a text in a Text: all of
	// them when And, else at least Minimum (at least 1). The score is the sum
	// of the words', by BM25.
	Match struct {
		Field   int
		Text    string
		And     bool
		Minimum int
	}

	// Phrase finds the documents that have the words of a text in a row in a
	// Text; the score is by BM25.
	Phrase struct {
		Field int
		Text  string
	}

	// Bool finds what all of Must and Filter, none of MustNot and at least
	// Minimum of Should find. The scores of Must and Should add up.
	Bool struct {
		Must, Filter, MustNot, Should []Query
		Minimum                       int
	}

	// Constant finds what a query does, with score 1.
	Constant struct{ Query Query }

	// Weighted multiplies the scores of a query.
	Weighted struct {
		Query  Query
		Weight float64
	}
)

func (All) open(x *Index, _ bool) cursor {
	return where(len(x.docs), func(uint32) bool { return true })
}

// fewTerms are walked over as they are asked for, more are collected first.
const fewTerms = 16

func (q Terms) open(x *Index, scoring bool) cursor {
	f := x.fields[q.Field]
	var terms []uint32
	for _, text := range slices.Compact(slices.Sorted(slices.Values(q.Texts))) {
		if t, ok := f.byText[text]; ok {
			terms = append(terms, t)
		}
	}
	if len(terms) == 1 {
		return f.walk(terms[0], scoring && len(q.Texts) == 1)
	}
	if len(terms) > fewTerms {
		return x.withOneOf(f, terms)
	}
	var clauses []cursor
	for _, t := range terms {
		clauses = append(clauses, f.walk(t, false))
	}
	return &rated{some(clauses, 1, false), 1, true}
}

// withOneOf returns the documents that have one of the terms.
func (x *Index) withOneOf(f *field, terms []uint32) cursor {
	found := newBits(len(x.docs))
	for _, t := range terms {
		for r := f.terms[t].read(); r.current != done; r.next() {
			found.set(r.current)
		}
	}
	return where(len(x.docs), found.has)
}

func (q Numbers) open(x *Index, _ bool) cursor {
	values := slices.Sorted(slices.Values(q.Values))
	return x.whereNumber(q.Field, func(n int64) bool {
		_, found := slices.BinarySearch(values, n)
		return found
	})
}

func (q NumberRange) open(x *Index, _ bool) cursor {
	return x.whereNumber(q.Field, func(n int64) bool { return q.From <= n && n <= q.To })
}

func (x *Index) whereNumber(field int, test func(int64) bool) cursor {
	numbers := x.fields[field].numbers
	return where(len(x.docs), func(doc uint32) bool { return slices.ContainsFunc(numbers[doc], test) })
}

func (q KeywordRange) open(x *Index, _ bool) cursor {
	f := x.fields[q.Field]
	terms := f.ordered()
	if q.From != nil {
		terms = terms[f.search(*q.From):]
	}
	var found []uint32
	for _, t := range terms {
		text := f.terms[t].text
		if q.To != nil && (text > *q.To || text == *q.To && !q.IncludeTop) {
			break
		}
		if q.From == nil || q.IncludeLower || text != *q.From {
			found = append(found, t)
		}
	}
	return x.withOneOf(f, found)
}

func (q Prefix) open(x *Index, _ bool) cursor {
	f := x.fields[q.Field]
	return x.withOneOf(f, f.beginning(q.Text))
}

// beginning returns the terms that begin with a text.
func (f *field) beginning(text string) []uint32 {
	terms := f.ordered()
	terms = terms[f.search(text):]
	n, _ := slices.BinarySearchFunc(terms, text, func(t uint32, text string) int {
		if strings.HasPrefix(f.terms[t].text, text) {
			return -1
		}
		return cmp.Compare(f.terms[t].text, text)
	})
	return terms[:n]
}

func (q Wildcard) open(x *Index, _ bool) cursor {
	f := x.fields[q.Field]
	literal, _, _ := strings.Cut(strings.ReplaceAll(q.Pattern, "?", "*"), "*")
	pattern := []rune(q.Pattern)
	var found []uint32
	for _, t := range f.beginning(literal) {
		if like(f.terms[t].text, pattern) {
			found = append(found, t)
		}
	}
	return x.withOneOf(f, found)
}

// like says whether a text is like a pattern. After a mismatch it goes on at
// the last *, which takes one character more.
func like(text string, pattern []rune) bool {
	runes := []rune(text)
	at, star, from := 0, -1, 0
	for i := 0; i < len(runes); {
		switch {
		case at < len(pattern) && pattern[at] == '*':
			star, from = at, i
			at++
		case at < len(pattern) && (pattern[at] == '?' || pattern[at] == runes[i]):
			at++
			i++
		case star >= 0:
			from++
			at, i = star+1, from
		default:
			return false
		}
	}
	for at < len(pattern) && pattern[at] == '*' {
		at++
	}
	return at == len(pattern)
}

func (q Exists) open(x *Index, _ bool) cursor {
	return where(len(x.docs), x.fields[q.Field].has)
}

func (q Constant) open(x *Index, _ bool) cursor {
	return &rated{q.Query.open(x, false), 1, true}
}

func (q Weighted) open(x *Index, scoring bool) cursor {
	return &rated{q.Query.open(x, scoring), q.Weight, false}
}
