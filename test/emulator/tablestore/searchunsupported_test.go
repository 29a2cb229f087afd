package tablestore

import (
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

func TestSearchesThatAreNotEmulatedAreRefused(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	all := &search.MatchAllQuery{}
	missing := search.NewFieldSort("downloads", search.SortOrder_ASC)
	missing.MissingValue = search.FirstWhenMissing
	mean := search.NewFieldSort("sizes", search.SortOrder_ASC)
	mean.Mode = search.SortMode_Avg.Enum()
	weight := search.NewFunctionsScoreQuery().SetQuery(all).AddFunction(search.NewScoreFunction().SetWeight(2))
	sorted := func(s search.Sorter) settings { return settings{query: all, sort: []search.Sorter{s}} }
	grouped := func(g search.GroupBy) settings { return settings{query: all, groups: []search.GroupBy{g}} }
	for name, s := range map[string]settings{
		"nested query":       {query: &search.NestedQuery{Path: "p", Query: all, ScoreMode: search.ScoreMode_Avg}},
		"geographic query":   {query: &search.GeoDistanceQuery{FieldName: "p", CenterPoint: "0,0", DistanceInMeter: 1}},
		"score function":     {query: &search.FunctionScoreQuery{Query: all, FieldValueFactor: &search.FieldValueFactor{FieldName: "downloads"}}},
		"score functions":    {query: weight},
		"in a bool":          {query: &search.BoolQuery{MustQueries: []search.Query{weight}}},
		"range of a text":    {query: between("name", func(q *search.RangeQuery) { q.GT("a") })},
		"distance sort":      sorted(&search.GeoDistanceSort{FieldName: "p", Points: []string{"0,0"}}),
		"document sort":      sorted(&search.DocSort{}),
		"missing value":      sorted(missing),
		"mean of several":    sorted(mean),
		"group by range":     grouped(search.NewGroupByRange("g", "downloads").Range(0, 1)),
		"group by a double":  grouped(search.NewGroupByField("g", "rating")),
		"group in a group":   grouped(search.NewGroupByField("g", "p").SubGroupBy(search.NewGroupByField("h", "p"))),
		"number in a group":  grouped(search.NewGroupByField("g", "p").SubAggregation(search.NewMaxAggregation("m", "downloads"))),
		"sort by sub number": grouped(search.NewGroupByField("g", "p").GroupBySorters([]search.GroupBySorter{&search.SubAggGroupBySort{SubAggName: "m"}})),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.Search(s.request(table))
			wantError(t, err, 400, "OTSParameterInvalid", "not supported by the emulator")
		})
	}
	for name, change := range map[string]func(*sdk.SearchRequest){
		"routing": func(r *sdk.SearchRequest) { r.AddRoutingValue(rowKey("a", 1)) },
		"aggregation": func(r *sdk.SearchRequest) {
			r.SearchQuery = search.NewSearchQuery().SetQuery(all).Aggregation(search.NewMaxAggregation("m", "downloads"))
		},
		"collapse": func(r *sdk.SearchRequest) {
			r.SearchQuery = search.NewSearchQuery().SetQuery(all).SetCollapse(&search.Collapse{FieldName: "p"})
		},
		"highlight": func(r *sdk.SearchRequest) {
			r.SearchQuery = search.NewSearchQuery().SetQuery(all).SetHighlight(search.NewHighlight())
		},
		"filter": func(r *sdk.SearchRequest) {
			r.SearchQuery = search.NewSearchQuery().SetQuery(all).SetSearchFilter(&search.SearchFilter{Query: all})
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := settings{query: all}.request(table)
			change(r)
			_, err := client.Search(r)
			wantError(t, err, 400, "OTSParameterInvalid", "not supported by the emulator")
		})
	}
}

func TestIndexesThatAreNotEmulatedAreRefused(t *testing.T) {
	client := newEmulator(t).client
	table := newTestTable(t, client, 1)
	yes, seconds, source := true, int32(86400), "source"
	name := newField("name", sdk.FieldType_TEXT)
	for what, change := range map[string]func(*sdk.CreateSearchIndexRequest){
		"date":          func(r *sdk.CreateSearchIndexRequest) { name.FieldType = sdk.FieldType_DATE },
		"place":         func(r *sdk.CreateSearchIndexRequest) { name.FieldType = sdk.FieldType_GEO_POINT },
		"nested":        func(r *sdk.CreateSearchIndexRequest) { name.FieldType = sdk.FieldType_NESTED },
		"vector":        func(r *sdk.CreateSearchIndexRequest) { name.FieldType = sdk.FieldType_VECTOR },
		"min_word":      func(r *sdk.CreateSearchIndexRequest) { analyzed(sdk.Analyzer_MinWord)(name) },
		"fuzzy":         func(r *sdk.CreateSearchIndexRequest) { analyzed(sdk.Analyzer_Fuzzy)(name) },
		"virtual field": func(r *sdk.CreateSearchIndexRequest) { name.IsVirtualField = &yes },
		"highlighting":  func(r *sdk.CreateSearchIndexRequest) { name.EnableHighlighting = &yes },
		"routing": func(r *sdk.CreateSearchIndexRequest) {
			r.IndexSchema.IndexSetting = &sdk.IndexSetting{RoutingFields: []string{"p"}}
		},
		"sort by field": func(r *sdk.CreateSearchIndexRequest) {
			r.IndexSchema.IndexSort = &search.Sort{Sorters: []search.Sorter{asc("name")}}
		},
		"time to live": func(r *sdk.CreateSearchIndexRequest) { r.TimeToLive = &seconds },
		"source":       func(r *sdk.CreateSearchIndexRequest) { r.SourceIndexName = &source },
	} {
		t.Run(what, func(t *testing.T) {
			*name = *newField("name", sdk.FieldType_TEXT)
			r := indexRequest(table, name)
			change(r)
			_, err := client.CreateSearchIndex(r)
			wantError(t, err, 400, "OTSParameterInvalid", "not supported by the emulator")
		})
	}
	_, err := client.UpdateSearchIndex(&sdk.UpdateSearchIndexRequest{TableName: table, IndexName: testIndex})
	wantError(t, err, 400, "OTSParameterInvalid", "Unsupported operation: 'UpdateSearchIndex'.")
}

func TestIndexesThatAreWrongAreRefused(t *testing.T) {
	client := newEmulator(t).client
	table := newTestTable(t, client, 1)
	yes := true
	many := make([]*sdk.FieldSchema, maxIndexFields+1)
	for i := range many {
		many[i] = newField("f", sdk.FieldType_LONG)
	}
	for name, fields := range map[string][]*sdk.FieldSchema{
		"The number of fields":                     many,
		"must be in range: [1, 1000], got 0":       {},
		"Invalid or duplicated field name: 'f'":    many[:2],
		"Invalid or duplicated field name: 'a-b'":  {newField("a-b", sdk.FieldType_LONG)},
		"of type KEYWORD can't have an analyzer":   {newField("k", sdk.FieldType_KEYWORD, analyzed(sdk.Analyzer_SingleWord))},
		"does not support sorting and aggregation": {newField("k", sdk.FieldType_TEXT, func(f *sdk.FieldSchema) { f.EnableSortAndAgg = &yes })},
	} {
		_, err := client.CreateSearchIndex(indexRequest(table, fields...))
		wantError(t, err, 400, "OTSParameterInvalid", name)
	}
	r := indexRequest(table, newField("k", sdk.FieldType_LONG))
	r.IndexName = "an index"
	_, err := client.CreateSearchIndex(r)
	wantError(t, err, 400, "OTSParameterInvalid", "Invalid search index name: 'an index'.")
}
