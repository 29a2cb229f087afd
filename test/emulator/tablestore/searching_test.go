package tablestore

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

const testIndex = "test_index"

// newField makes a field that is sorted by when it can be, changed further.
func newField(name string, kind sdk.FieldType, change ...func(*sdk.FieldSchema)) *sdk.FieldSchema {
	yes := true
	f := &sdk.FieldSchema{FieldName: &name, FieldType: kind, Index: &yes}
	if kind != sdk.FieldType_TEXT {
		f.EnableSortAndAgg = &yes
	}
	for _, c := range change {
		c(f)
	}
	return f
}

func isArray(f *sdk.FieldSchema) {
	yes := true
	f.IsArray = &yes
}

func analyzed(a sdk.Analyzer) func(*sdk.FieldSchema) {
	return func(f *sdk.FieldSchema) { f.Analyzer = &a }
}

// packageFields are fields of each kind.
func packageFields() []*sdk.FieldSchema {
	return []*sdk.FieldSchema{
		newField("p", sdk.FieldType_KEYWORD),
		newField("category", sdk.FieldType_KEYWORD),
		newField("tags", sdk.FieldType_KEYWORD, isArray),
		newField("name", sdk.FieldType_TEXT),
		newField("about", sdk.FieldType_TEXT, analyzed(sdk.Analyzer_MaxWord)),
		newField("downloads", sdk.FieldType_LONG),
		newField("sizes", sdk.FieldType_LONG, isArray),
		newField("rating", sdk.FieldType_DOUBLE),
		newField("official", sdk.FieldType_BOOLEAN),
	}
}

// newIndexedTable creates a table with a search index, for the time of the
// test.
func newIndexedTable(t testing.TB, client *sdk.TableStoreClient, fields ...*sdk.FieldSchema) string {
	t.Helper()
	table := newTestTable(t, client, 1)
	createIndex(t, client, table, fields...)
	return table
}

func createIndex(t testing.TB, client *sdk.TableStoreClient, table string, fields ...*sdk.FieldSchema) {
	t.Helper()
	if _, err := client.CreateSearchIndex(indexRequest(table, fields...)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { deleteIndex(t, client, table) })
}

func indexRequest(table string, fields ...*sdk.FieldSchema) *sdk.CreateSearchIndexRequest {
	return &sdk.CreateSearchIndexRequest{TableName: table, IndexName: testIndex, IndexSchema: &sdk.IndexSchema{FieldSchemas: fields}}
}

func deleteIndex(t testing.TB, client *sdk.TableStoreClient, table string) {
	t.Helper()
	_, err := client.DeleteSearchIndex(&sdk.DeleteSearchIndexRequest{TableName: table, IndexName: testIndex})
	if err != nil && errorCode(err) != "OTSObjectNotExist" {
		t.Error(err)
	}
}

// settings are those of a search.SearchQuery, whose type has no name.
type settings struct {
	query   search.Query
	sort    []search.Sorter
	token   []byte
	offset  int32
	limit   int32 // 0: the default
	none    bool  // limit 0
	total   bool
	groups  []search.GroupBy
	columns *sdk.ColumnsToGet
}

func (s settings) request(table string) *sdk.SearchRequest {
	q := search.NewSearchQuery().SetQuery(s.query).SetGetTotalCount(s.total).GroupBy(s.groups...)
	if s.sort != nil {
		q.SetSort(&search.Sort{Sorters: s.sort})
	}
	if s.token != nil {
		q.SetToken(s.token)
	}
	if s.offset != 0 {
		q.SetOffset(s.offset)
	}
	if s.limit != 0 || s.none {
		q.SetLimit(s.limit)
	}
	return &sdk.SearchRequest{TableName: table, IndexName: testIndex, SearchQuery: q, ColumnsToGet: s.columns}
}

func searchFor(t testing.TB, client *sdk.TableStoreClient, table string, s settings) *sdk.SearchResponse {
	t.Helper()
	r, err := client.Search(s.request(table))
	if err != nil {
		t.Fatal(err)
	}
	if !r.IsAllSuccess {
		t.Error("the index answered in part")
	}
	return r
}

// found prints the keys of the rows found, as "p/n".
func found(r *sdk.SearchResponse) []string {
	list := []string{}
	for _, row := range r.Rows {
		k := row.PrimaryKey.PrimaryKeys
		list = append(list, fmt.Sprintf("%v/%v", k[0].Value, k[1].Value))
	}
	return list
}

// wantFound checks what is found. The real service's index lags behind; a new
// one takes up to a minute.
func wantFound(t testing.TB, client *sdk.TableStoreClient, table string, s settings, want ...string) {
	t.Helper()
	got := found(searchFor(t, client, table, s))
	for deadline := time.Now().Add(90 * time.Second); os.Getenv("TABLESTORE_TEST_ENDPOINT") != "" && time.Now().Before(deadline); {
		if slices.Equal(got, want) {
			return
		}
		time.Sleep(time.Second)
		got = found(searchFor(t, client, table, s))
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
