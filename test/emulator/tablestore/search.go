package tablestore

import (
	"math"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
	"go.etcd.io/bbolt"

	"github.com/fc-registry/fc-registry/test/emulator/tablestore/searchindex"
)

// Limits of the vendor's page "Search index limits".
const (
	defaultLimit    = 10
	maxLimit        = 100
	maxLimitIndexed = 1000 // when only the index is read
	maxOffsetLimit  = 100000
)

// noTotal is the number of rows found when it is not asked for; the vendor does
// not document it.
const noTotal = -1

// searchRequest is a checked Search.
type searchRequest struct {
	searchindex.Search
	sort      *pb.Sort
	groupBys  []groupBy
	total     bool
	selection *selection
	fromTable bool // what is selected is read from the table, not the index
}

func (s *Service) search(u *usage, r *pb.SearchRequest) (proto.Message, error) {
	t, x, err := s.findIndex(r.GetTableName(), r.GetIndexName())
	if err != nil {
		return nil, err
	}
	request, err := x.parseSearch(t, r)
	if err != nil {
		return nil, err
	}
	found := x.search(request.Search, s.clock())
	rows, cost, err := s.foundRows(x, request, found.Hits)
	if err != nil {
		return nil, err
	}
	u.add(x.table, cost)
	return request.response(found, rows, cost)
}

func (x *index) parseSearch(t *table, r *pb.SearchRequest) (*searchRequest, error) {
	var q pb.SearchQuery
	if err := proto.Unmarshal(r.GetSearchQuery(), &q); err != nil {
		return nil, invalid("Cannot parse the search query: %v.", err)
	}
	if err := checkSearch(r, &q); err != nil {
		return nil, err
	}
	request := &searchRequest{sort: q.GetSort(), total: q.GetGetTotalCount()}
	if err := request.setPage(x, &q); err != nil {
		return nil, err
	}
	if err := request.setColumns(t, x, r.GetColumnsToGet()); err != nil {
		return nil, err
	}
	var err error
	if request.Query, err = x.parseQuery(q.GetQuery()); err != nil {
		return nil, err
	}
	request.groupBys, err = x.parseGroupBys(q.GetGroupBys())
	for _, g := range request.groupBys {
		request.Groups = append(request.Groups, g.field.place)
	}
	return request, err
}

func checkSearch(r *pb.SearchRequest, q *pb.SearchQuery) error {
	switch {
	case len(r.GetRoutingValues()) > 0:
		return notEmulated("routing value of a search")
	case q.Collapse != nil:
		return notEmulated("collapse")
	case q.Highlight != nil:
		return notEmulated("highlight")
	case q.Filter != nil:
		return notEmulated("filter after a query")
	case len(q.GetAggs().GetAggs()) > 0:
		return notEmulated("aggregation")
	}
	return nil
}

// setPage reads where the page begins, and how it is sorted.
func (r *searchRequest) setPage(x *index, q *pb.SearchQuery) (err error) {
	r.Offset, r.Limit = int(q.GetOffset()), defaultLimit
	if q.Limit != nil {
		r.Limit = int(q.GetLimit())
	}
	switch token := len(q.GetToken()) > 0; {
	case r.Offset < 0 || r.Limit < 0:
		return invalid("Offset and limit must not be negative, got %d and %d.", r.Offset, r.Limit)
	case r.Offset+r.Limit > maxOffsetLimit:
		return invalid("offset + limit must not be greater than %d, got %d.", maxOffsetLimit, r.Offset+r.Limit)
	case token && (r.Offset > 0 || len(r.sort.GetSorter()) > 0):
		return invalid("A token carries position and sort: offset and sort can't be given with it.")
	case token:
		if r.sort, r.After, err = x.parseToken(q.GetToken()); err != nil {
			return err
		}
	}
	r.Sort, err = x.parseSort(r.sort)
	return err
}

// setColumns reads what the rows shall hold. The index answers the columns
// that it stores, as it found them; if one more is asked for, the rows are read
// from the table. Up to 1000 rows are answered if the index stores all columns
// and none is an array.
func (r *searchRequest) setColumns(t *table, x *index, c *pb.ColumnsToGet) error {
	r.selection = &selection{before: math.MaxInt64, maxVersions: 1, wantsKey: true, columns: c.GetColumnNames()}
	limit := maxLimitIndexed
	switch c.GetReturnType() {
	case pb.ColumnReturnType_RETURN_ALL:
		r.selection.columns, r.fromTable = nil, true
	case pb.ColumnReturnType_RETURN_ALL_FROM_INDEX:
		r.selection.columns = nil
	case pb.ColumnReturnType_RETURN_SPECIFIED:
		if n := len(r.selection.columns); n == 0 || n > maxColumnsToGet {
			return invalid("The number of columns to get must be in range: [1, %d], got %d.", maxColumnsToGet, n)
		}
		for _, name := range r.selection.columns {
			f := x.fields[name]
			r.fromTable = r.fromTable || !t.hasKey(name) && (f == nil || !f.GetStore())
			if f != nil && f.GetIsArray() {
				limit = maxLimit
			}
		}
	default: // the primary key only: no column has an empty name
		r.selection.columns = []string{""}
	}
	if r.fromTable {
		limit = maxLimit
	}
	if r.Limit > limit {
		return invalid("The limit must not be greater than %d, got %d; up to %d rows are answered when the index stores all their columns.", limit, r.Limit, maxLimitIndexed)
	}
	return nil
}

// foundRows encodes the rows found. What the table no longer has when it is
// read is left out. Each row costs what is read of it in units of 4 KB; a
// Search that finds none costs one unit, which is not documented.
func (s *Service) foundRows(x *index, r *searchRequest, hits []searchindex.Hit) (rows [][]byte, cost capacity, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		table := tx.Bucket(rowsBucket(x.table))
		for _, hit := range hits {
			row, _ := hit.Stored.(storedRow)
			if r.fromTable && table != nil {
				row = table.Get([]byte(hit.Key))
			}
			if row == nil {
				continue
			}
			encoded, size := r.selection.appendRow(appendHeader(nil), row, math.MinInt64)
			rows = append(rows, encoded)
			cost.read += units(size)
		}
		return nil
	})
	cost.read = max(cost.read, 1)
	return rows, cost, err
}

// response has no search hits: the vendor documents them for highlights,
// vectors and nested rows only.
func (r *searchRequest) response(found searchindex.Result, rows [][]byte, cost capacity) (proto.Message, error) {
	total := int64(noTotal)
	if r.total {
		total = int64(found.Total)
	}
	groups, err := groupResults(r.groupBys, found.Groups)
	if err != nil {
		return nil, err
	}
	var token []byte
	if n := len(found.Hits); n > 0 && found.More {
		if token, err = newToken(r.sort, found.Hits[n-1].Position); err != nil {
			return nil, err
		}
	}
	return &pb.SearchResponse{
		TotalHits:      proto.Int64(total),
		Rows:           rows,
		IsAllSucceeded: proto.Bool(true),
		NextToken:      token,
		GroupBys:       groups,
		Consumed:       cost.consumed(),
	}, nil
}
