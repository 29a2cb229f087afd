package tablestore

import (
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

// putPackages writes rows with the columns of packageFields.
func putPackages(t testing.TB, client *sdk.TableStoreClient, table string) {
	t.Helper()
	for p, columns := range map[string][]column{
		"ant": {
			{"category", "web"}, {"tags", `["go","http"]`}, {"name", "Ant HTTP Server"}, {"about", "一个函数计算的组件 for the web"},
			{"downloads", int64(5)}, {"sizes", `[1,20]`}, {"rating", 4.5}, {"official", true},
		},
		"bee": {
			{"category", "tool"}, {"tags", `["go"]`}, {"name", "Bee"}, {"about", "计算工具 a tool to count with"},
			{"downloads", int64(-3)}, {"sizes", `[3]`}, {"rating", -1.25}, {"official", false},
		},
		"beetle": {
			{"category", "tool"}, {"tags", `["c","go"]`}, {"name", "Beetle server"}, {"about", "函数"},
			{"downloads", int64(70)}, {"rating", 0.0},
		},
		"cow": {{"name", "Cow 服务"}},
	} {
		put(t, client, table, rowKey(p, 1), columns...)
	}
}

func textMatch(field, text string, and bool) *search.MatchQuery {
	q := &search.MatchQuery{FieldName: field, Text: text}
	if and {
		q.Operator = search.QueryOperator_AND.Enum()
	}
	return q
}

func atLeast(n int32, q *search.MatchQuery) search.Query {
	q.MinimumShouldMatch = &n
	return q
}

func term(field string, value any) search.Query {
	return &search.TermQuery{FieldName: field, Term: value}
}

func terms(field string, values ...any) search.Query {
	return &search.TermsQuery{FieldName: field, Terms: values}
}

func between(field string, change func(*search.RangeQuery)) search.Query {
	q := &search.RangeQuery{FieldName: field}
	change(q)
	return q
}

func minimum(n int32, should ...search.Query) search.Query {
	return &search.BoolQuery{ShouldQueries: should, MinimumShouldMatch: &n}
}

func TestQueries(t *testing.T) {
	client := connect(t)
	table := newIndexedTable(t, client, packageFields()...)
	putPackages(t, client, table)
	tests := []struct {
		name  string
		query search.Query
		want  []string
	}{
		{"match all", &search.MatchAllQuery{}, []string{"ant/1", "bee/1", "beetle/1", "cow/1"}},

		{"term of a keyword", term("category", "tool"), []string{"bee/1", "beetle/1"}},
		{"term of a keyword is exact", term("category", "Tool"), nil},
		{"term of a key column", term("p", "bee"), []string{"bee/1"}},
		{"term in an array", term("tags", "http"), []string{"ant/1"}},
		{"term is a word of a text", term("name", "server"), []string{"ant/1", "beetle/1"}},
		{"term is not analyzed", term("name", "Server"), nil},
		{"term of a number", term("downloads", int64(-3)), []string{"bee/1"}},
		{"term in an array of numbers", term("sizes", int64(20)), []string{"ant/1"}},
		{"term of a double", term("rating", 4.5), []string{"ant/1"}},
		{"term of a boolean", term("official", true), []string{"ant/1"}},

		{"terms of a keyword", terms("category", "web", "none", "tool"), []string{"ant/1", "bee/1", "beetle/1"}},
		{"terms in an array", terms("tags", "c", "http"), []string{"ant/1", "beetle/1"}},
		{"terms of a number", terms("downloads", int64(70), int64(5)), []string{"ant/1", "beetle/1"}},
		{"terms of a text", terms("name", "cow", "bee"), []string{"bee/1", "cow/1"}},

		{"match one of the words", textMatch("name", "SERVER cow", false), []string{"ant/1", "beetle/1", "cow/1"}},
		{"match all of the words", textMatch("name", "SERVER ant", true), []string{"ant/1"}},
		{"match all, one is nowhere", textMatch("name", "server nowhere", true), nil},
		{"match two of the words", atLeast(2, textMatch("name", "ant server http", false)), []string{"ant/1"}},
		{"match more than there are", atLeast(4, textMatch("name", "ant server http", false)), nil},
		{"match Chinese characters", textMatch("name", "服务", true), []string{"cow/1"}},
		{"match a keyword as a whole", textMatch("category", "web", false), []string{"ant/1"}},
		{"match nothing but punctuation", textMatch("name", "!? ,。", false), nil},

		{"phrase", &search.MatchPhraseQuery{FieldName: "name", Text: "http server"}, []string{"ant/1"}},
		{"phrase in the wrong order", &search.MatchPhraseQuery{FieldName: "name", Text: "server http"}, nil},
		{"phrase with a gap", &search.MatchPhraseQuery{FieldName: "name", Text: "ant server"}, nil},
		{"phrase in Chinese", &search.MatchPhraseQuery{FieldName: "about", Text: "函数计算"}, []string{"ant/1"}},

		{"prefix of a keyword", &search.PrefixQuery{FieldName: "p", Prefix: "bee"}, []string{"bee/1", "beetle/1"}},
		{"prefix of a word", &search.PrefixQuery{FieldName: "name", Prefix: "be"}, []string{"bee/1", "beetle/1"}},
		{"prefix in an array", &search.PrefixQuery{FieldName: "tags", Prefix: "ht"}, []string{"ant/1"}},

		{"wildcard for some characters", &search.WildcardQuery{FieldName: "p", Value: "b*e"}, []string{"bee/1", "beetle/1"}},
		{"wildcard for one character", &search.WildcardQuery{FieldName: "p", Value: "?o?"}, []string{"cow/1"}},
		{"wildcard for none", &search.WildcardQuery{FieldName: "p", Value: "bee*"}, []string{"bee/1", "beetle/1"}},

		{"range, above", between("downloads", func(q *search.RangeQuery) { q.GT(int64(5)) }), []string{"beetle/1"}},
		{"range, from", between("downloads", func(q *search.RangeQuery) { q.GTE(int64(5)) }), []string{"ant/1", "beetle/1"}},
		{"range, below", between("downloads", func(q *search.RangeQuery) { q.LT(int64(5)) }), []string{"bee/1"}},
		{"range, up to", between("downloads", func(q *search.RangeQuery) { q.LTE(int64(5)) }), []string{"ant/1", "bee/1"}},
		{"range of doubles", between("rating", func(q *search.RangeQuery) { q.GT(-1.25); q.LT(4.5) }), []string{"beetle/1"}},
		{"range of keywords", between("p", func(q *search.RangeQuery) { q.GT("bee"); q.LTE("cow") }), []string{"beetle/1", "cow/1"}},
		{"range of keywords, with its ends", between("p", func(q *search.RangeQuery) { q.GTE("bee"); q.LT("cow") }), []string{"bee/1", "beetle/1"}},
		{"range without bounds", between("downloads", func(*search.RangeQuery) {}), []string{"ant/1", "bee/1", "beetle/1"}},

		{"exists", &search.ExistsQuery{FieldName: "rating"}, []string{"ant/1", "bee/1", "beetle/1"}},
		{"exists, an array", &search.ExistsQuery{FieldName: "sizes"}, []string{"ant/1", "bee/1"}},
		{"exists, a text", &search.ExistsQuery{FieldName: "about"}, []string{"ant/1", "bee/1", "beetle/1"}},

		{"bool, must", &search.BoolQuery{MustQueries: []search.Query{term("tags", "go"), term("category", "tool")}}, []string{"bee/1", "beetle/1"}},
		{"bool, filter", &search.BoolQuery{FilterQueries: []search.Query{term("tags", "go"), term("tags", "c")}}, []string{"beetle/1"}},
		{"bool, must not", &search.BoolQuery{MustNotQueries: []search.Query{term("tags", "c"), term("category", "web")}}, []string{"bee/1", "cow/1"}},
		{"bool, should alone", &search.BoolQuery{ShouldQueries: []search.Query{term("tags", "c"), term("category", "web")}}, []string{"ant/1", "beetle/1"}},
		{"bool, should beside a filter", &search.BoolQuery{
			FilterQueries: []search.Query{term("tags", "go")}, ShouldQueries: []search.Query{term("tags", "c")},
		}, []string{"ant/1", "bee/1", "beetle/1"}},
		{"bool, should beside a must not", &search.BoolQuery{
			MustNotQueries: []search.Query{term("category", "web")}, ShouldQueries: []search.Query{term("tags", "c")},
		}, []string{"bee/1", "beetle/1", "cow/1"}},
		{"bool, two of three", minimum(2, term("tags", "go"), term("tags", "c"), term("category", "web")), []string{"ant/1", "beetle/1"}},
		{"bool, one counted twice", minimum(2, term("tags", "c"), term("tags", "c")), []string{"beetle/1"}},
		{"bool, more than there are", minimum(2, term("tags", "go")), nil},
		{"bool in a bool", &search.BoolQuery{
			FilterQueries: []search.Query{terms("tags", "go", "other")},
			MustQueries: []search.Query{minimum(1,
				textMatch("name", "beetle", true), textMatch("about", "web", true), &search.PrefixQuery{FieldName: "p", Prefix: "x"})},
		}, []string{"ant/1", "beetle/1"}},

		{"constant score", &search.ConstScoreQuery{Filter: term("category", "tool")}, []string{"bee/1", "beetle/1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantFound(t, client, table, settings{query: test.query}, test.want...)
		})
	}
}

func TestQueriesThatDoNotSuitTheIndexAreRefused(t *testing.T) {
	client := newEmulator(t).client
	hidden := newField("hidden", sdk.FieldType_KEYWORD, func(f *sdk.FieldSchema) {
		no := false
		f.Index = &no
	})
	table := newIndexedTable(t, client, append(packageFields(), hidden)...)
	tests := []struct {
		name    string
		query   search.Query
		message string
	}{
		{"field not in the index", term("none", "v"), "Field 'none' is not in the search index."},
		{"field that is not indexed", term("hidden", "v"), "Field 'hidden' is not indexed."},
		{"text for a number", term("downloads", "5"), "VT_STRING does not suit field 'downloads' of type LONG"},
		{"number for a text", term("name", int64(5)), "VT_INTEGER does not suit field 'name' of type TEXT"},
		{"one term of several", terms("p", "a", true), "VT_BOOLEAN does not suit field 'p'"},
		{"match of a number", textMatch("downloads", "5", false), "does not support MATCH_QUERY"},
		{"prefix of a number", &search.PrefixQuery{FieldName: "downloads", Prefix: "5"}, "does not support PREFIX_QUERY"},
		{"wildcard of a boolean", &search.WildcardQuery{FieldName: "official", Value: "t*"}, "does not support WILDCARD_QUERY"},
		{"bound of another type", between("downloads", func(q *search.RangeQuery) { q.GT("a") }), "does not suit field 'downloads'"},
		{"in a bool", &search.BoolQuery{MustNotQueries: []search.Query{term("none", "v")}}, "Field 'none'"},
		{"in a should", &search.BoolQuery{ShouldQueries: []search.Query{term("none", "v")}}, "Field 'none'"},
		{"in a constant score", &search.ConstScoreQuery{Filter: term("none", "v")}, "Field 'none'"},
		{"negative minimum", minimum(-1, term("p", "a")), "must not be negative"},
		{"negative minimum of words", atLeast(-1, textMatch("name", "a", false)), "must not be negative"},
		{"no terms", terms("p"), "got 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := client.Search(settings{query: test.query}.request(table))
			wantError(t, err, 400, "OTSParameterInvalid", test.message)
		})
	}
}
