package tablestore

import (
	"path/filepath"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

func describeIndex(t testing.TB, client *sdk.TableStoreClient, table string) *sdk.DescribeSearchIndexResponse {
	t.Helper()
	r, err := client.DescribeSearchIndex(&sdk.DescribeSearchIndexRequest{TableName: table, IndexName: testIndex})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestIndexIsDescribedAsItWasCreated(t *testing.T) {
	client := connect(t)
	yes := true
	name := newField("name", sdk.FieldType_TEXT, analyzed(sdk.Analyzer_SingleWord), func(f *sdk.FieldSchema) {
		f.AnalyzerParameter = sdk.SingleWordAnalyzerParameter{CaseSensitive: &yes}
	})
	table := newIndexedTable(t, client, newField("tags", sdk.FieldType_KEYWORD, isArray), name)
	r := describeIndex(t, client, table)
	if len(r.Schema.FieldSchemas) != 2 {
		t.Fatalf("got %d fields, want 2", len(r.Schema.FieldSchemas))
	}
	tags, text := r.Schema.FieldSchemas[0], r.Schema.FieldSchemas[1]
	if *tags.FieldName != "tags" || tags.FieldType != sdk.FieldType_KEYWORD || !*tags.IsArray || !*tags.Store || !*tags.EnableSortAndAgg {
		t.Errorf("tags is %v", tags)
	}
	if *text.FieldName != "name" || *text.Analyzer != sdk.Analyzer_SingleWord || *text.Store || !*text.AnalyzerParameter.(sdk.SingleWordAnalyzerParameter).CaseSensitive {
		t.Errorf("name is %v", text)
	}
	if len(r.Schema.IndexSort.Sorters) != 1 || *r.Schema.IndexSort.Sorters[0].(*search.PrimaryKeySort).Order != search.SortOrder_ASC {
		t.Errorf("sorted by %v, want the primary key", r.Schema.IndexSort.Sorters)
	}
	if r.CreateTime == 0 || r.TimeToLive != -1 || r.MeteringInfo == nil || r.SyncStat == nil {
		t.Errorf("got %+v, want its age, metering and progress", r)
	}
}

func TestIndexCountsItsRows(t *testing.T) {
	e := newEmulator(t)
	table := newIndexedTable(t, e.client, packageFields()...)
	putPackages(t, e.client, table)
	r := describeIndex(t, e.client, table)
	if r.MeteringInfo.RowCount != 4 || r.MeteringInfo.ReservedReadCU != 20 || r.MeteringInfo.LastUpdateTime != e.now.UnixMilli() {
		t.Errorf("metering %+v, want 4 rows and 20 reserved units", r.MeteringInfo)
	}
	if r.SyncStat.SyncPhase != sdk.SyncPhase_INCR || *r.SyncStat.CurrentSyncTimestamp != e.now.UnixMilli() {
		t.Errorf("progress %+v, want up to now", r.SyncStat)
	}
}

func TestIndexesAreListed(t *testing.T) {
	client := newEmulator(t).client
	first, second := newIndexedTable(t, client, packageFields()...), newIndexedTable(t, client, packageFields()...)
	list := func(table string) int {
		r, err := client.ListSearchIndex(&sdk.ListSearchIndexRequest{TableName: table})
		if err != nil {
			t.Fatal(err)
		}
		for _, info := range r.IndexInfo {
			if info.IndexName != testIndex || info.TableName != first && info.TableName != second {
				t.Errorf("listed %+v", info)
			}
		}
		return len(r.IndexInfo)
	}
	if one, both := list(first), list(""); one != 1 || both != 2 {
		t.Errorf("listed %d of one table and %d of all, want 1 and 2", one, both)
	}
	deleteIndex(t, client, first)
	if one, both := list(first), list(""); one != 0 || both != 1 {
		t.Errorf("listed %d of one table and %d of all after a deletion, want 0 and 1", one, both)
	}
}

func TestNewIndexHasTheRowsThatWereThere(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	putPackages(t, client, table)
	createIndex(t, client, table, packageFields()...)
	wantFound(t, client, table, settings{query: term("tags", "go")}, "ant/1", "bee/1", "beetle/1")
}

func TestIndexFollowsItsTable(t *testing.T) {
	client := connect(t)
	table := newIndexedTable(t, client, packageFields()...)
	key := rowKey("a", 1)
	web, tool := settings{query: term("category", "web")}, settings{query: textMatch("name", "hammer", false)}
	put(t, client, table, key, column{"category", "web"}, column{"name", "saw"})
	wantFound(t, client, table, web, "a/1")

	u := updateChange(table, key)
	u.PutColumn("name", "hammer")
	update(t, client, u)
	wantFound(t, client, table, tool, "a/1")
	wantFound(t, client, table, settings{query: textMatch("name", "saw", false)})

	u = updateChange(table, key)
	u.PutColumn("downloads", int64(7))
	update(t, client, u)
	wantFound(t, client, table, settings{query: term("downloads", int64(7))}, "a/1")

	u = updateChange(table, key)
	u.DeleteColumn("category")
	update(t, client, u)
	wantFound(t, client, table, web)

	put(t, client, table, key, column{"category", "web"})
	wantFound(t, client, table, web, "a/1")
	wantFound(t, client, table, tool)

	writeBatch(t, client, newBatch(false, deleteChange(table, key), putChange(table, rowKey("b", 2), column{"category", "web"})))
	wantFound(t, client, table, web, "b/2")
}

func TestWritesThatFailDoNotReachTheIndex(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	change := putChange(table, rowKey("a", 1), column{"category", "web"})
	change.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
	if _, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: change}); errorCode(err) != "OTSConditionCheckFail" {
		t.Fatal(err)
	}
	refused := putChange(table, rowKey("a", 2), column{"category", "web"})
	refused.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
	writeBatch(t, client, newBatch(true, putChange(table, rowKey("a", 3), column{"category", "web"}), refused))
	wantFound(t, client, table, settings{query: &search.MatchAllQuery{}})
}

func TestTableWithAnIndexCannotBeDeleted(t *testing.T) {
	client := connect(t)
	table := newIndexedTable(t, client, packageFields()...)
	_, err := client.DeleteTable(&sdk.DeleteTableRequest{TableName: table})
	if err == nil {
		t.Fatal("the table was deleted")
	}
	deleteIndex(t, client, table)
	if _, err := client.DeleteTable(&sdk.DeleteTableRequest{TableName: table}); err != nil {
		t.Error(err)
	}
}

func TestIndexSurvivesRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	client, closeStore, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	createCrashTable(t, client)
	if _, err := client.CreateSearchIndex(indexRequest(crashTable, packageFields()...)); err != nil {
		t.Fatal(err)
	}
	putPackages(t, client, crashTable)
	if err := closeStore(); err != nil {
		t.Fatal(err)
	}
	if client, closeStore, err = openStore(path); err != nil {
		t.Fatal(err)
	}
	wantFound(t, client, crashTable, settings{query: textMatch("about", "计算", true)}, "ant/1", "bee/1")
	if n := len(describeIndex(t, client, crashTable).Schema.FieldSchemas); n != len(packageFields()) {
		t.Errorf("%d fields after the restart, want %d", n, len(packageFields()))
	}
	deleteIndex(t, client, crashTable)
	if err := closeStore(); err != nil {
		t.Fatal(err)
	}
	if client, closeStore, err = openStore(path); err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	_, err = client.Search(settings{query: &search.MatchAllQuery{}}.request(crashTable))
	wantError(t, err, 404, "OTSObjectNotExist", "does not exist")
}

func TestWhatIsMissingIsRefused(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	deleteIndex(t, client, table)
	for _, where := range []string{table, "no_such_table"} {
		_, searching := client.Search(settings{query: &search.MatchAllQuery{}}.request(where))
		_, describing := client.DescribeSearchIndex(&sdk.DescribeSearchIndexRequest{TableName: where, IndexName: testIndex})
		_, deleting := client.DeleteSearchIndex(&sdk.DeleteSearchIndexRequest{TableName: where, IndexName: testIndex})
		for _, err := range []error{searching, describing, deleting} {
			wantError(t, err, 404, "OTSObjectNotExist", "does not exist")
		}
	}
	_, err := client.CreateSearchIndex(indexRequest("no_such_table", packageFields()...))
	wantError(t, err, 404, "OTSObjectNotExist", "does not exist")
}

func TestIndexIsCreatedOnce(t *testing.T) {
	client := connect(t)
	table := newIndexedTable(t, client, packageFields()...)
	_, err := client.CreateSearchIndex(indexRequest(table, packageFields()...))
	wantError(t, err, 409, "OTSObjectAlreadyExist", "exist")
}

func TestOnlyTablesThatKeepOneVersionForEverHaveAnIndex(t *testing.T) {
	client := newEmulator(t).client
	versions := newTestTable(t, client, 2)
	_, err := client.CreateSearchIndex(indexRequest(versions, packageFields()...))
	wantError(t, err, 400, "OTSParameterInvalid", "max versions 1")

	expiring := newTestTable(t, client, 1)
	expire := func(table string) error {
		_, err := client.UpdateTable(&sdk.UpdateTableRequest{TableName: table, TableOption: &sdk.TableOption{TimeToAlive: 86400, MaxVersion: 1}})
		return err
	}
	if err := expire(expiring); err != nil {
		t.Fatal(err)
	}
	_, err = client.CreateSearchIndex(indexRequest(expiring, packageFields()...))
	wantError(t, err, 400, "OTSParameterInvalid", "[table ttl] must be bigger than or equal search index ttl")

	indexed := newIndexedTable(t, client, packageFields()...)
	wantError(t, expire(indexed), 400, "OTSParameterInvalid", "[table ttl]")
}
