package tablestore

import (
	"fmt"
	"slices"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

// groupsOf prints the groups of the group-by named g as "key:rows".
func groupsOf(t *testing.T, r *sdk.SearchResponse) []string {
	t.Helper()
	result, err := r.GroupByResults.GroupByField("g")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, g := range result.Items {
		list = append(list, fmt.Sprintf("%s:%d", g.Key, g.RowCount))
	}
	return list
}

func TestGroupByField(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	for i, category := range []string{"web", "tool", "web", "data", "web", "tool"} {
		put(t, client, table, rowKey("a", int64(i)), column{"category", category}, column{"tags", fmt.Sprintf(`["all","t%d"]`, i%2)}, column{"downloads", int64(i%2 - 1)})
	}
	put(t, client, table, rowKey("b", 0), column{"name", "none"})
	everything := &search.MatchAllQuery{}
	byKey := &search.GroupKeyGroupBySort{Order: search.SortOrder_ASC.Enum()}
	byRows := &search.RowCountGroupBySort{Order: search.SortOrder_ASC.Enum()}
	tests := []struct {
		name    string
		query   search.Query
		groupBy *search.GroupByField
		want    []string
	}{
		{"the most rows first", everything, search.NewGroupByField("g", "category"), []string{"web:3", "tool:2", "data:1"}},
		{"of the rows found", term("category", "tool"), search.NewGroupByField("g", "category"), []string{"tool:2"}},
		{"none found", term("category", "none"), search.NewGroupByField("g", "category"), nil},
		{"an array counts for each value", everything, search.NewGroupByField("g", "tags"), []string{"all:6", "t0:3", "t1:3"}},
		{"numbers", everything, search.NewGroupByField("g", "downloads"), []string{"-1:3", "0:3"}},
		{"the first", everything, search.NewGroupByField("g", "category").Size(2), []string{"web:3", "tool:2"}},
		{"by key", everything, search.NewGroupByField("g", "category").GroupBySorters([]search.GroupBySorter{byKey}), []string{"data:1", "tool:2", "web:3"}},
		{"the fewest first, then by key", everything, search.NewGroupByField("g", "tags").GroupBySorters([]search.GroupBySorter{byRows, byKey}), []string{"t0:3", "t1:3", "all:6"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := searchFor(t, client, table, settings{query: test.query, none: true, groups: []search.GroupBy{test.groupBy}})
			if got := groupsOf(t, r); !slices.Equal(got, test.want) || len(r.Rows) > 0 {
				t.Errorf("got %q and %d rows, want %q and none", got, len(r.Rows), test.want)
			}
		})
	}
}

func TestGroupsBesideRows(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	for n := range int64(30) {
		put(t, client, table, rowKey("a", n), column{"category", fmt.Sprintf("c%02d", n/2)})
	}
	s := settings{query: &search.MatchAllQuery{}, limit: 3, groups: []search.GroupBy{search.NewGroupByField("g", "category")}}
	r := searchFor(t, client, table, s)
	if groups := groupsOf(t, r); len(groups) != 10 || groups[0] != "c00:2" || len(r.Rows) != 3 {
		t.Errorf("got %q and %d rows, want 10 groups, which is the default, and 3", groups, len(r.Rows))
	}
}
