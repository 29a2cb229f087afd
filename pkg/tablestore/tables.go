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
	}
}

// CreateTables makes the tables that are not there yet and returns their names.
func (c *Client) CreateTables(ctx context.Context) ([]string, error) {
	var made []string
	for _, t := range tables() {
		_, err := call(ctx, c.sdk.CreateTable, t.request())
		if ots, ok := errors.AsType[*sdk.OtsError](err); ok && ots.Code == objectAlreadyExist {
			continue
		}
		if err != nil {
			return made, fmt.Errorf("create table %s: %w", t.name, err)
		}
		made = append(made, t.name)
	}
	return made, nil
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
