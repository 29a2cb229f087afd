package tablestore

import (
	"slices"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func TestDescribeTable(t *testing.T) {
	client := connect(t)
	enable := true
	meta := &sdk.TableMeta{TableName: "described"}
	meta.AddPrimaryKeyColumn("s", sdk.PrimaryKeyType_STRING)
	meta.AddPrimaryKeyColumn("i", sdk.PrimaryKeyType_INTEGER)
	meta.AddPrimaryKeyColumn("b", sdk.PrimaryKeyType_BINARY)
	createTable(t, client, &sdk.CreateTableRequest{
		TableMeta:          meta,
		TableOption:        &sdk.TableOption{TimeToAlive: 86400, MaxVersion: 3, DeviationCellVersionInSec: 90000},
		ReservedThroughput: &sdk.ReservedThroughput{},
		EnableLocalTxn:     &enable,
	})
	d, err := client.DescribeTable(&sdk.DescribeTableRequest{TableName: "described"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, column := range d.TableMeta.SchemaEntry {
		names = append(names, *column.Name)
	}
	if !slices.Equal(names, []string{"s", "i", "b"}) {
		t.Errorf("key columns %q", names)
	}
	if o := d.TableOption; o.TimeToAlive != 86400 || o.MaxVersion != 3 || o.DeviationCellVersionInSec != 90000 {
		t.Errorf("options %+v", o)
	}
}

func TestTablesComeAndGo(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("a", 1), column{"c", "v"})
	if r, err := client.ListTable(); err != nil || !slices.Contains(r.TableNames, table) {
		t.Errorf("tables %v, %v; want %s among them", r.TableNames, err, table)
	}
	if _, err := client.DeleteTable(&sdk.DeleteTableRequest{TableName: table}); err != nil {
		t.Fatal(err)
	}
	if r, err := client.ListTable(); err != nil || slices.Contains(r.TableNames, table) {
		t.Errorf("tables %v, %v; want %s gone", r.TableNames, err, table)
	}
	_, err := client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: criteria(table, rowKey("a", 1))})
	wantError(t, err, 404, "OTSObjectNotExist", "Requested table does not exist.")
	_, err = client.PutRow(&sdk.PutRowRequest{PutRowChange: putChange(table, rowKey("a", 1), column{"c", "v"})})
	wantError(t, err, 404, "OTSObjectNotExist", "Requested table does not exist.")
	_, err = client.DescribeTable(&sdk.DescribeTableRequest{TableName: table})
	wantError(t, err, 404, "OTSObjectNotExist", "Requested table does not exist.")
	_, err = client.DeleteTable(&sdk.DeleteTableRequest{TableName: table})
	wantError(t, err, 404, "OTSObjectNotExist", "Requested table does not exist.")
}

func TestUpdateTable(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	r, err := client.UpdateTable(&sdk.UpdateTableRequest{
		TableName:   table,
		TableOption: &sdk.TableOption{TimeToAlive: 90000, MaxVersion: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := client.DescribeTable(&sdk.DescribeTableRequest{TableName: table})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []*sdk.TableOption{r.TableOption, d.TableOption} {
		if o.TimeToAlive != 90000 || o.MaxVersion != 2 {
			t.Errorf("options %+v", o)
		}
	}
}

func TestCreateTableErrors(t *testing.T) {
	client := connect(t)
	existing := newTestTable(t, client, 1)
	tests := []struct {
		name    string
		table   string
		columns string
		option  sdk.TableOption
		status  int
		code    string
		message string
	}{
		{"exists", existing, "p", sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}, 409, "OTSObjectAlreadyExist", "Requested table already exists."},
		{"name", "no-dashes", "p", sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}, 400, "OTSParameterInvalid", "Invalid table name: 'no-dashes'."},
		{"column name", "new_table", "1p", sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}, 400, "OTSParameterInvalid", "Invalid column name: '1p'."},
		{"five key columns", "new_table", "a b c d e", sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}, 400, "OTSParameterInvalid", "[1, 4]"},
		{"a key column twice", "new_table", "a a", sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}, 400, "OTSParameterInvalid", "Duplicated primary key name: 'a'."},
		{"no life time", "new_table", "p", sdk.TableOption{MaxVersion: 1}, 400, "OTSParameterInvalid", "TimeToLive"},
		{"under a day", "new_table", "p", sdk.TableOption{TimeToAlive: 300, MaxVersion: 1}, 400, "OTSParameterInvalid", ""},
		{"no versions", "new_table", "p", sdk.TableOption{TimeToAlive: -1}, 400, "OTSParameterInvalid", "maximum versions"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			meta := &sdk.TableMeta{TableName: test.table}
			for name := range strings.FieldsSeq(test.columns) {
				meta.AddPrimaryKeyColumn(name, sdk.PrimaryKeyType_STRING)
			}
			_, err := client.CreateTable(&sdk.CreateTableRequest{
				TableMeta: meta, TableOption: &test.option, ReservedThroughput: &sdk.ReservedThroughput{},
			})
			wantError(t, err, test.status, test.code, test.message)
		})
	}
}
