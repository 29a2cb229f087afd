package tablestore

import (
	"encoding/json"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"github.com/fc-registry/fc-registry/test/emulator/tablestore/searchindex"
)

const maxSorters = 32 // our own limit

// parseSort reads the sort of a Search. None is by primary key, which breaks
// ties of all others.
func (x *index) parseSort(s *pb.Sort) ([]searchindex.Order, error) {
	if n := len(s.GetSorter()); n > maxSorters {
		return nil, invalid("The number of sorters exceeds the limit: %d.", maxSorters)
	}
	var orders []searchindex.Order
	for _, sorter := range s.GetSorter() {
		order, err := x.parseSorter(sorter)
		if err != nil {
			return nil, err
		}
		orders = append(orders, order)
	}
	return orders, nil
}

func (x *index) parseSorter(s *pb.Sorter) (searchindex.Order, error) {
	switch {
	case s.GetScoreSort() != nil: // the best first, unless it says
		order := s.GetScoreSort().Order
		return searchindex.Order{By: searchindex.Score, Descending: order == nil || descending(*order)}, nil
	case s.GetPkSort() != nil:
		return searchindex.Order{By: searchindex.Key, Descending: descending(s.GetPkSort().GetOrder())}, nil
	case s.GetFieldSort() != nil:
		return x.parseFieldSort(s.GetFieldSort())
	case s.GetGeoDistanceSort() != nil:
		return searchindex.Order{}, notEmulated("sort by distance")
	case s.GetDocSort() != nil:
		return searchindex.Order{}, notEmulated("sort by document")
	}
	return searchindex.Order{}, invalid("The sorter is missing.")
}

func descending(o pb.SortOrder) bool { return o == pb.SortOrder_SORT_ORDER_DESC }

func (x *index) parseFieldSort(s *pb.FieldSort) (searchindex.Order, error) {
	f, err := x.sortable(s.GetFieldName())
	switch {
	case err != nil:
		return searchindex.Order{}, err
	case s.NestedFilter != nil:
		return searchindex.Order{}, notEmulated("nested filter of a sort")
	case s.MissingValue != nil, s.MissingField != nil:
		return searchindex.Order{}, notEmulated("value that stands for a missing one in a sort")
	case s.GetMode() == pb.SortMode_SORT_MODE_AVG:
		return searchindex.Order{}, notEmulated("sort by the mean of several values")
	}
	order := searchindex.Order{By: searchindex.FieldValue, Field: f.place, Descending: descending(s.GetOrder())}
	order.Greatest = order.Descending
	if s.Mode != nil {
		order.Greatest = s.GetMode() == pb.SortMode_SORT_MODE_MAX
	}
	return order, nil
}

// sortable returns a field that may be sorted by and grouped by.
func (x *index) sortable(name string) (*indexField, error) {
	f := x.fields[name]
	switch {
	case f == nil:
		return nil, invalid("Field '%s' is not in the search index.", name)
	case !f.GetSortAndAgg(): // its default is not documented
		return nil, invalid("Field '%s' does not support sorting and aggregation: set enable_sort_and_agg when the index is created.", name)
	}
	return f, nil
}

// pageToken is where a page of a Search ended, and how it was sorted. The next
// page is what sorts behind that: when the sort is by score, writes between two
// pages shift the scores, and rows may be missed or come twice.
type pageToken struct {
	Sort  []byte
	After searchindex.Position
}

func newToken(s *pb.Sort, after searchindex.Position) ([]byte, error) {
	if s == nil {
		s = &pb.Sort{}
	}
	encoded, err := proto.Marshal(s)
	if err != nil {
		return nil, err
	}
	return json.Marshal(pageToken{encoded, after})
}

// parseToken reads a token, from an untrusted client.
func (x *index) parseToken(token []byte) (*pb.Sort, *searchindex.Position, error) {
	var t pageToken
	var s pb.Sort
	if json.Unmarshal(token, &t) != nil || proto.Unmarshal(t.Sort, &s) != nil || len(t.After.Values) != len(s.GetSorter()) {
		return nil, nil, invalid("Invalid token.")
	}
	return &s, &t.After, nil
}
