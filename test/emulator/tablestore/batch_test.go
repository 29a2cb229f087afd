package tablestore

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func writeBatch(t testing.TB, client *sdk.TableStoreClient, r *sdk.BatchWriteRowRequest) map[string][]sdk.RowResult {
	t.Helper()
	response, err := client.BatchWriteRow(r)
	if err != nil {
		t.Fatal(err)
	}
	return response.TableToRowsResult
}

func newBatch(atomic bool, changes ...sdk.RowChange) *sdk.BatchWriteRowRequest {
	r := &sdk.BatchWriteRowRequest{IsAtomic: atomic}
	for _, change := range changes {
		r.AddRowChange(change)
	}
	return r
}

// wantResults checks the rows' error codes, "" for success.
func wantResults(t *testing.T, results []sdk.RowResult, want ...string) {
	t.Helper()
	var got []string
	for _, r := range results {
		if r.IsSucceed != (r.Error.Code == "") {
			t.Errorf("row %d: succeeded %v with error %q", r.Index, r.IsSucceed, r.Error.Code)
		}
		got = append(got, r.Error.Code)
	}
	if !slices.Equal(got, want) {
		t.Errorf("results %q, want %q", got, want)
	}
}

func TestBatchRowsSucceedAndFailIndependently(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("del", 1), column{"c", "v"})
	refused := putChange(table, rowKey("refused", 1), column{"c", "v"})
	refused.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
	u := updateChange(table, rowKey("up", 1))
	u.IncrementColumn("count", 3)
	results := writeBatch(t, client, newBatch(false,
		putChange(table, rowKey("put", 1), column{"c", "v"}), refused, u, deleteChange(table, rowKey("del", 1))))
	wantResults(t, results[table], "", "OTSConditionCheckFail", "", "")
	wantKeys(t, scan(t, client, everything(table, sdk.FORWARD)), "put/1", "up/1")
}

func TestBatchOverTables(t *testing.T) {
	client := connect(t)
	one, two := newTestTable(t, client, 1), newTestTable(t, client, 1)
	results := writeBatch(t, client, newBatch(false,
		putChange(one, rowKey("a", 1), column{"c", "1"}),
		putChange(two, rowKey("a", 1), column{"c", "2"}),
		putChange("no_such_table", rowKey("a", 1), column{"c", "3"})))
	wantResults(t, results[one], "")
	wantResults(t, results[two], "")
	wantResults(t, results["no_such_table"], "OTSObjectNotExist")
	wantRow(t, client, criteria(two, rowKey("a", 1)), "a 1 c=2")
}

func TestBatchKeyThatDoesNotFitFailsItsRow(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	wrong := &sdk.PrimaryKey{}
	wrong.AddPrimaryKeyColumn("p", "a")
	results := writeBatch(t, client, newBatch(false,
		putChange(table, wrong, column{"c", "v"}), putChange(table, rowKey("a", 1), column{"c", "v"})))
	wantResults(t, results[table], "OTSInvalidPK", "")
}

func TestBatchReturnsColumnsAfterModify(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	u := updateChange(table, rowKey("a", 1))
	u.IncrementColumn("count", 3)
	u.SetReturnIncrementValue()
	u.AppendIncrementColumnToReturn("count")
	results := writeBatch(t, client, newBatch(false, u))[table]
	if len(results) != 1 || show(results[0].PrimaryKey, results[0].Columns) != "count=3" {
		t.Errorf("returned %+v", results)
	}
}

func TestAtomicBatchWritesAllOrNothing(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	second := putChange(table, rowKey("a", 2), column{"c", "v"})
	second.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
	batch := newBatch(true, putChange(table, rowKey("a", 1), column{"c", "v"}), second)
	wantResults(t, writeBatch(t, client, batch)[table], "OTSConditionCheckFail", "OTSConditionCheckFail")
	wantKeys(t, scan(t, client, everything(table, sdk.FORWARD)))

	second.SetCondition(sdk.RowExistenceExpectation_EXPECT_NOT_EXIST)
	wantResults(t, writeBatch(t, client, batch)[table], "", "")
	wantKeys(t, scan(t, client, everything(table, sdk.FORWARD)), "a/1", "a/2")
}

func TestAtomicBatchStaysInOnePartition(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	batch := newBatch(true, putChange(table, rowKey("a", 1), column{"c", "v"}), putChange(table, rowKey("b", 1), column{"c", "v"}))
	for _, r := range writeBatch(t, client, batch)[table] {
		if r.IsSucceed {
			t.Errorf("row %d was written", r.Index)
		}
	}
	wantKeys(t, scan(t, client, everything(table, sdk.FORWARD)))
}

func TestBatchWriteLimits(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	many := &sdk.BatchWriteRowRequest{}
	for n := range 201 {
		many.AddRowChange(putChange(table, rowKey("a", int64(n)), column{"c", "v"}))
	}
	large := column{"c", strings.Repeat("x", 3<<19)}
	conditional := putChange(table, rowKey("a", 1), column{"c", "v"})
	conditional.SetCondition(sdk.RowExistenceExpectation_EXPECT_NOT_EXIST)
	tests := []struct {
		name    string
		batch   *sdk.BatchWriteRowRequest
		message string
	}{
		{"no rows", newBatch(false), "No row is specified in BatchWriteRow."},
		{"201 rows", many, "Rows count exceeds the upper limit: 200."},
		{"over 4 MB", newBatch(false, putChange(table, rowKey("a", 1), large), putChange(table, rowKey("a", 2), large), putChange(table, rowKey("a", 3), large)), "The total data size of BatchWriteRow request exceeds the limit"},
		{"a row twice with a condition", newBatch(false, conditional, deleteChange(table, rowKey("a", 1))), "Repeated rows do not support row exist expectation check"},
		{"a bad column fails the request", newBatch(false, putChange(table, rowKey("a", 1), column{"c", "v"}), putChange(table, rowKey("a", 2), column{"not-a-name", "v"})), "Invalid column name: 'not-a-name'."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := client.BatchWriteRow(test.batch)
			wantError(t, err, 400, "OTSParameterInvalid", test.message)
			wantKeys(t, scan(t, client, everything(table, sdk.FORWARD)))
		})
	}
}

func TestBatchGetRow(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("a", 1), column{"c", "1"}, column{"d", "x"})
	put(t, client, table, rowKey("a", 3), column{"c", "3"})
	wrong := &sdk.PrimaryKey{}
	wrong.AddPrimaryKeyColumn("p", "a")
	c := &sdk.MultiRowQueryCriteria{TableName: table, MaxVersion: 1, ColumnsToGet: []string{"c"}}
	for _, key := range []*sdk.PrimaryKey{rowKey("a", 1), rowKey("a", 2), rowKey("a", 3), wrong} {
		c.AddRow(key)
	}
	other := &sdk.MultiRowQueryCriteria{TableName: "no_such_table", MaxVersion: 1}
	other.AddRow(rowKey("a", 1))
	r, err := client.BatchGetRow(&sdk.BatchGetRowRequest{MultiRowQueryCriteria: []*sdk.MultiRowQueryCriteria{c, other}})
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, row := range r.TableToRowsResult[table] {
		rows = append(rows, show(row.PrimaryKey, row.Columns))
	}
	if want := []string{"a 1 c=1", "", "a 3 c=3", ""}; !slices.Equal(rows, want) {
		t.Errorf("rows %q, want %q", rows, want)
	}
	wantResults(t, r.TableToRowsResult[table], "", "", "", "OTSInvalidPK")
	wantResults(t, r.TableToRowsResult["no_such_table"], "OTSObjectNotExist")
}

func TestBatchGetLimits(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	for count, message := range map[int]string{
		0:   "No row specified in the request of BatchGetRow.",
		101: "Rows count exceeds the upper limit: 100.",
	} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			c := &sdk.MultiRowQueryCriteria{TableName: table, MaxVersion: 1}
			for n := range count {
				c.AddRow(rowKey("a", int64(n)))
			}
			_, err := client.BatchGetRow(&sdk.BatchGetRowRequest{MultiRowQueryCriteria: []*sdk.MultiRowQueryCriteria{c}})
			wantError(t, err, 400, "OTSParameterInvalid", message)
		})
	}
}
