package searchindex

func (q Match) open(x *Index, scoring bool) cursor {
	f := x.fields[q.Field]
	words, pairs, missing := f.lookUp(q.Text)
	if len(words) == 0 || q.And && missing > 0 {
		return none{}
	}
	clauses := f.cursors(words, scoring)
	main := all
	if !q.And {
		main = func(clauses, _, _ []cursor) cursor { return some(clauses, q.Minimum, scoring) }
	}
	found := main(clauses, append([]cursor(nil), clauses...), nil)
	if !scoring || len(pairs) == 0 {
		return found
	}
	return all([]cursor{found}, []cursor{found}, f.cursors(pairs, scoring))
}

// lookUp finds the terms of a text's words and pairs, and counts the words that
// no document has.
func (f *field) lookUp(text string) (words, pairs []uint32, missing int) {
	seen := make(map[string]bool)
	for _, token := range f.Analyze(text) {
		if seen[token.Text] {
			continue
		}
		seen[token.Text] = true
		t, ok := f.byText[token.Text]
		switch {
		case token.Pair && ok:
			pairs = append(pairs, t)
		case ok:
			words = append(words, t)
		case !token.Pair:
			missing++
		}
	}
	return words, pairs, missing
}

func (f *field) cursors(terms []uint32, scoring bool) []cursor {
	var list []cursor
	for _, t := range terms {
		list = append(list, f.walk(t, scoring))
	}
	return list
}

func (q Phrase) open(x *Index, scoring bool) cursor {
	f := x.fields[q.Field]
	var terms []uint32
	for _, token := range f.Analyze(q.Text) {
		if token.Pair {
			continue
		}
		t, ok := f.byText[token.Text]
		if !ok {
			return none{}
		}
		terms = append(terms, t)
	}
	switch len(terms) {
	case 0:
		return none{}
	case 1:
		return f.walk(terms[0], scoring)
	}
	return f.phrase(terms)
}

func (q Bool) open(x *Index, scoring bool) cursor {
	scored := open(x, q.Must, scoring)
	clauses := append(open(x, q.Filter, false), scored...)
	should := open(x, q.Should, scoring)
	var extra []cursor
	switch {
	case q.Minimum > 0:
		enough := some(should, q.Minimum, scoring)
		clauses, scored = append(clauses, enough), append(scored, enough)
	case scoring:
		extra = should
	}
	if len(clauses) == 0 {
		clauses = []cursor{All{}.open(x, false)}
	}
	found := all(clauses, scored, extra)
	if not := open(x, q.MustNot, false); len(not) > 0 {
		return without(found, some(not, 1, false))
	}
	return found
}

func open(x *Index, queries []Query, scoring bool) []cursor {
	var list []cursor
	for _, q := range queries {
		list = append(list, q.open(x, scoring))
	}
	return list
}
