package searchindex

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"
)

// collector keeps the first of the documents found, the last of them on top.
type collector struct {
	*Index
	Search
	keep   int
	total  int
	after  int
	hits   []hit
	counts []map[int64]int // by term or number
}

type hit struct {
	doc    uint32
	score  float64
	values []Value
}

func (c *collector) add(doc uint32, score float64) {
	c.total++
	for i, field := range c.Groups {
		c.fields[field].count(doc, c.counts[i])
	}
	if c.After != nil && c.compare(doc, score, c.After.Values, string(c.After.Key)) <= 0 {
		return
	}
	c.after++
	switch {
	case len(c.hits) < c.keep:
		heap.Push(c, c.hit(doc, score))
	case c.keep > 0 && c.compare(doc, score, c.hits[0].values, c.docs[c.hits[0].doc].key) < 0:
		c.hits[0] = c.hit(doc, score)
		heap.Fix(c, 0)
	}
}

func (f *field) count(doc uint32, counts map[int64]int) {
	if f.Kind == Keyword {
		for _, t := range f.keywords[doc] {
			counts[int64(t)]++
		}
		return
	}
	for i, n := range f.numbers[doc] {
		if i == 0 || n != f.numbers[doc][i-1] {
			counts[n]++
		}
	}
}

func (c *collector) hit(doc uint32, score float64) hit {
	h := hit{doc: doc, score: score, values: make([]Value, len(c.Sort))}
	for i, o := range c.Sort {
		h.values[i] = c.value(o, doc, score)
	}
	return h
}

// value is what a document is sorted by.
func (c *collector) value(o Order, doc uint32, score float64) Value {
	if o.By == Score {
		return Value{Number: Ordered(score)}
	}
	if o.By == Key {
		return Value{}
	}
	f := c.fields[o.Field]
	if f.Kind == Keyword {
		if t, ok := pick(f.keywords[doc], o.Greatest); ok {
			return Value{Text: f.terms[t].text}
		}
		return Value{Missing: true}
	}
	n, ok := pick(f.numbers[doc], o.Greatest)
	return Value{Missing: !ok, Number: n}
}

// pick returns an end of a sorted list.
func pick[T any](list []T, last bool) (v T, ok bool) {
	if len(list) == 0 {
		return v, false
	}
	if last {
		return list[len(list)-1], true
	}
	return list[0], true
}

// compare says whether a document sorts before (-1) or after (1) another.
func (c *collector) compare(doc uint32, score float64, values []Value, key string) int {
	for i, o := range c.Sort {
		if o.By == Key {
			return o.directed(cmp.Compare(c.docs[doc].key, key))
		}
		if order := o.compare(c.value(o, doc, score), values[i]); order != 0 {
			return order
		}
	}
	return cmp.Compare(c.docs[doc].key, key)
}

func (o Order) compare(a, b Value) int {
	switch {
	case a.Missing && b.Missing:
		return 0
	case a.Missing:
		return 1
	case b.Missing:
		return -1
	}
	order := cmp.Compare(a.Number, b.Number)
	if order == 0 {
		order = strings.Compare(a.Text, b.Text)
	}
	return o.directed(order)
}

func (o Order) directed(order int) int {
	if o.Descending {
		return -order
	}
	return order
}

// The heap of the hits, the last one on top.

func (c *collector) Len() int      { return len(c.hits) }
func (c *collector) Swap(i, j int) { c.hits[i], c.hits[j] = c.hits[j], c.hits[i] }
func (c *collector) Push(h any)    { c.hits = append(c.hits, h.(hit)) }

func (c *collector) Less(i, j int) bool {
	a, b := c.hits[i], c.hits[j]
	return c.compare(a.doc, a.score, b.values, c.docs[b.doc].key) > 0
}

func (c *collector) Pop() any {
	last := c.hits[len(c.hits)-1]
	c.hits = c.hits[:len(c.hits)-1]
	return last
}

func (c *collector) result() Result {
	r := Result{Total: c.total, More: c.after > len(c.hits)}
	slices.SortFunc(c.hits, func(a, b hit) int { return c.compare(a.doc, a.score, b.values, c.docs[b.doc].key) })
	for _, h := range c.hits[min(c.Offset, len(c.hits)):] {
		d := c.docs[h.doc]
		r.Hits = append(r.Hits, Hit{Key: d.key, Stored: d.stored, Score: h.score, Position: Position{h.values, []byte(d.key)}})
	}
	for i, field := range c.Groups {
		r.Groups = append(r.Groups, c.fields[field].groups(c.counts[i]))
	}
	return r
}

// groups returns the groups in no order.
func (f *field) groups(counts map[int64]int) []Group {
	list := make([]Group, 0, len(counts))
	for value, count := range counts {
		g := Group{Number: value, Count: count}
		if f.Kind == Keyword {
			g = Group{Text: f.terms[value].text, Count: count}
		}
		list = append(list, g)
	}
	return list
}
