package tablestore

import (
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// What the real service can do and the emulator can't is refused, never
// ignored.
func TestWhatIsNotEmulatedIsRefused(t *testing.T) {
	client := newEmulator(t).client
	table := newTestTable(t, client, 1)
	transaction := "transaction"
	create := func(change func(*sdk.CreateTableRequest)) error {
		r := &sdk.CreateTableRequest{
			TableMeta:          &sdk.TableMeta{TableName: "new_table"},
			TableOption:        &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1},
			ReservedThroughput: &sdk.ReservedThroughput{},
		}
		r.TableMeta.AddPrimaryKeyColumn("p", sdk.PrimaryKeyType_STRING)
		change(r)
		_, err := client.CreateTable(r)
		return err
	}
	read := func(change func(*sdk.SingleRowQueryCriteria)) error {
		c := criteria(table, rowKey("a", 1))
		change(c)
		_, err := client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: c})
		return err
	}
	write := func() error {
		change := putChange(table, rowKey("a", 1), column{"c", "v"})
		change.TransactionId = &transaction
		_, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
		return err
	}
	ranged := func() error {
		c := everything(table, sdk.FORWARD)
		c.ReturnSpecifiedPkOnly = true
		_, err := client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: c})
		return err
	}
	rule := sdk.NewValueTransferRule("(.*)", sdk.Variant_STRING)
	for name, err := range map[string]error{
		"index": create(func(r *sdk.CreateTableRequest) { r.AddIndexMeta(&sdk.IndexMeta{IndexName: "i"}) }),
		"stream": create(func(r *sdk.CreateTableRequest) {
			r.StreamSpec = &sdk.StreamSpecification{EnableStream: true, ExpirationTime: 24}
		}),
		"key that counts": create(func(r *sdk.CreateTableRequest) {
			r.TableMeta.AddPrimaryKeyColumnOption("n", sdk.PrimaryKeyType_INTEGER, sdk.AUTO_INCREMENT)
		}),
		"column pagination": read(func(c *sdk.SingleRowQueryCriteria) { c.Filter = &sdk.PaginationFilter{Limit: 1} }),
		"regular expression": read(func(c *sdk.SingleRowQueryCriteria) {
			c.Filter = sdk.NewSingleColumnValueRegexFilter("c", sdk.CT_EQUAL, rule, "v")
		}),
		"transaction, reading": read(func(c *sdk.SingleRowQueryCriteria) { c.TransactionId = &transaction }),
		"transaction, writing": write(),
		"part of the key":      ranged(),
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, err, 400, "OTSParameterInvalid", "not supported by the emulator")
		})
	}
	_, err := client.StartLocalTransaction(&sdk.StartLocalTransactionRequest{TableName: table, PrimaryKey: rowKey("a", 1)})
	wantError(t, err, 400, "OTSParameterInvalid", "Unsupported operation: 'StartLocalTransaction'.")
}
