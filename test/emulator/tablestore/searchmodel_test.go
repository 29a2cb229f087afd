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
			for range 10 {
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
