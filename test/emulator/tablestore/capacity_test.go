package tablestore

import (
	"slices"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/test/emulator/meter"
)

// sized is a column whose name and value take this many bytes, in a row whose
// key a/1 takes 11 ("p", "a", "n", 8 bytes).
func sized(bytes int) column { return column{"c", strings.Repeat("x", bytes-1)} }

const keySize = 11

func wantUnits(t *testing.T, what string, got *sdk.ConsumedCapacityUnit, read, write int32) {
	t.Helper()
	if got.Read != read || got.Write != write {
		t.Errorf("%s: %d read and %d write units, want %d and %d", what, got.Read, got.Write, read, write)
	}
}

func TestWritesCostWhatTheyWriteIn4KB(t *testing.T) {
	client := newEmulator(t).client
	table := newTestTable(t, client, 1)
	for size, units := range map[int]int32{100: 1, 4096 - keySize: 1, 4097 - keySize: 2, 3 * 4096: 4} {
		r, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: putChange(table, rowKey("a", 1), sized(size))})
		if err != nil {
			t.Fatal(err)
		}
		wantUnits(t, "put", r.ConsumedCapacityUnit, 0, units)
	}
	u := updateChange(table, rowKey("a", 1))
	u.DeleteColumn("c")
	wantUnits(t, "deleting a large column", update(t, client, u).ConsumedCapacityUnit, 0, 1)
	d, err := client.DeleteRow(&sdk.DeleteRowRequest{DeleteRowChange: deleteChange(table, rowKey("a", 1))})
	if err != nil {
		t.Fatal(err)
	}
	wantUnits(t, "delete", d.ConsumedCapacityUnit, 0, 1)
}

func TestConditionCostsAReadUnit(t *testing.T) {
	client := newEmulator(t).client
	table := newTestTable(t, client, 1)
	change := putChange(table, rowKey("a", 1), sized(5000))
	change.SetCondition(sdk.RowExistenceExpectation_EXPECT_NOT_EXIST)
	r, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
	if err != nil {
		t.Fatal(err)
	}
	wantUnits(t, "conditional put", r.ConsumedCapacityUnit, 1, 2)
	u := updateChange(table, rowKey("a", 1))
	u.PutColumn("d", "v")
	u.SetColumnCondition(sdk.NewSingleColumnCondition("d", sdk.CT_EQUAL, "v"))
	wantUnits(t, "conditional update", update(t, client, u).ConsumedCapacityUnit, 1, 1)
}

func TestReadsCostWhatTheyReadIn4KB(t *testing.T) {
	client := newEmulator(t).client
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("a", 1), sized(10000), column{"small", "v"})
	wantUnits(t, "whole row", get(t, client, criteria(table, rowKey("a", 1))).ConsumedCapacityUnit, 3, 0)
	c := criteria(table, rowKey("a", 1))
	c.ColumnsToGet = []string{"small"}
	wantUnits(t, "one column", get(t, client, c).ConsumedCapacityUnit, 1, 0)
	wantUnits(t, "missing row", get(t, client, criteria(table, rowKey("a", 2))).ConsumedCapacityUnit, 1, 0)
	c = criteria(table, rowKey("a", 1))
	c.SetFilter(compare("small", sdk.CT_EQUAL, "w"))
	wantUnits(t, "row dropped by the filter", get(t, client, c).ConsumedCapacityUnit, 3, 0)
}

func TestRangeCostIsRoundedOnce(t *testing.T) {
	client := newEmulator(t).client
	table := newTestTable(t, client, 1)
	wantUnits(t, "empty range", scan(t, client, everything(table, sdk.FORWARD)).ConsumedCapacityUnit, 1, 0)
	for n := range 10 {
		put(t, client, table, rowKey("a", int64(n)), sized(500-keySize))
	}
	wantUnits(t, "10 rows of 500 bytes", scan(t, client, everything(table, sdk.FORWARD)).ConsumedCapacityUnit, 2, 0)
	c := everything(table, sdk.FORWARD)
	c.Filter = compare("c", sdk.CT_EQUAL, "none")
	wantUnits(t, "all dropped by the filter", scan(t, client, c).ConsumedCapacityUnit, 2, 0)
}

func TestBatchCostIsRoundedByRow(t *testing.T) {
	client := newEmulator(t).client
	table := newTestTable(t, client, 1)
	for _, r := range writeBatch(t, client, newBatch(false, putChange(table, rowKey("a", 1), sized(100)), putChange(table, rowKey("a", 2), sized(5000))))[table] {
		wantUnits(t, "batch write", r.ConsumedCapacityUnit, 0, r.Index+1)
	}
	c := &sdk.MultiRowQueryCriteria{TableName: table, MaxVersion: 1}
	c.AddRow(rowKey("a", 1))
	c.AddRow(rowKey("a", 2))
	r, err := client.BatchGetRow(&sdk.BatchGetRowRequest{MultiRowQueryCriteria: []*sdk.MultiRowQueryCriteria{c}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range r.TableToRowsResult[table] {
		wantUnits(t, "batch get", row.ConsumedCapacityUnit, row.Index+1, 0)
	}
}

func TestMeterCountsCallsAndUnits(t *testing.T) {
	e := newEmulator(t)
	table := newTestTable(t, e.client, 1)
	e.meter.Reset()
	change := putChange(table, rowKey("a", 1), sized(5000))
	change.SetCondition(sdk.RowExistenceExpectation_EXPECT_NOT_EXIST)
	for range 2 { // the second one fails, and costs a unit of each
		if _, err := e.client.PutRow(&sdk.PutRowRequest{PutRowChange: change}); err != nil && errorCode(err) != "OTSConditionCheckFail" {
			t.Fatal(err)
		}
	}
	writeBatch(t, e.client, newBatch(false, putChange(table, rowKey("a", 2), sized(10)), putChange(table, rowKey("a", 3), sized(10))))
	get(t, e.client, criteria(table, rowKey("a", 1)))
	if _, err := e.client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: criteria("no_such_table", rowKey("a", 1))}); err == nil {
		t.Fatal("read a table that isn't there")
	}
	if _, err := e.client.ListTable(); err != nil {
		t.Fatal(err)
	}
	key := func(operation, table string) meter.Key {
		return meter.Key{Service: "tablestore", Operation: operation, Resource: table}
	}
	want := []meter.Row{
		{Key: key("BatchWriteRow", table), Count: meter.Count{Calls: 1, Write: 2}},
		{Key: key("GetRow", "no_such_table"), Count: meter.Count{Calls: 1}},
		{Key: key("GetRow", table), Count: meter.Count{Calls: 1, Read: 2}},
		{Key: key("ListTable", ""), Count: meter.Count{Calls: 1}},
		{Key: key("PutRow", table), Count: meter.Count{Calls: 2, Read: 2, Write: 3}},
	}
	if got := e.meter.Snapshot(); !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}
