package searchindex

// window is how many documents anyOf looks at together.
const window = 256

// anyOf matches what at least minimum of its clauses match; their scores add
// up, always in the same order. It collects a window of documents clause by
// clause, which costs what the postings in it cost, however many clauses there
// are.
type anyOf struct {
	clauses []cursor
	minimum int
	scoring bool

	start, at uint32
	counts    [window]int32
	scores    [window]float64
}

func some(clauses []cursor, minimum int, scoring bool) cursor {
	minimum = max(minimum, 1)
	switch {
	case minimum > len(clauses):
		return none{}
	case len(clauses) == 1:
		return clauses[0]
	}
	c := &anyOf{clauses: clauses, minimum: minimum, scoring: scoring}
	c.fill(0)
	c.find(0)
	return c
}

func (c *anyOf) doc() uint32    { return c.at }
func (c *anyOf) score() float64 { return c.scores[c.at-c.start] }

func (c *anyOf) cost() (sum int) {
	for _, clause := range c.clauses {
		sum += clause.cost()
	}
	return sum
}

func (c *anyOf) advance(to uint32) uint32 {
	switch {
	case c.at >= to:
		return c.at
	case to == done:
		c.at = done
		return done
	case to-c.start >= window:
		c.fill(to)
	}
	c.find(to)
	return c.at
}

// find looks for a match from a document of the window on.
func (c *anyOf) find(from uint32) {
	for {
		for i := from - c.start; i < window; i++ {
			if int(c.counts[i]) >= c.minimum {
				c.at = c.start + i
				return
			}
		}
		if from = c.next(); from == done {
			c.at = done
			return
		}
		c.fill(from)
	}
}

// next returns the first document past the window that a clause matches.
func (c *anyOf) next() uint32 {
	first := uint32(done)
	for _, clause := range c.clauses {
		first = min(first, clause.doc())
	}
	return first
}

// fill collects the window that starts at a document.
func (c *anyOf) fill(start uint32) {
	c.start = start
	clear(c.counts[:])
	clear(c.scores[:])
	end := min(uint64(start)+window, done)
	for _, clause := range c.clauses {
		for doc := clause.advance(start); uint64(doc) < end; doc = clause.advance(doc + 1) {
			c.counts[doc-start]++
			if c.scoring {
				c.scores[doc-start] += clause.score()
			}
		}
	}
}
