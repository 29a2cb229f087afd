package tablestore

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

func asc(field string) search.Sorter  { return search.NewFieldSort(field, search.SortOrder_ASC) }
func desc(field string) search.Sorter { return search.NewFieldSort(field, search.SortOrder_DESC) }

func keysDescending() search.Sorter {
	return &search.PrimaryKeySort{Order: search.SortOrder_DESC.Enum()}
}

func TestSort(t *testing.T) {
	client := connect(t)
	table := newIndexedTable(t, client, packageFields()...)
	putPackages(t, client, table)
	put(t, client, table, rowKey("dog", 1), column{"downloads", int64(70)}, column{"sizes", `[2,30]`}, column{"category", "web"})
	tests := []struct {
		name string
		sort []search.Sorter
		want []string
	}{
		{"none: by key", nil, []string{"ant/1", "bee/1", "beetle/1", "cow/1", "dog/1"}},
		{"by key, descending", []search.Sorter{keysDescending()}, []string{"dog/1", "cow/1", "beetle/1", "bee/1", "ant/1"}},
		{"by number, the missing last", []search.Sorter{asc("downloads")}, []string{"bee/1", "ant/1", "beetle/1", "dog/1", "cow/1"}},
		{"by number, descending, the missing last", []search.Sorter{desc("downloads")}, []string{"beetle/1", "dog/1", "ant/1", "bee/1", "cow/1"}},
		{"by double", []search.Sorter{asc("rating")}, []string{"bee/1", "beetle/1", "ant/1", "cow/1", "dog/1"}},
		{"by boolean", []search.Sorter{desc("official")}, []string{"ant/1", "bee/1", "beetle/1", "cow/1", "dog/1"}},
		{"by keyword", []search.Sorter{asc("category")}, []string{"bee/1", "beetle/1", "ant/1", "dog/1", "cow/1"}},
		{"by keyword, descending", []search.Sorter{desc("category")}, []string{"ant/1", "dog/1", "bee/1", "beetle/1", "cow/1"}},
		{"by two", []search.Sorter{desc("category"), desc("downloads")}, []string{"dog/1", "ant/1", "beetle/1", "bee/1", "cow/1"}},
		{"by a field, then key descending", []search.Sorter{desc("category"), keysDescending()}, []string{"dog/1", "ant/1", "beetle/1", "bee/1", "cow/1"}},
		{"by the least of several", []search.Sorter{asc("sizes")}, []string{"ant/1", "dog/1", "bee/1", "beetle/1", "cow/1"}},
		{"by the greatest of several", []search.Sorter{desc("sizes")}, []string{"dog/1", "ant/1", "bee/1", "beetle/1", "cow/1"}},
		{"by the mode asked for", []search.Sorter{&search.FieldSort{
			FieldName: "sizes", Order: search.SortOrder_DESC.Enum(), Mode: search.SortMode_Min.Enum(),
		}}, []string{"bee/1", "dog/1", "ant/1", "beetle/1", "cow/1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantFound(t, client, table, settings{query: &search.MatchAllQuery{}, sort: test.sort}, test.want...)
		})
	}
}

func TestScoreSort(t *testing.T) {
	client := connect(t)
	table := newIndexedTable(t, client, packageFields()...)
	for p, name := range map[string]string{
		"a": "deploy a web site", "b": "web web web", "c": "web", "d": "deploy", "e": "a long text about the web and how to deploy to it quickly",
	} {
		put(t, client, table, rowKey(p, 1), column{"name", name}, column{"downloads", int64(p[0])})
	}
	rare := []search.Query{textMatch("name", "deploy", false)}
	web := &search.BoolQuery{MustQueries: []search.Query{textMatch("name", "web", false)}}
	tests := []struct {
		name  string
		query search.Query
		want  []string
	}{
		{"more often is better, longer is worse", web, []string{"b/1", "c/1", "a/1", "e/1"}},
		{"a term of a text has a score", term("name", "web"), []string{"b/1", "c/1", "a/1", "e/1"}},
		{"more words are better", textMatch("name", "web site", false), []string{"a/1", "b/1", "c/1", "e/1"}},
		{"a phrase has a score", &search.MatchPhraseQuery{FieldName: "name", Text: "the web"}, []string{"e/1"}},
		{"what is not a word counts the same", &search.ConstScoreQuery{Filter: web}, []string{"a/1", "b/1", "c/1", "e/1"}},
		{"a filter does not count", &search.BoolQuery{FilterQueries: []search.Query{web}}, []string{"a/1", "b/1", "c/1", "e/1"}},
		{"should adds to must", &search.BoolQuery{MustQueries: []search.Query{&search.ConstScoreQuery{Filter: web}}, ShouldQueries: rare}, []string{"a/1", "e/1", "b/1", "c/1"}},
		{"a query that stands there five times counts five times", minimum(1,
			textMatch("name", "web", false), term("p", "e"), term("p", "e"), term("p", "e"), term("p", "e"), term("p", "e"),
		), []string{"e/1", "b/1", "c/1", "a/1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantFound(t, client, table, settings{query: test.query, sort: []search.Sorter{search.NewScoreSort()}}, test.want...)
		})
	}
	t.Run("the worst first", func(t *testing.T) {
		worst := &search.ScoreSort{Order: search.SortOrder_ASC.Enum()}
		wantFound(t, client, table, settings{query: web, sort: []search.Sorter{worst}}, "e/1", "a/1", "c/1", "b/1")
	})
	t.Run("ties by the next sorter", func(t *testing.T) {
		s := settings{query: &search.ConstScoreQuery{Filter: web}, sort: []search.Sorter{search.NewScoreSort(), desc("downloads")}}
		wantFound(t, client, table, s, "e/1", "c/1", "b/1", "a/1")
	})
}

func TestPagesByOffset(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	fill(t, client, table, 25, 25, column{"category", "web"})
	s := settings{query: &search.MatchAllQuery{}, total: true}
	for _, test := range []struct {
		offset, limit int32
		rows          int
		first         string
		more          bool
	}{{0, 0, 10, "a/0", true}, {0, 25, 25, "a/0", false}, {20, 10, 5, "a/20", false}, {20, 5, 5, "a/20", false}, {10, 5, 5, "a/10", true}, {25, 5, 0, "", false}, {99000, 1000, 0, "", false}} {
		s.offset, s.limit = test.offset, test.limit
		r := searchFor(t, client, table, s)
		if len(r.Rows) != test.rows || r.TotalCount != 25 || (r.NextToken != nil) != test.more || test.rows > 0 && found(r)[0] != test.first {
			t.Errorf("from %d, %d: got %q of %d, token %t; want %d from %s", test.offset, test.limit, found(r), r.TotalCount, r.NextToken != nil, test.rows, test.first)
		}
	}
	s.offset, s.limit, s.none = 0, 0, true
	if r := searchFor(t, client, table, s); len(r.Rows) != 0 || r.TotalCount != 25 {
		t.Errorf("with limit 0: %d rows of %d, want 0 of 25", len(r.Rows), r.TotalCount)
	}
	s.total = false
	if r := searchFor(t, client, table, s); r.TotalCount != noTotal {
		t.Errorf("total %d though it was not asked for", r.TotalCount)
	}
}

// Pages by token have each row once, in order; writes of other rows meanwhile
// do not matter, but that they change scores.
func TestPagesByToken(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	for n := range int64(57) {
		columns := []column{{"name", fmt.Sprint("word", " other"[:n%7])}}
		if n%5 > 0 {
			columns = append(columns, column{"downloads", n % 5}, column{"category", fmt.Sprint("c", n%3)})
		}
		put(t, client, table, rowKey("a", n), columns...)
	}
	for name, sort := range map[string][]search.Sorter{
		"by key":                 nil,
		"by key, descending":     {keysDescending()},
		"by score":               {search.NewScoreSort()},
		"by number":              {desc("downloads")},
		"by keyword":             {asc("category"), keysDescending()},
		"by score and number":    {search.NewScoreSort(), desc("downloads"), search.NewPrimaryKeySort()},
		"by keyword, descending": {desc("category"), asc("downloads")},
	} {
		t.Run(name, func(t *testing.T) {
			s := settings{query: textMatch("name", "word o ot", false), sort: sort, limit: 100}
			want := found(searchFor(t, client, table, s))
			s.limit = 10
			s.total = true
			stable := !strings.Contains(name, "score")
			if got := allPages(t, client, table, s, stable); !slices.Equal(got, want) || len(got) != 57 {
				t.Errorf("pages have\n%q, want\n%q", got, want)
			}
		})
	}
}

func allPages(t *testing.T, client *sdk.TableStoreClient, table string, s settings, writing bool) (all []string) {
	t.Helper()
	for range 57 {
		r := searchFor(t, client, table, s)
		if r.TotalCount != 57 {
			t.Errorf("total %d on a page, want 57", r.TotalCount)
		}
		all = append(all, found(r)...)
		if r.NextToken == nil {
			return all
		}
		s.sort, s.token = nil, r.NextToken
		if writing {
			put(t, client, table, rowKey("z", int64(len(all))), column{"name", "nothing"})
		}
	}
	t.Error("there is always one more page")
	return all
}

func TestPagesThatAreRefused(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	fill(t, client, table, 20, 20, column{"category", "web"})
	token := searchFor(t, client, table, settings{query: &search.MatchAllQuery{}}).NextToken
	tests := []struct {
		name    string
		s       settings
		message string
	}{
		{"offset and limit too great", settings{offset: 99_999, limit: 2}, "offset + limit must not be greater than 100000, got 100001"},
		{"negative offset", settings{offset: -1}, "must not be negative"},
		{"negative limit", settings{limit: -1}, "must not be negative"},
		{"token and offset", settings{token: token, offset: 1}, "A token carries position and sort"},
		{"token that is none", settings{token: []byte("token")}, "Invalid token"},
		{"token without its sort", settings{token: []byte(`{"After":{"Values":[{}],"Key":"YQ=="}}`)}, "Invalid token"},
		{"sort by no field of the index", settings{sort: []search.Sorter{asc("none")}}, "Field 'none' is not in the search index."},
		{"sort by a text", settings{sort: []search.Sorter{asc("name")}}, "does not support sorting"},
		{"no query", settings{}, "The query is missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.name != "no query" {
				test.s.query = &search.MatchAllQuery{}
			}
			_, err := client.Search(test.s.request(table))
			wantError(t, err, 400, "OTSParameterInvalid", test.message)
		})
	}
}
