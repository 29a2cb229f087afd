package tablestore

import (
	"slices"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

func wantRows(t *testing.T, client *sdk.TableStoreClient, table string, s settings, want ...string) {
	t.Helper()
	var got []string
	for _, row := range searchFor(t, client, table, s).Rows {
		got = append(got, show(*row.PrimaryKey, row.Columns))
	}
	for i := range want {
		want[i] = strings.TrimSpace(want[i])
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
}

func TestColumnsOfRowsFound(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	put(t, client, table, rowKey("a", 1), column{"category", "web"}, column{"tags", `["go"]`}, column{"name", "n"},
		column{"downloads", int64(5)}, column{"other", "o"})
	for _, test := range []struct {
		name    string
		columns *sdk.ColumnsToGet
		want    string
	}{
		{"none", nil, "a 1"},
		{"none named", &sdk.ColumnsToGet{}, "a 1"},
		{"all", &sdk.ColumnsToGet{ReturnAll: true}, `a 1 category=web downloads=5 name=n other=o tags=["go"]`},
		{"all that the index stores: not the texts", &sdk.ColumnsToGet{ReturnAllFromIndex: true}, `a 1 category=web downloads=5 tags=["go"]`},
		{"named, in the index", &sdk.ColumnsToGet{Columns: []string{"downloads", "category"}}, "a 1 category=web downloads=5"},
		{"named, not in the index", &sdk.ColumnsToGet{Columns: []string{"other", "category"}}, "a 1 category=web other=o"},
		{"named, a text that the index does not store", &sdk.ColumnsToGet{Columns: []string{"name"}}, "a 1 name=n"},
		{"named, missing", &sdk.ColumnsToGet{Columns: []string{"rating"}}, "a 1"},
		{"named, of the key", &sdk.ColumnsToGet{Columns: []string{"n"}}, "a 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			wantRows(t, client, table, settings{query: &search.MatchAllQuery{}, columns: test.columns}, test.want)
		})
	}
}

// A thousand rows come at once if the index has all that is asked for, and no
// arrays; a hundred otherwise.
func TestLimitDependsOnTheColumns(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	fill(t, client, table, 1100, 200, column{"category", "web"}, column{"other", "o"})
	for _, test := range []struct {
		name    string
		columns *sdk.ColumnsToGet
		limit   int32
	}{
		{"keys", nil, 1000},
		{"all of the index", &sdk.ColumnsToGet{ReturnAllFromIndex: true}, 1000},
		{"stored in the index", &sdk.ColumnsToGet{Columns: []string{"category", "p"}}, 1000},
		{"an array", &sdk.ColumnsToGet{Columns: []string{"category", "tags"}}, 100},
		{"not stored", &sdk.ColumnsToGet{Columns: []string{"name"}}, 100},
		{"not in the index", &sdk.ColumnsToGet{Columns: []string{"other"}}, 100},
		{"all", &sdk.ColumnsToGet{ReturnAll: true}, 100},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := settings{query: &search.MatchAllQuery{}, columns: test.columns, limit: test.limit}
			if n := len(searchFor(t, client, table, s).Rows); n != int(test.limit) {
				t.Errorf("got %d rows, want %d", n, test.limit)
			}
			s.limit++
			_, err := client.Search(s.request(table))
			wantError(t, err, 400, "OTSParameterInvalid", "The limit must not be greater than")
		})
	}
}
