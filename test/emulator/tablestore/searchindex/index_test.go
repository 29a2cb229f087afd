package searchindex

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// The fields of the indexes under test.
const (
	kind = iota
	text
	number
)

func newTestIndex() *Index {
	return New([]Field{{"kind", Keyword, nil}, {"text", Text, SingleWord(false, false)}, {"number", Number, nil}})
}

func newDocument(key, kind, text string, n int64) Document {
	return Document{Key: key, Values: []Values{{Texts: []string{kind}}, {Texts: []string{text}}, {Numbers: []int64{n}}}, Stored: n}
}

var byScore = []Order{{By: Score, Descending: true}}

// naive rates a document as BM25 is defined: over the words of all documents.
func naive(texts [][]string, doc int, word string) float64 {
	having, total := 0.0, 0
	for _, words := range texts {
		total += len(words)
		if count(words, word) > 0 {
			having++
		}
	}
	n, f := float64(len(texts)), float64(count(texts[doc], word))
	rarity := math.Log(1 + (n-having+0.5)/(having+0.5))
	length := float64(len(texts[doc])) / (float64(total) / n)
	return rarity * f * 2.2 / (f + 1.2*(0.25+0.75*length))
}

func count(words []string, word string) (n int) {
	for _, w := range words {
		if w == word {
			n++
		}
	}
	return n
}

func TestScoresAreBM25(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	x := newTestIndex()
	var texts [][]string
	for doc := range 400 {
		var words []string
		for range 1 + r.IntN(30) {
			words = append(words, fmt.Sprint("w", min(r.IntN(20), r.IntN(20))))
		}
		texts = append(texts, words)
		x.Put(newDocument(fmt.Sprintf("%03d", doc), "k", strings.Join(words, " "), int64(doc)))
	}
	sum := func(doc int, words ...string) (s float64) {
		for _, word := range words {
			s += naive(texts, doc, word)
		}
		return s
	}
	common := Match{Field: text, Text: "w0 w3 w3"}
	for name, test := range map[string]struct {
		query Query
		score func(doc int) float64
	}{
		"one word":     {Terms{text, []string{"w2"}}, func(doc int) float64 { return sum(doc, "w2") }},
		"one of two":   {common, func(doc int) float64 { return sum(doc, "w0", "w3") }},
		"both":         {Match{Field: text, Text: "w15 w16", And: true}, func(doc int) float64 { return sum(doc, "w15", "w16") }},
		"constant":     {Constant{common}, func(int) float64 { return 1 }},
		"weighted":     {Weighted{common, 5}, func(doc int) float64 { return 5 * sum(doc, "w0", "w3") }},
		"several":      {Bool{Must: []Query{common, Terms{kind, []string{"k"}}}}, func(doc int) float64 { return 1 + sum(doc, "w0", "w3") }},
		"filtered":     {Bool{Filter: []Query{common}, Should: []Query{Terms{text, []string{"w19"}}}}, func(doc int) float64 { return sum(doc, "w19") }},
		"of a should":  {Bool{Filter: []Query{All{}}, Should: []Query{common, common}, Minimum: 2}, func(doc int) float64 { return 2 * sum(doc, "w0", "w3") }},
		"should alone": {Bool{Must: []Query{All{}}, Should: []Query{common}}, func(doc int) float64 { return 1 + sum(doc, "w0", "w3") }},
	} {
		t.Run(name, func(t *testing.T) {
			hits := x.Search(Search{Query: test.query, Sort: byScore, Limit: 1000}).Hits
			if len(hits) == 0 {
				t.Error("found nothing")
			}
			for i, hit := range hits {
				want := test.score(int(hit.Stored.(int64)))
				if math.Abs(hit.Score-want) > 1e-5*max(want, 1) {
					t.Errorf("%s has %v, want %v", hit.Key, hit.Score, want)
				}
				if i > 0 && hits[i-1].Score < hit.Score {
					t.Errorf("%s with %v comes after %v", hit.Key, hit.Score, hits[i-1].Score)
				}
			}
		})
	}
}

func TestNumbersChangeInPlace(t *testing.T) {
	x := newTestIndex()
	x.Put(newDocument("a", "k", "some words", 1))
	x.Put(newDocument("b", "k", "some words", 2))
	x.Put(newDocument("a", "k", "some words", 3))
	r := x.Search(Search{Query: NumberRange{number, 2, 9}, Sort: []Order{{By: FieldValue, Field: number}}, Limit: 9})
	if r.Total != 2 || r.Hits[0].Key != "b" || r.Hits[1].Key != "a" || r.Hits[1].Stored != int64(3) {
		t.Errorf("got %+v, want b with 2, a with 3", r)
	}
	if len(x.docs) != 2 {
		t.Errorf("%d documents: a number made a new one", len(x.docs))
	}
}

// An index that dropped old documents answers as one that never had them.
func TestCompactIndexIsLikeANewOne(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	used, fresh := newTestIndex(), newTestIndex()
	last := make(map[string]Document)
	for i := range 2*minCompact + 500 {
		key := fmt.Sprintf("%04d", r.IntN(900))
		d := newDocument(key, fmt.Sprint("k", r.IntN(9)), fmt.Sprint("word", r.IntN(50), " n", i), r.Int64N(9))
		used.Put(d)
		last[key] = d
		if i%5 == 0 {
			gone := fmt.Sprintf("%04d", r.IntN(900))
			used.Delete(gone)
			delete(last, gone)
		}
	}
	if len(used.docs) >= 2*minCompact {
		t.Fatalf("%d documents for %d, it is not compact", len(used.docs), len(last))
	}
	for _, d := range last {
		fresh.Put(d)
	}
	if used.Len() != fresh.Len() {
		t.Errorf("%d documents, want %d", used.Len(), fresh.Len())
	}
	for name, query := range map[string]Query{
		"all": All{}, "match": Match{Field: text, Text: "word1 word2"}, "prefix": Prefix{text, "n2"},
		"terms": Terms{kind, []string{"k1", "k2"}}, "numbers": Numbers{number, []int64{3}}, "exists": Exists{text},
	} {
		s := Search{Query: query, Sort: []Order{{By: FieldValue, Field: kind}, {By: FieldValue, Field: number, Descending: true}}, Limit: 2000}
		if got, want := used.Search(s), fresh.Search(s); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %d, want %d, or in another order", name, got.Total, want.Total)
		}
	}
}

func TestDoublesAreOrdered(t *testing.T) {
	list := []float64{math.Inf(-1), -math.MaxFloat64, -1.5, -1, -math.SmallestNonzeroFloat64, 0, math.SmallestNonzeroFloat64, 1, 1.5, math.Inf(1)}
	for i := range list[1:] {
		if Ordered(list[i]) >= Ordered(list[i+1]) {
			t.Errorf("%v is not before %v", list[i], list[i+1])
		}
	}
}
