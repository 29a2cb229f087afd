package tablestore

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

// nested puts a query into bools, one in the other.
func nested(depth int) search.Query {
	var q search.Query = &search.MatchAllQuery{}
	for range depth {
		q = &search.BoolQuery{MustQueries: []search.Query{q}}
	}
	return q
}

func manyTerms(n int) search.Query {
	var values []any
	for i := range n {
		values = append(values, fmt.Sprint("term", i))
	}
	return terms("category", values...)
}

func manyQueries(n int) search.Query {
	q := &search.BoolQuery{}
	for i := range n - 1 {
		q.ShouldQueries = append(q.ShouldQueries, term("category", fmt.Sprint("term", i/2)))
	}
	return q
}

func TestSearchLimits(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	groups := func(n int) []search.GroupBy {
		var list []search.GroupBy
		for i := range n {
			list = append(list, search.NewGroupByField(fmt.Sprint("g", i), "category"))
		}
		return list
	}
	tests := []struct {
		name    string
		most    settings
		more    settings
		message string
	}{
		{"characters of a wildcard",
			settings{query: &search.WildcardQuery{FieldName: "p", Value: strings.Repeat("函", 32)}},
			settings{query: &search.WildcardQuery{FieldName: "p", Value: strings.Repeat("x", 33)}},
			"length of field value is longer than 32 for the [WILDCARD_QUERY] query"},
		{"bytes of a prefix",
			settings{query: &search.PrefixQuery{FieldName: "p", Prefix: strings.Repeat("x", 1000)}},
			settings{query: &search.PrefixQuery{FieldName: "p", Prefix: strings.Repeat("函", 334)}},
			"length of field value is longer than 1000 for the [PREFIX_QUERY] query"},
		{"terms", settings{query: manyTerms(1024)}, settings{query: manyTerms(1025)}, "must be in range: [1, 1024], got 1025"},
		{"queries", settings{query: manyQueries(1024)}, settings{query: manyQueries(1025)}, "The number of queries exceeds the limit: 1024."},
		{"depth", settings{query: nested(31)}, settings{query: nested(32)}, "nested deeper than 32"},
		{"groups", settings{query: manyTerms(1), groups: groups(5)}, settings{query: manyTerms(1), groups: groups(6)}, "The number of group-bys exceeds the limit: 5."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			searchFor(t, client, table, test.most)
			_, err := client.Search(test.more.request(table))
			wantError(t, err, 400, "OTSParameterInvalid", test.message)
		})
	}
}

// An array has 256 elements, a key 1000 bytes; what is longer is not indexed.
func TestIndexedLengths(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	for n, name := range map[int]string{256: "most", 257: "more"} {
		tags := make([]string, n)
		for i := range tags {
			tags[i] = fmt.Sprint(i)
		}
		encoded, err := json.Marshal(tags)
		if err != nil {
			t.Fatal(err)
		}
		put(t, client, table, rowKey(name, 1), column{"tags", string(encoded)})
	}
	wantFound(t, client, table, settings{query: term("tags", "0")}, "most/1")
	const number = 8 // bytes of the second key column
	put(t, client, table, rowKey(strings.Repeat("k", 1000-number), 1), column{"category", "long"})
	put(t, client, table, rowKey(strings.Repeat("k", 1001-number), 1), column{"category", "long"})
	wantFound(t, client, table, settings{query: term("category", "long")}, strings.Repeat("k", 1000-number)+"/1")
}

func TestGroupsAreAtMost2000(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, newField("n", 1))
	fill(t, client, table, 2010, 200)
	r := searchFor(t, client, table, settings{query: &search.MatchAllQuery{}, none: true, groups: []search.GroupBy{
		search.NewGroupByField("g", "n").Size(5000),
	}})
	if n := len(groupsOf(t, r)); n != maxGroups {
		t.Errorf("%d groups, want %d", n, maxGroups)
	}
}
