package tablestore

import sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

// The tables.
const (
	packagesTable   = "packages"
	uploadsTable    = "uploads"
	attemptsTable   = "attempts"
	identitiesTable = "identities"
	noncesTable     = "nonces"

	organizationsTable = "organizations"
	membersTable       = "members"
	auditTable         = "audit"
	downloadsTable     = "downloads"

	upstreamTable   = "upstream"
	originsTable    = "origins"
	reservedTable   = "reserved"
	pinsTable       = "pins"
	fetchesTable    = "fetches"
	webhooksTable   = "webhooks"
	outboxTable     = "outbox"
	deliveriesTable = "deliveries"
)

// Time to live of a table's rows, in seconds; a day is the shortest there is.
const (
	forever = -1
	oneDay  = 24 * 60 * 60
	aMonth  = 30 * oneDay
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
		{attemptsTable, []column{text("user"), text("item")}, aMonth},
		{identitiesTable, []column{text("id")}, forever},
		{noncesTable, []column{text("id")}, oneDay},
		{organizationsTable, []column{text("id")}, forever},
		{membersTable, []column{text("user"), text("organization")}, forever},
		{auditTable, []column{text("subject"), {"seq", sdk.PrimaryKeyType_INTEGER}}, forever},
		{downloadsTable, []column{text("package"), {"shard", sdk.PrimaryKeyType_INTEGER}}, forever},
		{upstreamTable, []column{text("package"), text("item")}, aMonth},
		{originsTable, []column{text("id")}, forever},
		{reservedTable, []column{text("id")}, forever},
		{pinsTable, []column{text("package"), text("version")}, forever},
		{fetchesTable, []column{text("package"), text("version")}, oneDay},
		{webhooksTable, []column{text("id")}, forever},
		{outboxTable, []column{text("webhook"), text("subject"), {"seq", sdk.PrimaryKeyType_INTEGER}}, forever},
		{deliveriesTable, []column{text("webhook"), text("id")}, aMonth},
	}
}

func (t table) request() *sdk.CreateTableRequest {
	meta := &sdk.TableMeta{TableName: t.name}
	for _, c := range t.key {
		meta.AddPrimaryKeyColumn(c.name, c.typ)
	}
	return &sdk.CreateTableRequest{
		TableMeta:          meta,
		TableOption:        t.option(),
		ReservedThroughput: &sdk.ReservedThroughput{},
	}
}

// option keeps one version of each column, which a search index asks for.
func (t table) option() *sdk.TableOption { return sdk.NewTableOption(t.ttl, 1) }
