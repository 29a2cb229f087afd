package tablestore

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

// modelRow is a row as the naive model of a search knows it.
type modelRow struct {
	n         int64
	category  string // "": none
	tags      []string
	words     []string
	downloads []int64 // at most one
}

func (r *modelRow) columns(t *testing.T) []column {
	t.Helper()
	tags, err := json.Marshal(r.tags)
	if err != nil {
		t.Fatal(err)
	}
	columns := []column{{"tags", string(tags)}, {"name", strings.Join(r.words, ", ")}}
	if r.category != "" {
		columns = append(columns, column{"category", r.category})
	}
	for _, n := range r.downloads {
		columns = append(columns, column{"downloads", n})
	}
	return columns
}

func pickSome(r *rand.Rand, prefix string, choice, most int) []string {
	var list []string
	for range r.IntN(most + 1) {
		list = append(list, fmt.Sprint(prefix, r.IntN(choice)))
	}
	return list
}

func randomRow(r *rand.Rand, n int64) *modelRow {
	row := &modelRow{n: n, tags: pickSome(r, "t", 30, 4), words: pickSome(r, "w", 40, 12)}
	if r.IntN(5) > 0 {
		row.category = fmt.Sprint("c", r.IntN(300))
		row.downloads = []int64{r.Int64N(20) - 5}
	}
	return row
}

// model is a table and what it should hold.
type model struct {
	client *sdk.TableStoreClient
	table  string
	random *rand.Rand
	rows   map[int64]*modelRow
}

// change writes and deletes some rows.
func (m *model) change(t *testing.T) {
	t.Helper()
	batch := &sdk.BatchWriteRowRequest{}
	for _, n := range m.random.Perm(700)[:maxBatchWrite] {
		key := rowKey("a", int64(n))
		if m.random.IntN(10) == 0 {
			delete(m.rows, int64(n))
			batch.AddRowChange(deleteChange(m.table, key))
			continue
		}
		row := randomRow(m.random, int64(n))
		m.rows[int64(n)] = row
		batch.AddRowChange(putChange(m.table, key, row.columns(t)...))
	}
	writeBatch(t, m.client, batch)
}

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

// modelSort is a sort and how the model compares by it.
type modelSort struct {
	sorters []search.Sorter
	compare func(a, b *modelRow) int
}

// missingLast compares values of which some are missing.
func missingLast[T cmp.Ordered](a, b []T, direction int) int {
	switch {
	case len(a) == 0 || len(b) == 0:
		return cmp.Compare(len(b), len(a))
	default:
		return direction * cmp.Compare(a[0], b[0])
	}
}

func categoryOf(row *modelRow) []string {
	if row.category == "" {
		return nil
	}
	return []string{row.category}
}

func modelSorts() []modelSort {
	return []modelSort{
		{nil, func(a, b *modelRow) int { return 0 }},
		{[]search.Sorter{keysDescending()}, func(a, b *modelRow) int { return cmp.Compare(b.n, a.n) }},
		{[]search.Sorter{desc("downloads")}, func(a, b *modelRow) int { return missingLast(a.downloads, b.downloads, -1) }},
		{[]search.Sorter{asc("downloads"), desc("category")}, func(a, b *modelRow) int {
			return cmp.Or(missingLast(a.downloads, b.downloads, 1), missingLast(categoryOf(a), categoryOf(b), -1))
		}},
	}
}

// answer is what a search should find.
func (m *model) answer(q question, s modelSort) []string {
	var rows []*modelRow
	for _, row := range m.rows {
		if q.test(row) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b *modelRow) int { return cmp.Or(s.compare(a, b), cmp.Compare(a.n, b.n)) })
	list := []string{}
	for _, row := range rows {
		list = append(list, fmt.Sprint("a/", row.n))
	}
	return list
}

func (m *model) check(t *testing.T, q question, s modelSort) {
	t.Helper()
	want := m.answer(q, s)
	offset, limit := m.random.IntN(len(want)+2), 1+m.random.IntN(100)
	page := settings{query: q.query, sort: s.sorters, offset: int32(offset), limit: int32(limit), total: true}
	r := searchFor(t, m.client, m.table, page)
	from := min(offset, len(want))
	to := min(from+limit, len(want))
	if got := found(r); !slices.Equal(got, want[from:to]) || r.TotalCount != int64(len(want)) || (r.NextToken != nil) != (to < len(want)) {
		t.Fatalf("%s from %d, %d:\ngot  %q of %d\nwant %q of %d", describe(t, q.query), offset, limit, got, r.TotalCount, want[from:to], len(want))
	}
	if r.NextToken == nil {
		return
	}
	page = settings{query: q.query, token: r.NextToken, limit: int32(limit)}
	if got := found(searchFor(t, m.client, m.table, page)); !slices.Equal(got, want[to:min(to+limit, len(want))]) {
		t.Fatalf("%s, the page after %d: got %q, want %q", describe(t, q.query), to, got, want[to:min(to+limit, len(want))])
	}
}

func describe(t *testing.T, q search.Query) string {
	t.Helper()
	encoded, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%T %s", q, encoded)
}

// Random queries over random rows find what a scan with the queries' meaning
// finds, in the same order, while rows change: often enough that the index
// drops old documents.
func TestSearchFindsWhatAScanFinds(t *testing.T) {
	client := newEmulator(t).client
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	m := &model{client: client, table: newIndexedTable(t, client, packageFields()...), random: rand.New(rand.NewPCG(seed, 0)), rows: make(map[int64]*modelRow)}
	for range 20 {
		m.change(t)
		for _, sort := range modelSorts() {
			for range 20 {
				m.check(t, m.question(2), sort)
			}
		}
	}
	for range 50 { // scores move rows, but lose and add none
		q := m.question(2)
		want := m.answer(q, modelSorts()[0])
		got := found(searchFor(t, client, m.table, settings{query: q.query, sort: []search.Sorter{search.NewScoreSort()}, limit: 1000}))
		if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Fatalf("%s by score: got %q, want %q", describe(t, q.query), got, want)
		}
	}
}
