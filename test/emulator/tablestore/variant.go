package tablestore

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
)

// variant is an encoded value: its type, then 8 bytes for numbers, 1 for
// booleans, a u32 length and the bytes for strings and blobs.
type variant []byte

const (
	typeInteger       = 0x0
	typeDouble        = 0x1
	typeBoolean       = 0x2
	typeString        = 0x3
	typeBlob          = 0x7
	typeInfMin        = 0x9
	typeInfMax        = 0xa
	typeAutoIncrement = 0xb
)

// splitVariant reads the first variant of b, from an untrusted client.
func splitVariant(b []byte) (v variant, rest []byte, err error) {
	if len(b) == 0 {
		return nil, nil, invalid("data format is invalid.")
	}
	size := 1
	switch b[0] {
	case typeInteger, typeDouble:
		size = 9
	case typeBoolean:
		size = 2
	case typeString, typeBlob:
		if len(b) < 5 {
			return nil, nil, invalid("data format is invalid.")
		}
		size = 5 + int(binary.LittleEndian.Uint32(b[1:]))
	case typeInfMin, typeInfMax, typeAutoIncrement:
	default:
		return nil, nil, invalid("data format is invalid, unknown variant type occured.")
	}
	if len(b) < size {
		return nil, nil, invalid("data format is invalid.")
	}
	return variant(b[:size]), b[size:], nil
}

func integer(n int64) variant {
	return binary.LittleEndian.AppendUint64([]byte{typeInteger}, uint64(n))
}

func (v variant) kind() byte { return v[0] }

func (v variant) integer() int64 { return int64(binary.LittleEndian.Uint64(v[1:])) }

func (v variant) double() float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(v[1:]))
}

// text is the content of a string or blob.
func (v variant) text() []byte { return v[5:] }

// size is what the value counts for in limits and capacity units, in bytes.
func (v variant) size() int {
	switch {
	case len(v) == 0:
		return 0
	case v.kind() == typeString || v.kind() == typeBlob:
		return len(v) - 5
	}
	return len(v) - 1
}

// compare orders two values of one type; it is not comparable otherwise.
func (v variant) compare(w variant) (order int, comparable bool) {
	if v.kind() != w.kind() {
		return 0, false
	}
	switch v.kind() {
	case typeInteger:
		return cmp.Compare(v.integer(), w.integer()), true
	case typeDouble:
		return cmp.Compare(v.double(), w.double()), true
	case typeString, typeBlob:
		return bytes.Compare(v.text(), w.text()), true
	}
	return bytes.Compare(v, w), true
}

func (v variant) typeName() string {
	switch v.kind() {
	case typeInteger:
		return "VT_INTEGER"
	case typeDouble:
		return "VT_DOUBLE"
	case typeBoolean:
		return "VT_BOOLEAN"
	case typeString:
		return "VT_STRING"
	case typeBlob:
		return "VT_BLOB"
	case typeInfMin:
		return "INF_MIN"
	case typeInfMax:
		return "INF_MAX"
	}
	return "AUTO_INCREMENT"
}
