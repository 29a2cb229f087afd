package tablestore

import (
	"testing"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
	"github.com/golang/protobuf/proto"
)

// FuzzSearch feeds a Search whatever there is: it must answer or refuse, not
// crash, and a page by the token that it answers must do the same.
func FuzzSearch(f *testing.F) {
	e := newEmulator(f)
	table := newIndexedTable(f, e.client, packageFields()...)
	putPackages(f, e.client, table)
	for _, s := range []settings{
		{query: &search.MatchAllQuery{}, limit: 1},
		{query: textMatch("about", "函数 web", true), sort: []search.Sorter{search.NewScoreSort(), desc("downloads"), keysDescending()}, limit: 1},
		{query: &search.MatchPhraseQuery{FieldName: "name", Text: "http server"}, sort: []search.Sorter{search.NewScoreSort()}},
		{query: &search.WildcardQuery{FieldName: "name", Value: "*e?"}, sort: []search.Sorter{asc("category")}, limit: 1},
		{query: between("downloads", func(q *search.RangeQuery) { q.GT(int64(1)) }), groups: []search.GroupBy{search.NewGroupByField("g", "tags")}},
		{query: &search.BoolQuery{
			MustQueries: []search.Query{terms("tags", "go")}, MustNotQueries: []search.Query{term("official", true)},
			ShouldQueries: []search.Query{&search.PrefixQuery{FieldName: "p", Prefix: "b"}, &search.ExistsQuery{FieldName: "rating"}},
		}, sort: []search.Sorter{search.NewScoreSort()}},
		{query: nested(5), token: []byte(`{"Sort":"","After":{"Values":[],"Key":"YQ=="}}`)},
	} {
		r, err := s.request(table).ProtoBuffer()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(r.SearchQuery)
	}
	f.Fuzz(func(t *testing.T, query []byte) {
		r := &pb.SearchRequest{
			TableName: &table, IndexName: proto.String(testIndex), SearchQuery: query,
			ColumnsToGet: &pb.ColumnsToGet{ReturnType: pb.ColumnReturnType_RETURN_ALL_FROM_INDEX.Enum()},
		}
		answer, err := e.search(&usage{}, r)
		if err != nil {
			if wireError(err) == nil {
				t.Fatalf("not refused, but failed: %v", err)
			}
			return
		}
		token := answer.(*pb.SearchResponse).NextToken
		if token == nil {
			return
		}
		var q pb.SearchQuery
		if err := proto.Unmarshal(query, &q); err != nil {
			t.Fatal(err)
		}
		q.Token, q.Sort, q.Offset = token, nil, nil
		if r.SearchQuery, err = proto.Marshal(&q); err != nil {
			t.Fatal(err)
		}
		if _, err := e.search(&usage{}, r); err != nil {
			t.Errorf("the next page is refused: %v", err)
		}
	})
}
