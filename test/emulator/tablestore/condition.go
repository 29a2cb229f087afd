package tablestore

import (
	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
)

const maxConditions = 32 // in one composite

// condition is a condition of a write, or a filter of a read. It is a
// comparison with one column, or, when parts is set, a composite.
type condition struct {
	combinator pb.LogicalOperator
	parts      []*condition

	column         string
	comparator     pb.ComparatorType
	value          variant
	missingMatches bool
	latestOnly     bool
}

// parseCondition decodes a serialized pb.Filter; nil for an empty one.
func parseCondition(b []byte) (*condition, error) {
	if len(b) == 0 {
		return nil, nil
	}
	var filter pb.Filter
	if err := proto.Unmarshal(b, &filter); err != nil {
		return nil, invalid("Deserialize filter failed.")
	}
	left := maxConditions
	return newCondition(&filter, &left)
}

func newCondition(f *pb.Filter, left *int) (*condition, error) {
	if *left--; *left < 0 {
		return nil, invalid("The count of filter exceeds the max: %d.", maxConditions)
	}
	switch f.GetType() {
	case pb.FilterType_FT_SINGLE_COLUMN_VALUE:
		return newComparison(f.GetFilter())
	case pb.FilterType_FT_COMPOSITE_COLUMN_VALUE:
		return newComposite(f.GetFilter(), left)
	case pb.FilterType_FT_COLUMN_PAGINATION:
		return nil, notEmulated("column pagination filter")
	}
	return nil, invalid("Invalid type of filter: %d.", f.GetType())
}

func newComparison(b []byte) (*condition, error) {
	var f pb.SingleColumnValueFilter
	if err := proto.Unmarshal(b, &f); err != nil {
		return nil, invalid("Deserialize relation filter failed.")
	}
	if _, ok := pb.ComparatorType_name[int32(f.GetComparator())]; !ok {
		return nil, invalid("Invalid relation operator: %d.", f.GetComparator())
	}
	if f.ValueTransRule != nil {
		return nil, notEmulated("value transfer rule of a filter")
	}
	value, rest, err := splitVariant(f.GetColumnValue())
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, invalid("Deserialize relation filter failed.")
	}
	return &condition{
		column:         f.GetColumnName(),
		comparator:     f.GetComparator(),
		value:          value,
		missingMatches: !f.GetFilterIfMissing(),
		latestOnly:     f.GetLatestVersionOnly(),
	}, nil
}

func newComposite(b []byte, left *int) (*condition, error) {
	var f pb.CompositeColumnValueFilter
	if err := proto.Unmarshal(b, &f); err != nil {
		return nil, invalid("Deserialize composite filter failed.")
	}
	c := &condition{combinator: f.GetCombinator()}
	switch n := len(f.GetSubFilters()); {
	case c.combinator == pb.LogicalOperator_LO_NOT && n != 1:
		return nil, invalid("Invalid NOT operator: the number of sub-filters must be 1.")
	case c.combinator != pb.LogicalOperator_LO_NOT && n != 2:
		return nil, invalid("Invalid AND/OR operator: the number of sub-filters must be 2.")
	}
	for _, sub := range f.GetSubFilters() {
		part, err := newCondition(sub, left)
		if err != nil {
			return nil, err
		}
		c.parts = append(c.parts, part)
	}
	return c, nil
}

// matches evaluates the condition on a row's encoded cells.
func (c *condition) matches(cells []byte) bool {
	if c.parts == nil {
		return c.compare(cells)
	}
	switch c.combinator {
	case pb.LogicalOperator_LO_NOT:
		return !c.parts[0].matches(cells)
	case pb.LogicalOperator_LO_AND:
		return c.parts[0].matches(cells) && c.parts[1].matches(cells)
	}
	return c.parts[0].matches(cells) || c.parts[1].matches(cells)
}

func (c *condition) compare(cells []byte) bool {
	found := false
	for len(cells) > 0 {
		var column cell
		column, cells = splitCell(cells)
		if string(column.name) != c.column {
			continue
		}
		if c.holds(column.value) {
			return true
		}
		if c.latestOnly {
			return false
		}
		found = true
	}
	return !found && c.missingMatches
}

// holds compares one value; values of different types never compare (what the
// real service does with them is not documented).
func (c *condition) holds(v variant) bool {
	order, comparable := v.compare(c.value)
	if !comparable {
		return false
	}
	switch c.comparator {
	case pb.ComparatorType_CT_EQUAL:
		return order == 0
	case pb.ComparatorType_CT_NOT_EQUAL:
		return order != 0
	case pb.ComparatorType_CT_GREATER_THAN:
		return order > 0
	case pb.ComparatorType_CT_GREATER_EQUAL:
		return order >= 0
	case pb.ComparatorType_CT_LESS_THAN:
		return order < 0
	}
	return order <= 0
}
