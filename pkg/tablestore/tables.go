package tablestore

import (
	"context"
	"errors"
	"fmt"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// The tables.
const (
	packagesTable   = "packages"
	uploadsTable    = "uploads"
	identitiesTable = "identities"
	noncesTable     = "nonces"

	organizationsTable = "organizations"
	auditTable         = "audit"
	downloadsTable     = "downloads"
)

// Time to live of a table's rows, in seconds; a day is the shortest there is.
const (
	forever = -1
	oneDay  = 24 * 60 * 60
)

type table struct {
	name string
	key  []column
	ttl  int
}

// column is one of a primary key.
type column struct {
	name string
	typ  sdk.PrimaryKeyType
}

func text(name string) column { return column{name, sdk.PrimaryKeyType_STRING} }

func tables() []table {
	return []table{
		{packagesTable, []column{text("package"), text("item")}, forever},
		{uploadsTable, []column{text("id")}, oneDay},
		{identitiesTable, []column{text("id")}, forever},
		{noncesTable, []column{text("id")}, oneDay},
		{organizationsTable, []column{text("id")}, forever},
		{auditTable, []column{text("subject"), {"seq", sdk.PrimaryKeyType_INTEGER}}, forever},
		{downloadsTable, []column{text("package"), {"shard", sdk.PrimaryKeyType_INTEGER}}, forever},
	}
}

// CreateTables makes the tables and indexes that are not there yet and returns
// what they are.
func (c *Client) CreateTables(ctx context.Context) ([]string, error) {
	var made []string
	for _, t := range tables() {
		_, err := call(ctx, c.sdk.CreateTable, t.request())
		if err := created(err, "table "+t.name, &made); err != nil {
			return made, err
		}
	}
	for _, i := range indexes() {
		_, err := call(ctx, c.sdk.CreateSearchIndex, i.request())
		if err := created(err, "search index "+i.name, &made); err != nil {
			return made, err
		}
	}
	return made, nil
}

// created adds to made what has been created, unless it was there.
func created(err error, what string, made *[]string) error {
	if ots, ok := errors.AsType[*sdk.OtsError](err); ok && ots.Code == objectAlreadyExist {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create %s: %w", what, err)
	}
	*made = append(*made, what)
	return nil
}

func (t table) request() *sdk.CreateTableRequest {
	meta := &sdk.TableMeta{TableName: t.name}
	for _, c := range t.key {
		meta.AddPrimaryKeyColumn(c.name, c.typ)
	}
	return &sdk.CreateTableRequest{
		TableMeta:          meta,
		TableOption:        sdk.NewTableOption(t.ttl, 1),
		ReservedThroughput: &sdk.ReservedThroughput{},
	}
}
