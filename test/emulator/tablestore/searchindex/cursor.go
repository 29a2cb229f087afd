package searchindex

import (
	"cmp"
	"slices"
)

// cursor walks over the documents that a query matches, by number. It stands at
// the first from the start on, and at done after the last.
type cursor interface {
	doc() uint32
	// advance moves to the first document from to on, if it is not past it.
	advance(to uint32) uint32
	// score rates the document it stands at.
	score() float64
	// cost is about how many documents there are.
	cost() int
}

// none matches nothing.
type none struct{}

func (none) doc() uint32           { return done }
func (none) advance(uint32) uint32 { return done }
func (none) score() float64        { return 0 }
func (none) cost() int             { return 0 }

// those matches the documents that pass a test, each with score 1.
type those struct {
	at, end uint32
	test    func(doc uint32) bool
}

// where returns a cursor over the documents below end that pass.
func where(end int, test func(uint32) bool) cursor {
	c := &those{end: uint32(end), test: test}
	c.find()
	return c
}

func (c *those) find() {
	for c.at < c.end && !c.test(c.at) {
		c.at++
	}
	if c.at >= c.end {
		c.at = done
	}
}

func (c *those) doc() uint32    { return c.at }
func (c *those) score() float64 { return 1 }
func (c *those) cost() int      { return int(c.end) }

func (c *those) advance(to uint32) uint32 {
	if c.at < to {
		c.at = to
		c.find()
	}
	return c.at
}

// bits is a set of documents.
type bits []uint64

func newBits(size int) bits { return make(bits, (size+63)/64) }

func (b bits) set(doc uint32)      { b[doc/64] |= 1 << (doc % 64) }
func (b bits) has(doc uint32) bool { return b[doc/64]&(1<<(doc%64)) != 0 }

// allOf matches what all its clauses match; their scores add up, with those of
// extra clauses that happen to match.
type allOf struct {
	clauses []cursor // by cost, the smallest first
	scored  []cursor
	extra   []cursor
}

func all(clauses, scored, extra []cursor) cursor {
	if len(clauses) == 1 && len(scored) == 1 && len(extra) == 0 {
		return clauses[0]
	}
	slices.SortStableFunc(clauses, func(a, b cursor) int { return cmp.Compare(a.cost(), b.cost()) })
	c := &allOf{clauses, scored, extra}
	c.meet()
	return c
}

// meet advances the clauses until they stand at one document.
func (c *allOf) meet() uint32 {
	doc := c.clauses[0].doc()
	for i := 1; i < len(c.clauses) && doc != done; {
		if at := c.clauses[i].advance(doc); at == doc {
			i++
		} else {
			doc, i = c.clauses[0].advance(at), 1
		}
	}
	if doc == done {
		c.clauses[0].advance(done)
	}
	return doc
}

func (c *allOf) doc() uint32 { return c.clauses[0].doc() }
func (c *allOf) cost() int   { return c.clauses[0].cost() }

func (c *allOf) advance(to uint32) uint32 {
	if c.doc() >= to {
		return c.doc()
	}
	c.clauses[0].advance(to)
	return c.meet()
}

func (c *allOf) score() (sum float64) {
	for _, clause := range c.scored {
		sum += clause.score()
	}
	for _, clause := range c.extra {
		if clause.advance(c.doc()) == c.doc() {
			sum += clause.score()
		}
	}
	return sum
}

// except matches what its main cursor does and another doesn't.
type except struct {
	cursor
	not cursor
}

func without(main, not cursor) cursor {
	c := &except{main, not}
	c.find()
	return c
}

func (c *except) find() uint32 {
	for c.doc() != done && c.not.advance(c.doc()) == c.doc() {
		c.cursor.advance(c.doc() + 1)
	}
	return c.doc()
}

func (c *except) advance(to uint32) uint32 {
	if c.doc() < to {
		c.cursor.advance(to)
	}
	return c.find()
}

// rated multiplies or replaces the scores of a cursor.
type rated struct {
	cursor
	factor   float64
	constant bool
}

func (c *rated) score() float64 {
	if c.constant {
		return c.factor
	}
	return c.factor * c.cursor.score()
}
