package tablestore

import (
	"encoding/binary"
	"unicode/utf8"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
)

const maxKeyValue = 1024 // bytes of a string or binary key column

// Keys in the store sort as the service sorts rows. Each column begins with one
// of these, so that INF_MIN and INF_MAX have their place.
const (
	keyMin   = 0x01
	keyValue = 0x02
	keyMax   = 0x03
)

// primaryKey is a checked key of a row.
type primaryKey struct {
	stored    []byte // its key in the store
	partition int    // bytes of stored that the first column takes
	cells     []byte // its cells, encoded
	size      int    // names and values, in bytes
}

// key checks the columns of a primary key against the schema. Only a bound of
// a range may hold INF_MIN and INF_MAX.
func (t *table) key(cells []cell, bound bool) (*primaryKey, error) {
	for _, c := range cells {
		if err := checkKeyCell(c, bound); err != nil {
			return nil, err
		}
	}
	if len(cells) != len(t.schema) {
		return nil, invalidKey("Validate PK size fail. Input: %d, Meta: %d.", len(cells), len(t.schema))
	}
	k := &primaryKey{}
	for i, c := range cells {
		if err := matchSchema(c, t.schema[i]); err != nil {
			return nil, err
		}
		k.stored = appendKeyColumn(k.stored, c.value)
		k.cells = append(k.cells, c.raw...)
		k.size += len(c.name) + c.value.size()
		if i == 0 {
			k.partition = len(k.stored)
		}
	}
	return k, nil
}

func checkKeyCell(c cell, bound bool) error {
	switch {
	case len(c.value) == 0:
		return invalid("No value is given for primary key name: '%s'.", c.name)
	case c.op != opPut:
		return invalid("OpType cannot be given for primary key name: '%s'.", c.name)
	case c.timed:
		return invalid("Timestamp cannot be given for primary key name: '%s'.", c.name)
	}
	switch c.value.kind() {
	case typeInteger:
	case typeString, typeBlob:
		if n := c.value.size(); n > maxKeyValue {
			return invalid("The length of primary key column: '%s' exceeds the MaxLength: %d with CurrentLength: %d.", c.name, maxKeyValue, n)
		}
		if c.value.kind() == typeString && !utf8.Valid(c.value.text()) {
			return invalid("Value of column '%s' must be UTF8 encoding.", c.name)
		}
	case typeInfMin, typeInfMax:
		if !bound {
			return invalid("Unknown or unsupported CellType in primary key: '%s'.", c.name)
		}
	case typeAutoIncrement:
		return notEmulated("AUTO_INCREMENT primary key")
	default:
		return invalid("%s is an invalid type for the primary key.", c.value.typeName())
	}
	return nil
}

func matchSchema(c cell, column *pb.PrimaryKeySchema) error {
	if string(c.name) != column.GetName() {
		return invalidKey("Validate PK name fail. Input: %s, Meta: %s.", c.name, column.GetName())
	}
	want := keyTypes[column.GetType()]
	kind := c.value.kind()
	if kind != want && kind != typeInfMin && kind != typeInfMax {
		return invalidKey("Validate PK type fail. Input: %s, Meta: %s.", c.value.typeName(), variant{want}.typeName())
	}
	return nil
}

var keyTypes = map[pb.PrimaryKeyType]byte{
	pb.PrimaryKeyType_INTEGER: typeInteger,
	pb.PrimaryKeyType_STRING:  typeString,
	pb.PrimaryKeyType_BINARY:  typeBlob,
}

// appendKeyColumn appends a column such that bytes sort as values do: integers
// with the sign flipped, big endian; strings ended by 0 0, their zeros as 0 FF.
func appendKeyColumn(b []byte, v variant) []byte {
	switch v.kind() {
	case typeInfMin:
		return append(b, keyMin)
	case typeInfMax:
		return append(b, keyMax)
	case typeInteger:
		return binary.BigEndian.AppendUint64(append(b, keyValue), uint64(v.integer())^1<<63)
	}
	b = append(b, keyValue)
	for _, x := range v.text() {
		b = append(b, x)
		if x == 0 {
			b = append(b, 0xFF)
		}
	}
	return append(b, 0, 0)
}
