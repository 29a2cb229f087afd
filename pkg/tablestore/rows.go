package tablestore

import (
	"context"
	"errors"
	"math"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// columns are a row's attribute columns by name: string, int64, bool values.
type columns map[string]any

func toColumns(cells []*sdk.AttributeColumn) columns {
	c := make(columns, len(cells))
	for _, cell := range cells {
		c[cell.ColumnName] = cell.Value
	}
	return c
}

func (c columns) text(name string) string {
	s, _ := c[name].(string)
	return s
}

func (c columns) number(name string) int64 {
	n, _ := c[name].(int64)
	return n
}

func (c columns) flag(name string) bool {
	b, _ := c[name].(bool)
	return b
}

// set adds a text unless it is empty: an absent column reads as "".
func (c columns) set(name, text string) {
	if text != "" {
		c[name] = text
	}
}

// key makes the primary key of a table with the key column "id".
func key(id string) *sdk.PrimaryKey {
	k := new(sdk.PrimaryKey)
	k.AddPrimaryKeyColumn("id", id)
	return k
}

// get reads one row, all columns when none are named. ok tells whether there is one.
func (c *Client) get(ctx context.Context, table string, key *sdk.PrimaryKey, names ...string) (row columns, ok bool, err error) {
	response, err := call(ctx, c.sdk.GetRow, &sdk.GetRowRequest{SingleRowQueryCriteria: &sdk.SingleRowQueryCriteria{
		TableName: table, PrimaryKey: key, ColumnsToGet: names, MaxVersion: 1,
	}})
	if err != nil || len(response.PrimaryKey.PrimaryKeys) == 0 {
		return nil, false, err
	}
	return toColumns(response.Columns), true, nil
}

// getAll reads rows, at most maxBatch, in one call. They come in the order of
// their keys, nil for those that are not there.
func (c *Client) getAll(ctx context.Context, table string, keys []*sdk.PrimaryKey, names []string) ([]columns, error) {
	rows, err := c.batch(ctx, &sdk.MultiRowQueryCriteria{TableName: table, MaxVersion: 1, ColumnsToGet: names, PrimaryKey: keys})
	return rows[table], err
}

// getTables is getAll of several tables, with all columns.
func (c *Client) getTables(ctx context.Context, keys map[string][]*sdk.PrimaryKey) (map[string][]columns, error) {
	var criteria []*sdk.MultiRowQueryCriteria
	for table, keys := range keys {
		criteria = append(criteria, &sdk.MultiRowQueryCriteria{TableName: table, MaxVersion: 1, PrimaryKey: keys})
	}
	return c.batch(ctx, criteria...)
}

func (c *Client) batch(ctx context.Context, criteria ...*sdk.MultiRowQueryCriteria) (map[string][]columns, error) {
	response, err := call(ctx, c.sdk.BatchGetRow, &sdk.BatchGetRowRequest{MultiRowQueryCriteria: criteria})
	if err != nil {
		return nil, err
	}
	rows := make(map[string][]columns)
	for _, asked := range criteria {
		list := make([]columns, len(asked.PrimaryKey))
		for _, result := range response.TableToRowsResult[asked.TableName] {
			if !result.IsSucceed {
				err = errors.Join(err, coded(&sdk.OtsError{Code: result.Error.Code, Message: result.Error.Message}))
			}
			if len(result.PrimaryKey.PrimaryKeys) > 0 {
				list[result.Index] = toColumns(result.Columns)
			}
		}
		rows[asked.TableName] = list
	}
	return rows, err
}

// put replaces one row, if the conditions hold. only may be nil.
func (c *Client) put(ctx context.Context, table string, key *sdk.PrimaryKey, row columns, expect sdk.RowExistenceExpectation, only sdk.ColumnFilter) error {
	change := &sdk.PutRowChange{TableName: table, PrimaryKey: key}
	for name, value := range row {
		change.AddColumn(name, value)
	}
	change.SetCondition(expect)
	if only != nil {
		change.SetColumnCondition(only)
	}
	_, err := call(ctx, c.sdk.PutRow, &sdk.PutRowRequest{PutRowChange: change})
	return err
}

// update sets columns of an existing row and deletes others, if only holds.
func (c *Client) update(ctx context.Context, table string, key *sdk.PrimaryKey, row columns, drop []string, only sdk.ColumnFilter) error {
	change := &sdk.UpdateRowChange{TableName: table, PrimaryKey: key}
	for name, value := range row {
		change.PutColumn(name, value)
	}
	for _, name := range drop {
		change.DeleteColumn(name)
	}
	change.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
	if only != nil {
		change.SetColumnCondition(only)
	}
	_, err := call(ctx, c.sdk.UpdateRow, &sdk.UpdateRowRequest{UpdateRowChange: change})
	return err
}

// remove deletes a row, if there is one.
func (c *Client) remove(ctx context.Context, table string, key *sdk.PrimaryKey) error {
	change := &sdk.DeleteRowChange{TableName: table, PrimaryKey: key}
	change.SetCondition(sdk.RowExistenceExpectation_IGNORE)
	_, err := call(ctx, c.sdk.DeleteRow, &sdk.DeleteRowRequest{DeleteRowChange: change})
	return err
}

// scan is a range of rows, read backwards unless forward is set: from
// inclusive, to exclusive.
type scan struct {
	table    string
	from, to *sdk.PrimaryKey
	names    []string
	filter   sdk.ColumnFilter
	forward  bool
}

// page reads at least one and at most limit rows, and tells where the next page
// starts: nil at the end of the range.
func (c *Client) page(ctx context.Context, s scan, limit int) ([]columns, *sdk.PrimaryKey, error) {
	direction := sdk.BACKWARD
	if s.forward {
		direction = sdk.FORWARD
	}
	response, err := call(ctx, c.sdk.GetRange, &sdk.GetRangeRequest{RangeRowQueryCriteria: &sdk.RangeRowQueryCriteria{
		TableName: s.table, StartPrimaryKey: s.from, EndPrimaryKey: s.to, ColumnsToGet: s.names, MaxVersion: 1,
		Filter: s.filter, Direction: direction, Limit: int32(min(limit, math.MaxInt32)),
	}})
	if err != nil {
		return nil, nil, err
	}
	rows := make([]columns, len(response.Rows))
	for i, row := range response.Rows {
		rows[i] = toColumns(row.Columns)
	}
	return rows, response.NextStartPrimaryKey, nil
}

// rows reads up to limit rows, in as many pages as the service makes of them,
// and tells where the range goes on.
func (c *Client) rows(ctx context.Context, s scan, limit int) ([]columns, *sdk.PrimaryKey, error) {
	var all []columns
	for s.from != nil && len(all) < limit {
		rows, next, err := c.page(ctx, s, limit-len(all))
		if err != nil {
			return nil, nil, err
		}
		all, s.from = append(all, rows...), next
	}
	return all, s.from, nil
}

// equals is a condition, or filter, on a column's newest value; it fails where
// the column is absent.
func equals(name string, value any) sdk.ColumnFilter { return compare(name, sdk.CT_EQUAL, value) }

func compare(name string, comparator sdk.ComparatorType, value any) sdk.ColumnFilter {
	c := sdk.NewSingleColumnCondition(name, comparator, value)
	c.FilterIfMissing = true
	c.LatestVersionOnly = true
	return c
}
