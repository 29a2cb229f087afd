package tablestore

import (
	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"github.com/fc-registry/fc-registry/test/emulator/tablestore/searchindex"
)

// Limits of the vendor's page "Search index limits".
const (
	maxIndexFields  = 1000
	maxArray        = 256     // elements
	maxKeywordBytes = 4 << 10 // of a value
	maxIndexedKey   = 1000    // bytes of a primary key's values together
)

// indexField is a field of a search index: a column of the table.
type indexField struct {
	*pb.FieldSchema
	place int // among the fields
}

func (f *indexField) kind() searchindex.Kind {
	switch f.GetFieldType() {
	case pb.FieldType_KEYWORD:
		return searchindex.Keyword
	case pb.FieldType_TEXT:
		return searchindex.Text
	}
	return searchindex.Number
}

// parseSchema checks the fields of a new or stored index.
func parseSchema(schema *pb.IndexSchema) (map[string]*indexField, []searchindex.Field, error) {
	if n := len(schema.GetFieldSchemas()); n == 0 || n > maxIndexFields {
		return nil, nil, invalid("The number of fields of a search index must be in range: [1, %d], got %d.", maxIndexFields, n)
	}
	if err := checkSettings(schema); err != nil {
		return nil, nil, err
	}
	byColumn := make(map[string]*indexField)
	var fields []searchindex.Field
	for i, s := range schema.GetFieldSchemas() {
		f := &indexField{s, i}
		if !validName.MatchString(s.GetFieldName()) || byColumn[s.GetFieldName()] != nil {
			return nil, nil, invalid("Invalid or duplicated field name: '%s'.", s.GetFieldName())
		}
		if err := f.check(); err != nil {
			return nil, nil, err
		}
		analyzer, err := f.analyzer()
		if err != nil {
			return nil, nil, err
		}
		byColumn[s.GetFieldName()] = f
		fields = append(fields, searchindex.Field{Name: s.GetFieldName(), Kind: f.kind(), Analyze: analyzer})
	}
	return byColumn, fields, nil
}

func checkSettings(schema *pb.IndexSchema) error {
	if len(schema.GetIndexSetting().GetRoutingFields()) > 0 {
		return notEmulated("routing field of a search index")
	}
	for i, sorter := range schema.GetIndexSort().GetSorter() {
		if i > 0 || sorter.GetPkSort() == nil || sorter.GetPkSort().GetOrder() != pb.SortOrder_SORT_ORDER_ASC {
			return notEmulated("index sort other than by primary key")
		}
	}
	return nil
}

func (f *indexField) check() error {
	name := f.GetFieldName()
	switch t := f.GetFieldType(); {
	case f.FieldType == nil:
		return invalid("The type of field '%s' is missing.", name)
	case t < pb.FieldType_LONG || t > pb.FieldType_TEXT:
		return notEmulated("search index field '" + name + "' of type " + t.String())
	case t == pb.FieldType_TEXT && f.GetSortAndAgg():
		return invalid("Field '%s' of type TEXT does not support sorting and aggregation.", name)
	case t != pb.FieldType_TEXT && f.Analyzer != nil:
		return invalid("Field '%s' of type %s can't have an analyzer.", name, t)
	case f.GetIsVirtualField(), len(f.GetSourceFieldNames()) > 0:
		return notEmulated("virtual field '" + name + "'")
	case f.GetEnableHighlighting():
		return notEmulated("highlighting of field '" + name + "'")
	}
	return nil
}

const (
	singleWord = "single_word"
	maxWord    = "max_word"
)

// analyzer is how a TEXT is split; single_word is the default.
func (f *indexField) analyzer() (searchindex.Analyzer, error) {
	if f.kind() != searchindex.Text {
		return nil, nil
	}
	switch name := f.GetAnalyzer(); name {
	case "", singleWord:
		var p pb.SingleWordAnalyzerParameter
		if err := proto.Unmarshal(f.GetAnalyzerParameter(), &p); err != nil {
			return nil, invalid("Invalid analyzer parameter of field '%s'.", f.GetFieldName())
		}
		return searchindex.SingleWord(p.GetCaseSensitive(), p.GetDelimitWord()), nil
	case maxWord:
		return searchindex.MaxWord, nil
	default:
		return nil, notEmulated("analyzer '" + name + "'")
	}
}
