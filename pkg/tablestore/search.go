package tablestore

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Index = (*Client)(nil)

// Find implements registry.Index: one call, which reads the index alone.
func (c *Client) Find(ctx context.Context, s registry.Search, readers []string) ([]string, int, error) {
	if len(readers) == 0 || s.Limit <= 0 || s.Skip+s.Limit > registry.MaxDepth {
		return nil, 0, nil
	}
	query := search.NewSearchQuery().SetQuery(question(s, readers)).SetSort(order(s)).
		SetOffset(int32(s.Skip)).SetLimit(int32(s.Limit)).SetGetTotalCount(true)
	response, err := c.search(ctx, query)
	if err != nil {
		return nil, 0, err
	}
	return keysOf(response), int(min(response.TotalCount, math.MaxInt32)), nil
}

// search asks the index, which reads itself alone.
func (c *Client) search(ctx context.Context, query search.SearchQuery) (*sdk.SearchResponse, error) {
	response, err := call(ctx, c.sdk.Search, &sdk.SearchRequest{
		TableName: packagesTable, IndexName: packagesIndex, SearchQuery: query, ColumnsToGet: &sdk.ColumnsToGet{},
	})
	if err == nil && !response.IsAllSuccess {
		return nil, busy(errors.New("the index answered in part"))
	}
	return response, err
}

// keysOf returns the first primary key column of the rows found.
func keysOf(response *sdk.SearchResponse) []string {
	var keys []string
	for _, row := range response.Rows {
		key, _ := row.PrimaryKey.PrimaryKeys[0].Value.(string)
		keys = append(keys, key)
	}
	return keys
}

// question is the query of a search: filters decide, the text gives the score.
func question(s registry.Search, readers []string) search.Query {
	q := &search.BoolQuery{FilterQueries: []search.Query{anyOf(colReaders, readers...)}}
	for kind, value := range map[string]string{
		"type": string(s.Type), "category": s.Category, "tag": s.Tag, "provider": s.Provider,
		"owner": s.Owner, "organization": s.Organization,
	} {
		if value != "" {
			q.FilterQueries = append(q.FilterQueries, &search.TermQuery{FieldName: colLabels, Term: label(kind, value)})
		}
	}
	if s.Text != "" {
		q.MustQueries = []search.Query{matches(s.Text)}
	}
	return q
}

// How much it counts where a text is found, so that a better place counts more
// than all that are worse: an exact name is in the other places too, and what is
// in any place is among the words. Among equal ones it is the downloads that
// decide, and not how often a readme repeats itself.
const (
	exactName     = 4
	beginOfName   = 5
	inName        = 5
	inDescription = 2
	inTags        = 1
	inWords       = 1
)

// matches asks for all words of a text, or the beginning of a name.
func matches(text string) search.Query {
	name := registry.Key(text)
	one := int32(1)
	return &search.BoolQuery{MinimumShouldMatch: &one, ShouldQueries: slices.Concat(
		times(exactName, &search.TermQuery{FieldName: "package", Term: name}),
		times(beginOfName, &search.PrefixQuery{FieldName: "package", Prefix: name}),
		times(inName, match("Name", text)),
		times(inDescription, match(colDescription, text)),
		times(inTags, tagged(text)),
		times(inWords, match(colWords, text)),
	)}
}

// tagged asks for a text that is a tag, or whose words all are.
func tagged(text string) search.Query {
	every := &search.BoolQuery{}
	for _, word := range strings.Fields(text) {
		every.MustQueries = append(every.MustQueries, anyOf(colLabels, label("tag", word)))
	}
	one := int32(1)
	return &search.BoolQuery{MinimumShouldMatch: &one, ShouldQueries: []search.Query{anyOf(colLabels, label("tag", text)), every}}
}

// times makes a query count so often, whatever its own score: it has no weight,
// but one that stands there twice counts twice.
func times(n int, q search.Query) []search.Query {
	return slices.Repeat([]search.Query{&search.ConstScoreQuery{Filter: q}}, n)
}

func match(field, text string) search.Query {
	return &search.MatchQuery{FieldName: field, Text: text, Operator: search.QueryOperator_AND.Enum()}
}

func anyOf(field string, terms ...string) search.Query {
	q := &search.TermsQuery{FieldName: field}
	for _, term := range terms {
		q.Terms = append(q.Terms, term)
	}
	return q
}

// order is by what was asked, then by downloads, then by name.
func order(s registry.Search) *search.Sort {
	var sorters []search.Sorter
	switch {
	case s.Sort == registry.ByTime:
		sorters = append(sorters, search.NewFieldSort("PublishTime", search.SortOrder_DESC))
	case s.Sort == registry.ByRelevance && s.Text != "":
		sorters = append(sorters, search.NewScoreSort())
	}
	sorters = append(sorters, search.NewFieldSort(colDownloads, search.SortOrder_DESC), search.NewPrimaryKeySort())
	return &search.Sort{Sorters: sorters}
}

// maxValues is how many values of a facet are counted.
const maxValues = 200

// Count implements registry.Index.
func (c *Client) Count(ctx context.Context, f registry.Facet, readers []string) ([]registry.Counted, error) {
	field := colCategory
	if f == registry.Providers {
		field = colProviders
	}
	if len(readers) == 0 {
		return nil, nil
	}
	query := search.NewSearchQuery().SetQuery(anyOf(colReaders, readers...)).SetLimit(0).
		GroupBy(search.NewGroupByField(field, field).Size(maxValues))
	response, err := c.search(ctx, query)
	if err != nil {
		return nil, err
	}
	groups, err := response.GroupByResults.GroupByField(field)
	if err != nil {
		return nil, err
	}
	counted := make([]registry.Counted, len(groups.Items))
	for i, g := range groups.Items {
		counted[i] = registry.Counted{Value: g.Key, Count: int(min(g.RowCount, math.MaxInt32))}
	}
	return counted, nil
}
