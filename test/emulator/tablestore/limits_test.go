package tablestore

import (
	"fmt"
	"math"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func TestKeysMustFitTheSchema(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	tests := []struct {
		name    string
		columns []column
		code    string
		message string
	}{
		{"too few columns", []column{{"p", "a"}}, "OTSInvalidPK", "Validate PK size fail. Input: 1, Meta: 2."},
		{"too many columns", []column{{"p", "a"}, {"n", int64(1)}, {"q", "b"}}, "OTSInvalidPK", "Validate PK size fail. Input: 3, Meta: 2."},
		{"other name", []column{{"q", "a"}, {"n", int64(1)}}, "OTSInvalidPK", "Validate PK name fail. Input: q, Meta: p."},
		{"other order", []column{{"n", int64(1)}, {"p", "a"}}, "OTSInvalidPK", "Validate PK name fail. Input: n, Meta: p."},
		{"other type", []column{{"p", "a"}, {"n", "1"}}, "OTSInvalidPK", "Validate PK type fail."},
		{"value over 1 KB", []column{{"p", strings.Repeat("x", 1025)}, {"n", int64(1)}}, "OTSParameterInvalid", "The length of primary key column: 'p' exceeds the MaxLength: 1024 with CurrentLength: 1025."},
		{"not UTF-8", []column{{"p", "\xff"}, {"n", int64(1)}}, "OTSParameterInvalid", "UTF8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			key := &sdk.PrimaryKey{}
			for _, c := range test.columns {
				key.AddPrimaryKeyColumn(c.name, c.value)
			}
			_, err := client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: criteria(table, key)})
			wantError(t, err, 400, test.code, test.message)
			_, err = client.PutRow(&sdk.PutRowRequest{PutRowChange: putChange(table, key, column{"c", "v"})})
			wantError(t, err, 400, test.code, test.message)
			_, err = client.DeleteRow(&sdk.DeleteRowRequest{DeleteRowChange: deleteChange(table, key)})
			wantError(t, err, 400, test.code, test.message)
		})
	}
}

func TestKeyOfFullLength(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	key := rowKey(strings.Repeat("\x00", 1024), 1)
	put(t, client, table, key, column{"c", "v"})
	if got := get(t, client, criteria(table, key)); len(got.Columns) != 1 {
		t.Errorf("got %d columns", len(got.Columns))
	}
}

func TestInfiniteKeysAreForRangesOnly(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	_, err := client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: criteria(table, bound("a", "max"))})
	wantError(t, err, 400, "OTSParameterInvalid", "")
}

func columnsNumbered(count int) []column {
	columns := make([]column, count)
	for n := range columns {
		columns[n] = column{fmt.Sprintf("c%04d", n), int64(n)}
	}
	return columns
}

func TestColumnLimits(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	half := strings.Repeat("x", 2<<20)
	tests := []struct {
		name    string
		columns []column
		message string
	}{
		{"string over 2 MB", []column{{"c", half + "x"}}, "The length of attribute column: 'c' exceeded the MaxLength: 2097152"},
		{"binary over 2 MB", []column{{"c", []byte(half + "x")}}, "The length of attribute column: 'c' exceeded the MaxLength: 2097152"},
		{"row over 4 MB", []column{{"c", half}, {"d", half}}, "The total data size of PutRow request exceeds the limit"},
		{"1025 columns", columnsNumbered(1025), "The number of attribute columns exceeds the limit, limit count: 1024, column count: 1025."},
		{"name", []column{{"a-b", "v"}}, "Invalid column name: 'a-b'."},
		{"empty name", []column{{"", "v"}}, "nvalid"},
		{"long name", []column{{strings.Repeat("c", 256), "v"}}, "Invalid column name"},
		{"name of a key column", []column{{"p", "v"}}, "Duplicated attribute column name with primary key column: 'p'."},
		{"not UTF-8", []column{{"c", "\xff"}}, "UTF8"},
		{"NaN", []column{{"c", math.NaN()}}, "NaN can't be set to double value."},
		{"infinity", []column{{"c", math.Inf(1)}}, "Infinity can't be set to double value."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: putChange(table, rowKey("a", 1), test.columns...)})
			wantError(t, err, 400, "OTSParameterInvalid", test.message)
			wantRow(t, client, criteria(table, rowKey("a", 1)), "")
		})
	}
}

func TestLargestRow(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("a", 1), columnsNumbered(1024)...)
	if got := get(t, client, criteria(table, rowKey("a", 1))); len(got.Columns) != 1024 {
		t.Errorf("got %d columns", len(got.Columns))
	}
	value := strings.Repeat("x", 2<<20)
	put(t, client, table, rowKey("a", 1), column{"c", value}, column{"d", value[:len(value)-100]})
	if got := get(t, client, criteria(table, rowKey("a", 1))).Columns; len(got) != 2 || got[0].Value != value {
		t.Errorf("got %d columns, or another value", len(got))
	}
}

func TestReadLimits(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	tests := []struct {
		name    string
		change  func(*sdk.SingleRowQueryCriteria)
		message string
	}{
		{"129 columns", func(c *sdk.SingleRowQueryCriteria) { c.ColumnsToGet = make([]string, 129) }, "limit count: 128, column count: 129."},
		{"negative versions", func(c *sdk.SingleRowQueryCriteria) { c.MaxVersion = -1 }, "Max versions must be positive."},
		{"a time and a number of versions", func(c *sdk.SingleRowQueryCriteria) { c.TimeRange = &sdk.TimeRange{Specific: 1} }, "cannot be given at the same time"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := criteria(table, rowKey("a", 1))
			test.change(c)
			_, err := client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: c})
			wantError(t, err, 400, "OTSParameterInvalid", test.message)
		})
	}
}
