package tablestore

import (
	"sync"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func TestUpdateRowChangesOnlyWhatItNames(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	key := rowKey("a", 1)
	put(t, client, table, key, column{"kept", "k"}, column{"changed", "old"}, column{"deleted", "d"})
	u := updateChange(table, key)
	u.PutColumn("changed", "new")
	u.PutColumn("added", int64(1))
	u.DeleteColumn("deleted")
	update(t, client, u)
	wantRow(t, client, criteria(table, key), "a 1 added=1 changed=new kept=k")
}

func TestUpdateRowCreatesTheRow(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	u := updateChange(table, rowKey("a", 1))
	u.PutColumn("c", "v")
	update(t, client, u)
	wantRow(t, client, criteria(table, rowKey("a", 1)), "a 1 c=v")
}

func TestDeletingColumnsOfAMissingRowCreatesNothing(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	u := updateChange(table, rowKey("a", 1))
	u.DeleteColumn("c")
	update(t, client, u)
	wantRow(t, client, criteria(table, rowKey("a", 1)), "")
}

func TestDeletingAllColumnsKeepsTheRow(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("a", 1), column{"c", "v"})
	u := updateChange(table, rowKey("a", 1))
	u.DeleteColumn("c")
	update(t, client, u)
	wantRow(t, client, criteria(table, rowKey("a", 1)), "a 1")
}

func TestUpdateRowWithoutColumnsIsRefused(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	_, err := client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: updateChange(table, rowKey("a", 1))})
	wantError(t, err, 400, "OTSParameterInvalid", "Attribute column is missing.")
}

func increment(table string, by int64) *sdk.UpdateRowChange {
	u := updateChange(table, rowKey("a", 1))
	u.IncrementColumn("count", by)
	u.SetReturnIncrementValue()
	u.AppendIncrementColumnToReturn("count")
	return u
}

func TestIncrementReturnsTheSum(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	for _, step := range []struct{ by, sum int64 }{{5, 5}, {-7, -2}, {1 << 40, 1<<40 - 2}} {
		r := update(t, client, increment(table, step.by))
		if len(r.Columns) != 1 || r.Columns[0].Value != step.sum {
			t.Errorf("incremented by %d: %v, want %d", step.by, show(sdk.PrimaryKey{}, r.Columns), step.sum)
		}
	}
	wantRow(t, client, criteria(table, rowKey("a", 1)), "a 1 count=1099511627774")
}

func TestIncrementsAreNotLost(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 10 {
				if _, err := client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: increment(table, 1)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	wantRow(t, client, criteria(table, rowKey("a", 1)), "a 1 count=80")
}

func TestOnlyIntegersAreIncremented(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("a", 1), column{"count", "text"})
	_, err := client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: increment(table, 1)})
	wantError(t, err, 400, "OTSParameterInvalid", "count")
	wantRow(t, client, criteria(table, rowKey("a", 1)), "a 1 count=text")
}

// Of many that expect a row not to be there, one wins.
func TestConditionalPutsHaveOneWinner(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	var wait sync.WaitGroup
	won := make(chan int64, 16)
	for n := range 16 {
		wait.Go(func() {
			change := putChange(table, rowKey("a", 1), column{"winner", int64(n)})
			change.SetCondition(sdk.RowExistenceExpectation_EXPECT_NOT_EXIST)
			if _, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: change}); err == nil {
				won <- int64(n)
			} else if errorCode(err) != "OTSConditionCheckFail" {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	close(won)
	if len(won) != 1 {
		t.Fatalf("%d winners", len(won))
	}
	if got := get(t, client, criteria(table, rowKey("a", 1))).Columns[0].Value; got != <-won {
		t.Errorf("the row is %v's, who didn't win", got)
	}
}
