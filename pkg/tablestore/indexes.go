package tablestore

import sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

// packagesIndex is the one search index: each costs what it reserves, used or not.
const packagesIndex = "packages"

type index struct {
	table, name string
	fields      []*sdk.FieldSchema
}

func indexes() []index {
	return []index{
		{packagesTable, packagesIndex, []*sdk.FieldSchema{
			keyword("package"), prose("Name", sdk.Analyzer_SingleWord),
			prose(colDescription, sdk.Analyzer_MaxWord), prose(colWords, sdk.Analyzer_MaxWord),
			array(colReaders), array(colLabels), keyword(colCategory), array(colProviders),
			number("PublishTime"), number(colDownloads),
		}},
	}
}

func (i index) request() *sdk.CreateSearchIndexRequest {
	return &sdk.CreateSearchIndexRequest{
		TableName: i.table, IndexName: i.name, IndexSchema: &sdk.IndexSchema{FieldSchemas: i.fields},
	}
}

func field(name string, t sdk.FieldType) *sdk.FieldSchema {
	yes := true
	return &sdk.FieldSchema{FieldName: &name, FieldType: t, Index: &yes}
}

// keyword is found as a whole.
func keyword(name string) *sdk.FieldSchema {
	f := field(name, sdk.FieldType_KEYWORD)
	yes := true
	f.EnableSortAndAgg, f.Store = &yes, &yes
	return f
}

// array holds keywords, as a JSON array.
func array(name string) *sdk.FieldSchema {
	f := keyword(name)
	yes := true
	f.IsArray = &yes
	return f
}

func number(name string) *sdk.FieldSchema {
	f := field(name, sdk.FieldType_LONG)
	yes := true
	f.EnableSortAndAgg = &yes
	return f
}

// prose is found by its words.
func prose(name string, analyzer sdk.Analyzer) *sdk.FieldSchema {
	f := field(name, sdk.FieldType_TEXT)
	f.Analyzer = &analyzer
	return f
}
