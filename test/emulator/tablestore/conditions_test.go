package tablestore

import (
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func TestRowExistenceConditions(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("there", 1), column{"c", "v"})
	tests := []struct {
		name  string
		key   string
		want  sdk.RowExistenceExpectation
		holds bool
	}{
		{"expected and there", "there", sdk.RowExistenceExpectation_EXPECT_EXIST, true},
		{"expected and missing", "missing", sdk.RowExistenceExpectation_EXPECT_EXIST, false},
		{"not expected and there", "there", sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, false},
		{"not expected and missing", "new", sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, true},
		{"not expected any more", "new", sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			change := putChange(table, rowKey(test.key, 1), column{"c", "v"})
			change.SetCondition(test.want)
			_, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
			wantHolds(t, err, test.holds)
		})
	}
}

func wantHolds(t *testing.T, err error, holds bool) {
	t.Helper()
	if !holds {
		wantError(t, err, 403, "OTSConditionCheckFail", "Condition check failed.")
	} else if err != nil {
		t.Errorf("got %v, want success", err)
	}
}

func TestExistenceConditionsOfUpdateAndDelete(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	u := updateChange(table, rowKey("a", 1))
	u.PutColumn("c", "v")
	u.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
	_, err := client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: u})
	wantHolds(t, err, false)
	d := deleteChange(table, rowKey("a", 1))
	d.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
	_, err = client.DeleteRow(&sdk.DeleteRowRequest{DeleteRowChange: d})
	wantHolds(t, err, false)
	put(t, client, table, rowKey("a", 1), column{"c", "v"})
	_, err = client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: u})
	wantHolds(t, err, true)
	_, err = client.DeleteRow(&sdk.DeleteRowRequest{DeleteRowChange: d})
	wantHolds(t, err, true)
	wantRow(t, client, criteria(table, rowKey("a", 1)), "")
}

// compare is a condition on a column that must be there, as we always use it.
func compare(name string, comparator sdk.ComparatorType, value any) *sdk.SingleColumnCondition {
	c := sdk.NewSingleColumnCondition(name, comparator, value)
	c.FilterIfMissing = true
	c.LatestVersionOnly = true
	return c
}

func combine(operator sdk.LogicalOperator, parts ...sdk.ColumnFilter) sdk.ColumnFilter {
	c := sdk.NewCompositeColumnCondition(operator)
	for _, part := range parts {
		c.AddFilter(part)
	}
	return c
}

// columnConditions are tried as a write's condition and as a read's filter,
// on a row with i=5, d=1.5, s="m", b=true, x=[1 2].
var columnConditions = []struct {
	name      string
	condition sdk.ColumnFilter
	holds     bool
}{
	{"equal", compare("i", sdk.CT_EQUAL, int64(5)), true},
	{"equal, other value", compare("i", sdk.CT_EQUAL, int64(6)), false},
	{"not equal", compare("i", sdk.CT_NOT_EQUAL, int64(6)), true},
	{"not equal, same value", compare("i", sdk.CT_NOT_EQUAL, int64(5)), false},
	{"greater", compare("i", sdk.CT_GREATER_THAN, int64(-6)), true},
	{"greater, same value", compare("i", sdk.CT_GREATER_THAN, int64(5)), false},
	{"greater or equal", compare("i", sdk.CT_GREATER_EQUAL, int64(5)), true},
	{"less", compare("i", sdk.CT_LESS_THAN, int64(6)), true},
	{"less, same value", compare("i", sdk.CT_LESS_THAN, int64(5)), false},
	{"less or equal", compare("i", sdk.CT_LESS_EQUAL, int64(5)), true},
	{"double", compare("d", sdk.CT_LESS_THAN, 2.5), true},
	{"string", compare("s", sdk.CT_GREATER_THAN, "lzz"), true},
	{"string, prefix", compare("s", sdk.CT_LESS_THAN, "mm"), true},
	{"boolean", compare("b", sdk.CT_EQUAL, true), true},
	{"boolean, other value", compare("b", sdk.CT_EQUAL, false), false},
	{"binary", compare("x", sdk.CT_EQUAL, []byte{1, 2}), true},
	{"missing", compare("none", sdk.CT_NOT_EQUAL, "v"), false},
	{"missing, allowed", sdk.NewSingleColumnCondition("none", sdk.CT_EQUAL, "v"), true},
	{"and", combine(sdk.LO_AND, compare("i", sdk.CT_EQUAL, int64(5)), compare("s", sdk.CT_EQUAL, "m")), true},
	{"and, one fails", combine(sdk.LO_AND, compare("i", sdk.CT_EQUAL, int64(5)), compare("s", sdk.CT_EQUAL, "z")), false},
	{"or, one holds", combine(sdk.LO_OR, compare("i", sdk.CT_EQUAL, int64(0)), compare("s", sdk.CT_EQUAL, "m")), true},
	{"or, none holds", combine(sdk.LO_OR, compare("i", sdk.CT_EQUAL, int64(0)), compare("s", sdk.CT_EQUAL, "z")), false},
	{"not", combine(sdk.LO_NOT, compare("s", sdk.CT_EQUAL, "z")), true},
	{"nested", combine(sdk.LO_AND, combine(sdk.LO_NOT, compare("i", sdk.CT_EQUAL, int64(0))), combine(sdk.LO_OR, compare("s", sdk.CT_EQUAL, "z"), compare("b", sdk.CT_EQUAL, true))), true},
}

func TestColumnConditions(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	key := rowKey("a", 1)
	put(t, client, table, key, column{"i", int64(5)}, column{"d", 1.5}, column{"s", "m"}, column{"b", true}, column{"x", []byte{1, 2}})
	for _, test := range columnConditions {
		t.Run(test.name, func(t *testing.T) {
			u := updateChange(table, key)
			u.PutColumn("w", test.name)
			u.SetColumnCondition(test.condition)
			_, err := client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: u})
			wantHolds(t, err, test.holds)
			c := criteria(table, key)
			c.ColumnsToGet = []string{"w"}
			if written := len(get(t, client, c).Columns) == 1 && get(t, client, c).Columns[0].Value == test.name; written != test.holds {
				t.Errorf("written: %v, want %v", written, test.holds)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	key := rowKey("a", 1)
	put(t, client, table, key, column{"i", int64(5)}, column{"d", 1.5}, column{"s", "m"}, column{"b", true}, column{"x", []byte{1, 2}})
	for _, test := range columnConditions {
		t.Run(test.name, func(t *testing.T) {
			c := criteria(table, key)
			c.SetFilter(test.condition)
			if found := len(get(t, client, c).Columns) > 0; found != test.holds {
				t.Errorf("found: %v, want %v", found, test.holds)
			}
		})
	}
}

func TestFilterSeesOnlyTheColumnsToGet(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	key := rowKey("a", 1)
	put(t, client, table, key, column{"c", "v"}, column{"hidden", "v"})
	c := criteria(table, key)
	c.ColumnsToGet = []string{"c"}
	c.SetFilter(compare("hidden", sdk.CT_EQUAL, "v"))
	wantRow(t, client, c, "")
}

func TestConditionOnOlderVersions(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 2)
	key := rowKey("a", 1)
	put(t, client, table, key, column{"c", "old"})
	u := updateChange(table, key)
	u.PutColumnWithTimestamp("c", "new", get(t, client, criteria(table, key)).Columns[0].Timestamp+1000)
	update(t, client, u)

	for _, latest := range []bool{true, false} {
		condition := compare("c", sdk.CT_EQUAL, "old")
		condition.LatestVersionOnly = latest
		u := updateChange(table, key)
		u.PutColumn("w", "v")
		u.SetColumnCondition(condition)
		_, err := client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: u})
		wantHolds(t, err, !latest)
	}
}

func TestColumnConditionOnAMissingRow(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	change := putChange(table, rowKey("a", 1), column{"c", "v"})
	change.SetColumnCondition(compare("c", sdk.CT_EQUAL, "v"))
	_, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
	wantHolds(t, err, false)
	change.SetColumnCondition(sdk.NewSingleColumnCondition("c", sdk.CT_EQUAL, "v"))
	_, err = client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
	wantHolds(t, err, true)
}

func TestCompositeNeedsTheRightNumberOfParts(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	part := compare("c", sdk.CT_EQUAL, "v")
	for message, filter := range map[string]sdk.ColumnFilter{
		"NOT operator":    combine(sdk.LO_NOT, part, part),
		"AND/OR operator": combine(sdk.LO_AND, part),
	} {
		c := criteria(table, rowKey("a", 1))
		c.SetFilter(filter)
		_, err := client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: c})
		wantError(t, err, 400, "OTSParameterInvalid", message)
	}
}
