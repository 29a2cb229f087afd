package tablestore

import (
	"encoding/json"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"github.com/fc-registry/fc-registry/test/emulator/tablestore/searchindex"
)

// document is what an index takes of a row; ok is false for a row whose key is
// too long for it. Stored are the columns that the index can answer, as a row.
//
// A value that does not suit its field (by its type, or because it is too
// long) is left out, as if the row lacked the column. The vendor does not
// document that.
func (x *index) document(key string, row storedRow) (d searchindex.Document, ok bool) {
	keyCells, cells := row.split()
	d = searchindex.Document{Key: key, Values: make([]searchindex.Values, len(x.fields))}
	size := 0
	for _, c := range readColumns(keyCells) {
		size += c.value.size()
		if f := x.fields[string(c.name)]; f != nil {
			d.Values[f.place] = f.values(c.value)
		}
	}
	var stored columns
	for _, c := range readColumns(cells) {
		if f := x.fields[string(c.name)]; f != nil {
			d.Values[f.place] = f.values(c.value)
			if f.GetStore() {
				stored = append(stored, c)
			}
		}
	}
	d.Stored = newStoredRow(row.written(), keyCells, stored)
	return d, size <= maxIndexedKey
}

// values is what a field is found by.
func (f *indexField) values(v variant) searchindex.Values {
	if f.GetIsArray() {
		return f.array(v)
	}
	switch t := f.GetFieldType(); {
	case v.kind() == typeString && (t == pb.FieldType_KEYWORD || t == pb.FieldType_TEXT):
		return f.texts(string(v.text()))
	case v.kind() == typeInteger && t == pb.FieldType_LONG:
		return numbers(v.integer())
	case v.kind() == typeDouble && t == pb.FieldType_DOUBLE:
		return numbers(searchindex.Ordered(v.double()))
	case v.kind() == typeBoolean && t == pb.FieldType_BOOLEAN:
		return numbers(int64(v[1]))
	}
	return searchindex.Values{}
}

func numbers(list ...int64) searchindex.Values { return searchindex.Values{Numbers: list} }

func (f *indexField) texts(list ...string) searchindex.Values {
	for _, text := range list {
		if f.GetFieldType() == pb.FieldType_KEYWORD && len(text) > maxKeywordBytes {
			return searchindex.Values{}
		}
	}
	return searchindex.Values{Texts: list}
}

// array reads a column that holds a JSON array.
func (f *indexField) array(v variant) searchindex.Values {
	if v.kind() != typeString {
		return searchindex.Values{}
	}
	switch f.GetFieldType() {
	case pb.FieldType_LONG:
		return numbers(elements[int64](v)...)
	case pb.FieldType_DOUBLE:
		return ordered(elements[float64](v), searchindex.Ordered)
	case pb.FieldType_BOOLEAN:
		return ordered(elements[bool](v), truth)
	}
	return f.texts(elements[string](v)...)
}

func ordered[T any](list []T, number func(T) int64) searchindex.Values {
	var all []int64
	for _, x := range list {
		all = append(all, number(x))
	}
	return numbers(all...)
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// elements decodes a JSON array of one type; none when it is not one, or too
// long.
func elements[T any](v variant) []T {
	var list []T
	if json.Unmarshal(v.text(), &list) != nil || len(list) > maxArray {
		return nil
	}
	return list
}
