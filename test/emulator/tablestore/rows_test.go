package tablestore

import (
	"fmt"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func rowKey(p string, n int64) *sdk.PrimaryKey {
	key := &sdk.PrimaryKey{}
	key.AddPrimaryKeyColumn("p", p)
	key.AddPrimaryKeyColumn("n", n)
	return key
}

// column is a name and a value.
type column struct {
	name  string
	value any
}

func putChange(table string, key *sdk.PrimaryKey, columns ...column) *sdk.PutRowChange {
	change := &sdk.PutRowChange{TableName: table, PrimaryKey: key}
	for _, c := range columns {
		change.AddColumn(c.name, c.value)
	}
	change.SetCondition(sdk.RowExistenceExpectation_IGNORE)
	return change
}

func updateChange(table string, key *sdk.PrimaryKey) *sdk.UpdateRowChange {
	change := &sdk.UpdateRowChange{TableName: table, PrimaryKey: key}
	change.SetCondition(sdk.RowExistenceExpectation_IGNORE)
	return change
}

func deleteChange(table string, key *sdk.PrimaryKey) *sdk.DeleteRowChange {
	change := &sdk.DeleteRowChange{TableName: table, PrimaryKey: key}
	change.SetCondition(sdk.RowExistenceExpectation_IGNORE)
	return change
}

func put(t testing.TB, client *sdk.TableStoreClient, table string, key *sdk.PrimaryKey, columns ...column) {
	t.Helper()
	if _, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: putChange(table, key, columns...)}); err != nil {
		t.Fatal(err)
	}
}

func update(t testing.TB, client *sdk.TableStoreClient, change *sdk.UpdateRowChange) *sdk.UpdateRowResponse {
	t.Helper()
	response, err := client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: change})
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func criteria(table string, key *sdk.PrimaryKey) *sdk.SingleRowQueryCriteria {
	return &sdk.SingleRowQueryCriteria{TableName: table, PrimaryKey: key, MaxVersion: 1}
}

func get(t testing.TB, client *sdk.TableStoreClient, c *sdk.SingleRowQueryCriteria) *sdk.GetRowResponse {
	t.Helper()
	response, err := client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: c})
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// show prints a row: its key, then its columns; "" when there is none.
func show(key sdk.PrimaryKey, columns []*sdk.AttributeColumn) string {
	var words []string
	for _, c := range key.PrimaryKeys {
		words = append(words, fmt.Sprint(c.Value))
	}
	for _, c := range columns {
		words = append(words, fmt.Sprintf("%s=%v", c.ColumnName, c.Value))
	}
	return strings.Join(words, " ")
}

func wantRow(t *testing.T, client *sdk.TableStoreClient, c *sdk.SingleRowQueryCriteria, want string) {
	t.Helper()
	r := get(t, client, c)
	if got := show(r.PrimaryKey, r.Columns); got != want {
		t.Errorf("row is %q, want %q", got, want)
	}
}

func TestPutRowReplacesTheWholeRow(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	key := rowKey("a", 1)
	wantRow(t, client, criteria(table, key), "")
	put(t, client, table, key, column{"s", "text"}, column{"i", int64(-5)}, column{"d", 1.5}, column{"b", true}, column{"x", []byte{0, 1}})
	wantRow(t, client, criteria(table, key), "a 1 b=true d=1.5 i=-5 s=text x=[0 1]")
	put(t, client, table, key, column{"other", "v"})
	wantRow(t, client, criteria(table, key), "a 1 other=v")
}

func TestPutRowWithoutColumnsIsARow(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("a", 1))
	wantRow(t, client, criteria(table, rowKey("a", 1)), "a 1")
}

func TestPutRowReturnsItsKey(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	change := putChange(table, rowKey("a", 7), column{"c", "v"})
	change.SetReturnPk()
	r, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
	if err != nil {
		t.Fatal(err)
	}
	if got := show(r.PrimaryKey, nil); got != "a 7" {
		t.Errorf("returned %q, want the key", got)
	}
}

func TestDeleteRow(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("a", 1), column{"c", "v"})
	for range 2 { // deleting what isn't there is no error
		if _, err := client.DeleteRow(&sdk.DeleteRowRequest{DeleteRowChange: deleteChange(table, rowKey("a", 1))}); err != nil {
			t.Fatal(err)
		}
		wantRow(t, client, criteria(table, rowKey("a", 1)), "")
	}
}

func TestColumnsToGet(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	key := rowKey("a", 1)
	put(t, client, table, key, column{"c1", "v1"}, column{"c2", "v2"}, column{"c3", "v3"})
	tests := []struct {
		name    string
		columns []string
		want    string
	}{
		{"one", []string{"c2"}, "a 1 c2=v2"},
		{"some, in the order of names", []string{"c3", "c1"}, "a 1 c1=v1 c3=v3"},
		{"none that exists", []string{"missing"}, ""},
		{"a key column only", []string{"p"}, "a 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := criteria(table, key)
			c.ColumnsToGet = test.columns
			wantRow(t, client, c, test.want)
		})
	}
}

func TestStartAndEndColumn(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	key := rowKey("a", 1)
	put(t, client, table, key, column{"c1", "v1"}, column{"c2", "v2"}, column{"c3", "v3"})
	c := criteria(table, key)
	c.SetStartColumn("c2")
	wantRow(t, client, c, "a 1 c2=v2 c3=v3")
	c.SetEndtColumn("c3")
	wantRow(t, client, c, "a 1 c2=v2")
}
