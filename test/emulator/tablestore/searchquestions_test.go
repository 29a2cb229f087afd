package tablestore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

// question is a query and what the model says about it.
type question struct {
	query search.Query
	test  func(*modelRow) bool
}

func (m *model) question(depth int) question {
	r := m.random
	word, tag := fmt.Sprint("w", r.IntN(42)), fmt.Sprint("t", r.IntN(32))
	kinds := 10
	if depth > 0 {
		kinds = 14
	}
	switch r.IntN(kinds) {
	case 0:
		return question{&search.MatchAllQuery{}, func(*modelRow) bool { return true }}
	case 1:
		return question{term("tags", tag), func(row *modelRow) bool { return slices.Contains(row.tags, tag) }}
	case 2:
		return question{term("name", word), func(row *modelRow) bool { return slices.Contains(row.words, word) }}
	case 3:
		return m.terms()
	case 4:
		return m.match()
	case 5:
		return m.phrase()
	case 6:
		prefix := fmt.Sprint("c", r.IntN(30))
		return question{&search.PrefixQuery{FieldName: "category", Prefix: prefix}, func(row *modelRow) bool { return strings.HasPrefix(row.category, prefix) }}
	case 7:
		return m.wildcard()
	case 8:
		return m.numbers()
	case 9:
		return question{&search.ExistsQuery{FieldName: "downloads"}, func(row *modelRow) bool { return len(row.downloads) > 0 }}
	}
	return m.boolean(depth - 1)
}

func (m *model) terms() question {
	wanted := pickSome(m.random, "t", 30, 25)
	wanted = append(wanted, "t0")
	var values []any
	for _, tag := range wanted {
		values = append(values, tag)
	}
	return question{terms("tags", values...), func(row *modelRow) bool {
		return slices.ContainsFunc(row.tags, func(tag string) bool { return slices.Contains(wanted, tag) })
	}}
}

func (m *model) match() question {
	words := append(pickSome(m.random, "w", 42, 4), "w1")
	slices.Sort(words)
	words = slices.Compact(words)
	and, least := m.random.IntN(2) == 0, 1+m.random.IntN(2)
	if and {
		least = len(words)
	}
	query := textMatch("name", strings.ToUpper(strings.Join(words, " ")), and)
	if !and {
		n := int32(least)
		query.MinimumShouldMatch = &n
	}
	return question{query, func(row *modelRow) bool {
		count := 0
		for _, word := range words {
			if slices.Contains(row.words, word) {
				count++
			}
		}
		return count >= least
	}}
}

func (m *model) phrase() question {
	words := append(pickSome(m.random, "w", 40, 1), "w2", fmt.Sprint("w", m.random.IntN(5)))
	return question{&search.MatchPhraseQuery{FieldName: "name", Text: strings.Join(words, " ")}, func(row *modelRow) bool {
		for i := range row.words {
			if len(row.words)-i >= len(words) && slices.Equal(row.words[i:i+len(words)], words) {
				return true
			}
		}
		return false
	}}
}

func (m *model) wildcard() question {
	last := fmt.Sprint(m.random.IntN(10))
	return question{&search.WildcardQuery{FieldName: "category", Value: "c?*" + last}, func(row *modelRow) bool {
		return len(row.category) >= 3 && strings.HasSuffix(row.category, last)
	}}
}

func (m *model) numbers() question {
	from, to := m.random.Int64N(20)-5, m.random.Int64N(20)-5
	q := between("downloads", func(q *search.RangeQuery) { q.GTE(from); q.LT(to) })
	return question{q, func(row *modelRow) bool {
		return slices.ContainsFunc(row.downloads, func(n int64) bool { return from <= n && n < to })
	}}
}

func (m *model) boolean(depth int) question {
	var parts [4][]question // must, filter, must not, should
	for i := range parts {
		for range m.random.IntN(3) {
			parts[i] = append(parts[i], m.question(depth))
		}
	}
	parts[0] = append(parts[0], m.question(depth))
	least := m.random.IntN(3)
	least = min(least, len(parts[3]))
	n := int32(least)
	query := &search.BoolQuery{
		MustQueries: queriesOf(parts[0]), FilterQueries: queriesOf(parts[1]), MustNotQueries: queriesOf(parts[2]),
		ShouldQueries: queriesOf(parts[3]), MinimumShouldMatch: &n,
	}
	return question{query, func(row *modelRow) bool {
		count := func(list []question) (n int) {
			for _, q := range list {
				if q.test(row) {
					n++
				}
			}
			return n
		}
		return count(parts[0]) == len(parts[0]) && count(parts[1]) == len(parts[1]) && count(parts[2]) == 0 && count(parts[3]) >= least
	}}
}

func queriesOf(list []question) []search.Query {
	var queries []search.Query
	for _, q := range list {
		queries = append(queries, q.query)
	}
	return queries
}
