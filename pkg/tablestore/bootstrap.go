package tablestore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// Change makes one change of what an administrator sets up, or only takes notice
// of it; what says it, as in "create table packages".
type Change = func(what string, do func() error) error

// Bootstrap makes the tables and indexes that are missing, and mends those that
// are not as they must be, each by change. What can't be mended without losing
// rows is an error that says what to do.
func (c *Client) Bootstrap(ctx context.Context, change Change) error {
	var wrong []error
	for _, t := range tables() {
		created, err := c.bootstrapTable(ctx, t, change)
		if err == nil && t.name == packagesTable && !created {
			err = c.reindex(ctx, change)
		}
		if err == nil && t.name == membersTable && !created {
			err = c.relist(ctx, change)
		}
		if fatal(err) {
			return err
		}
		wrong = append(wrong, err)
	}
	for _, i := range indexes() {
		err := c.bootstrapIndex(ctx, i, change)
		if fatal(err) {
			return err
		}
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

// mismatch is what an administrator has to mend.
type mismatch string

func (m mismatch) Error() string { return string(m) }

// fatal tells whether the service failed: then nothing else is tried.
func fatal(err error) bool {
	_, ok := errors.AsType[mismatch](err)
	return err != nil && !ok
}

func (c *Client) bootstrapTable(ctx context.Context, t table, change Change) (created bool, err error) {
	is, err := call(ctx, c.sdk.DescribeTable, &sdk.DescribeTableRequest{TableName: t.name})
	if missingObject(err) {
		return true, change("create table "+t.name, func() error { return create(ctx, c.sdk.CreateTable, t.request()) })
	}
	if err != nil {
		return false, fmt.Errorf("describe table %s: %w", t.name, err)
	}
	if got, want := describeKey(is.TableMeta), describeKey(t.request().TableMeta); got != want {
		return false, mismatch(fmt.Sprintf("table %s has the key (%s), and the registry needs (%s): it is another program's, or an older registry's. Use another instance (TABLESTORE_INSTANCE); or, if you can do without its rows, delete the table and run bootstrap again", t.name, got, want))
	}
	want := t.option()
	if is.TableOption.TimeToAlive == want.TimeToAlive && is.TableOption.MaxVersion == want.MaxVersion {
		return false, nil
	}
	what := fmt.Sprintf("set table %s to a time to live of %d s and %d version (it had %d s and %d)",
		t.name, want.TimeToAlive, want.MaxVersion, is.TableOption.TimeToAlive, is.TableOption.MaxVersion)
	return false, change(what, func() error {
		_, err := call(ctx, c.sdk.UpdateTable, &sdk.UpdateTableRequest{TableName: t.name, TableOption: want})
		return err
	})
}

// create makes what is missing; that another made it meanwhile is no error.
func create[Request interface{ SetTraceID(string) }, Response any](ctx context.Context, do func(Request) (Response, error), request Request) error {
	_, err := call(ctx, do, request)
	if ots, ok := errors.AsType[*sdk.OtsError](err); ok && ots.Code == objectAlreadyExist {
		return nil
	}
	return err
}

func missingObject(err error) bool {
	ots, ok := errors.AsType[*sdk.OtsError](err)
	return ok && ots.Code == objectNotExist
}

// describeKey writes a primary key as "package STRING, item STRING".
func describeKey(m *sdk.TableMeta) string {
	var columns []string
	for _, c := range m.SchemaEntry {
		name := map[sdk.PrimaryKeyType]string{
			sdk.PrimaryKeyType_STRING: "STRING", sdk.PrimaryKeyType_INTEGER: "INTEGER", sdk.PrimaryKeyType_BINARY: "BINARY",
		}[*c.Type]
		if c.Option != nil {
			name += " AUTO_INCREMENT"
		}
		columns = append(columns, *c.Name+" "+name)
	}
	return strings.Join(columns, ", ")
}

func (c *Client) bootstrapIndex(ctx context.Context, i index, change Change) error {
	list, err := call(ctx, c.sdk.ListSearchIndex, &sdk.ListSearchIndexRequest{TableName: i.table})
	if err != nil && !missingObject(err) { // the table is not there yet when nothing is to be changed
		return fmt.Errorf("list search indexes of table %s: %w", i.table, err)
	}
	if err != nil || !slices.ContainsFunc(list.IndexInfo, func(of *sdk.IndexInfo) bool { return of.IndexName == i.name }) {
		return change("create search index "+i.name+" of table "+i.table, func() error {
			return create(ctx, c.sdk.CreateSearchIndex, i.request())
		})
	}
	no := false
	is, err := call(ctx, c.sdk.DescribeSearchIndex, &sdk.DescribeSearchIndexRequest{TableName: i.table, IndexName: i.name, IncludeSyncStat: &no})
	if err != nil {
		return fmt.Errorf("describe search index %s of table %s: %w", i.name, i.table, err)
	}
	if wrong := i.differences(is.Schema.FieldSchemas); len(wrong) > 0 {
		return mismatch(fmt.Sprintf("search index %s of table %s is not what the registry needs (%s). An index can't be changed: delete it, in the console of Tablestore, and run bootstrap again; lists and searches stay empty until it is built",
			i.name, i.table, strings.Join(wrong, ", ")))
	}
	return nil
}

// differences says which fields an index lacks, or has otherwise. Those that it
// has besides do no harm.
func (i index) differences(has []*sdk.FieldSchema) []string {
	var wrong []string
	for _, want := range i.fields {
		n := slices.IndexFunc(has, func(f *sdk.FieldSchema) bool { return *f.FieldName == *want.FieldName })
		switch {
		case n < 0:
			wrong = append(wrong, "field "+*want.FieldName+" is missing")
		case describeField(has[n]) != describeField(want):
			wrong = append(wrong, fmt.Sprintf("field %s is %s, not %s", *want.FieldName, describeField(has[n]), describeField(want)))
		}
	}
	return wrong
}

// describeField says how a field is found.
func describeField(f *sdk.FieldSchema) string {
	name := f.FieldType.String()
	for _, property := range []struct {
		name string
		has  *bool
	}{{"array", f.IsArray}, {"sortable", f.EnableSortAndAgg}} {
		if property.has != nil && *property.has {
			name += " " + property.name
		}
	}
	if f.Analyzer != nil {
		name += " " + string(*f.Analyzer)
	}
	if f.Index != nil && !*f.Index {
		name += " not indexed"
	}
	return name
}
