package tablestore

import (
	"cmp"
	"slices"
	"strconv"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"github.com/fc-registry/fc-registry/test/emulator/tablestore/searchindex"
)

// Limits of the vendor's pages "Search index limits" and "GroupByField".
const (
	maxGroupBys  = 5
	maxGroups    = 2000
	defaultGroup = 10
)

// groupBy is a GroupByField: how many rows have each value of a field.
type groupBy struct {
	name  string
	field *indexField
	size  int
	sort  []*pb.GroupBySorter
}

func (x *index) parseGroupBys(g *pb.GroupBys) ([]groupBy, error) {
	if n := len(g.GetGroupBys()); n > maxGroupBys {
		return nil, invalid("The number of group-bys exceeds the limit: %d.", maxGroupBys)
	}
	var list []groupBy
	for _, g := range g.GetGroupBys() {
		if g.GetType() != pb.GroupByType_GROUP_BY_FIELD {
			return nil, notEmulated("group by of type " + g.GetType().String())
		}
		var body pb.GroupByField
		if err := proto.Unmarshal(g.GetBody(), &body); err != nil {
			return nil, invalid("Cannot parse the group by '%s': %v.", g.GetName(), err)
		}
		parsed, err := x.parseGroupBy(g.GetName(), &body)
		if err != nil {
			return nil, err
		}
		list = append(list, parsed)
	}
	return list, nil
}

func (x *index) parseGroupBy(name string, g *pb.GroupByField) (groupBy, error) {
	f, err := x.sortable(g.GetFieldName())
	switch {
	case err != nil:
		return groupBy{}, err
	case len(g.GetSubAggs().GetAggs()) > 0, len(g.GetSubGroupBys().GetGroupBys()) > 0:
		return groupBy{}, notEmulated("aggregation below a group")
	case f.GetFieldType() != pb.FieldType_KEYWORD && f.GetFieldType() != pb.FieldType_LONG:
		return groupBy{}, notEmulated("group by a field of type " + f.GetFieldType().String())
	case g.GetSize() < 0:
		return groupBy{}, invalid("The size of a group by must not be negative, got %d.", g.GetSize())
	}
	for _, s := range g.GetSort().GetSorters() {
		if s.GetRowCountSort() == nil && s.GetGroupKeySort() == nil {
			return groupBy{}, notEmulated("sort of groups by an aggregation")
		}
	}
	size := defaultGroup
	if g.Size != nil {
		size = min(int(g.GetSize()), maxGroups)
	}
	return groupBy{name, f, size, g.GetSort().GetSorters()}, nil
}

// compare sorts groups: by count, the greatest first, unless the request says;
// then by value, which the vendor does not document.
func (g *groupBy) compare(a, b searchindex.Group) int {
	for _, s := range g.sort {
		order, by := cmp.Compare(a.Count, b.Count), s.GetRowCountSort().GetOrder()
		if s.GetGroupKeySort() != nil {
			order, by = compareKeys(a, b), s.GetGroupKeySort().GetOrder()
		}
		if descending(by) {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	if len(g.sort) == 0 && a.Count != b.Count {
		return cmp.Compare(b.Count, a.Count)
	}
	return compareKeys(a, b)
}

func compareKeys(a, b searchindex.Group) int {
	return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Text, b.Text))
}

func (g *groupBy) result(groups []searchindex.Group) (*pb.GroupByResult, error) {
	slices.SortFunc(groups, g.compare)
	var body pb.GroupByFieldResult
	for _, group := range groups[:min(g.size, len(groups))] {
		key := group.Text
		if g.field.GetFieldType() == pb.FieldType_LONG {
			key = strconv.FormatInt(group.Number, 10)
		}
		body.GroupByFieldResultItems = append(body.GroupByFieldResultItems, &pb.GroupByFieldResultItem{
			Key: proto.String(key), RowCount: proto.Int64(int64(group.Count)),
		})
	}
	encoded, err := proto.Marshal(&body)
	return &pb.GroupByResult{Name: &g.name, Type: pb.GroupByType_GROUP_BY_FIELD.Enum(), GroupByResult: encoded}, err
}

// groupResults encodes the groups of an answer.
func groupResults(groupBys []groupBy, groups [][]searchindex.Group) ([]byte, error) {
	if len(groupBys) == 0 {
		return nil, nil
	}
	var all pb.GroupBysResult
	for i := range groupBys {
		result, err := groupBys[i].result(groups[i])
		if err != nil {
			return nil, err
		}
		all.GroupByResults = append(all.GroupByResults, result)
	}
	return proto.Marshal(&all)
}
