package tablestore

import (
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

const day = 24 * time.Hour

// newExpiringTable creates a table whose cells live for a day.
func newExpiringTable(t *testing.T, client *sdk.TableStoreClient) string {
	t.Helper()
	table := newTestTable(t, client, 2)
	setTTL(t, client, table, day)
	return table
}

func setTTL(t *testing.T, client *sdk.TableStoreClient, table string, ttl time.Duration) {
	t.Helper()
	_, err := client.UpdateTable(&sdk.UpdateTableRequest{
		TableName:   table,
		TableOption: &sdk.TableOption{TimeToAlive: int(ttl.Seconds()), MaxVersion: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCellsExpireByThemselves(t *testing.T) {
	e := newEmulator(t)
	table := newExpiringTable(t, e.client)
	key := rowKey("a", 1)
	put(t, e.client, table, key, column{"old", "v"})
	e.now = e.now.Add(day / 2)
	u := updateChange(table, key)
	u.PutColumn("young", "v")
	update(t, e.client, u)
	wantRow(t, e.client, criteria(table, key), "a 1 old=v young=v")
	e.now = e.now.Add(day/2 - time.Millisecond)
	wantRow(t, e.client, criteria(table, key), "a 1 old=v young=v")
	e.now = e.now.Add(time.Millisecond)
	wantRow(t, e.client, criteria(table, key), "a 1 young=v")
	e.now = e.now.Add(day / 2)
	wantRow(t, e.client, criteria(table, key), "")
}

func TestExpiredRowIsNotThere(t *testing.T) {
	e := newEmulator(t)
	table := newExpiringTable(t, e.client)
	put(t, e.client, table, rowKey("a", 1), column{"c", "v"})
	e.now = e.now.Add(day)
	put(t, e.client, table, rowKey("a", 2), column{"c", "v"})
	wantKeys(t, scan(t, e.client, everything(table, sdk.FORWARD)), "a/2")
	wantKeys(t, scan(t, e.client, everything(table, sdk.BACKWARD)), "a/2")

	c := everything(table, sdk.BACKWARD)
	c.Limit = 1
	if r := scan(t, e.client, c); r.NextStartPrimaryKey != nil {
		t.Errorf("the next page starts at the expired row")
	}
	change := putChange(table, rowKey("a", 1), column{"c", "again"})
	change.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
	_, err := e.client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
	wantHolds(t, err, false)
	change.SetCondition(sdk.RowExistenceExpectation_EXPECT_NOT_EXIST)
	_, err = e.client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
	wantHolds(t, err, true)
}

func TestConditionsAndIncrementsDoNotSeeExpiredCells(t *testing.T) {
	e := newEmulator(t)
	table := newExpiringTable(t, e.client)
	key := rowKey("a", 1)
	put(t, e.client, table, key, column{"count", int64(5)})
	e.now = e.now.Add(day / 2)
	u := updateChange(table, key)
	u.PutColumn("young", "v")
	update(t, e.client, u)
	e.now = e.now.Add(day / 2)

	u = updateChange(table, key)
	u.PutColumn("young", "w")
	u.SetColumnCondition(compare("count", sdk.CT_EQUAL, int64(5)))
	_, err := e.client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: u})
	wantHolds(t, err, false)
	update(t, e.client, increment(table, 1))
	wantRow(t, e.client, criteria(table, key), "a 1 count=1 young=v")
}

func TestShorterTTLHidesAtOnce(t *testing.T) {
	e := newEmulator(t)
	table := newTestTable(t, e.client, 2)
	put(t, e.client, table, rowKey("a", 1), column{"c", "v"})
	e.now = e.now.Add(2 * day)
	wantRow(t, e.client, criteria(table, rowKey("a", 1)), "a 1 c=v")
	setTTL(t, e.client, table, day)
	wantRow(t, e.client, criteria(table, rowKey("a", 1)), "")
}
