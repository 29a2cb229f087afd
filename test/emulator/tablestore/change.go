package tablestore

import (
	"math"
	"time"
	"unicode/utf8"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
)

const (
	maxColumns    = 1024    // in one write
	maxValue      = 2 << 20 // bytes of a string or binary column
	maxWriteBytes = 4 << 20 // of one write, or of all the writes of a batch
)

// change is one write of a row, checked as far as it can be without the row.
type change struct {
	table     *table
	kind      pb.OperationType
	key       *primaryKey
	cells     []cell
	existence pb.RowExistenceExpectation
	condition *condition
	returns   *pb.ReturnContent
	size      int // names and values written, in bytes

	done   bool      // the store was changed
	result storedRow // the row as it is then, nil when deleted
}

func newChange(t *table, kind pb.OperationType, encoded []byte, c *pb.Condition, returns *pb.ReturnContent) (*change, error) {
	row, err := decodeRow(encoded)
	if err != nil {
		return nil, err
	}
	if err := checkShape(kind, row); err != nil {
		return nil, err
	}
	key, err := t.key(row.key, false)
	if err != nil {
		return nil, err
	}
	w := &change{table: t, kind: kind, key: key, cells: row.cells, existence: c.GetRowExistence(), returns: returns, size: key.size}
	for _, c := range w.cells {
		if err := w.checkCell(c); err != nil {
			return nil, err
		}
		w.size += len(c.name) + c.value.size()
	}
	if w.size > maxWriteBytes {
		return nil, invalid("The total data size of %s request exceeds the limit, limit size: %d, data size: %d.", operationNames[kind], maxWriteBytes, w.size)
	}
	w.condition, err = parseCondition(c.GetColumnCondition())
	return w, err
}

var operationNames = map[pb.OperationType]string{
	pb.OperationType_PUT:    "PutRow",
	pb.OperationType_UPDATE: "UpdateRow",
	pb.OperationType_DELETE: "DeleteRow",
}

// checkShape checks which parts the row of a write has.
func checkShape(kind pb.OperationType, row *wireRow) error {
	switch isDelete := kind == pb.OperationType_DELETE; {
	case operationNames[kind] == "":
		return invalid("The modify type is invalid.")
	case isDelete && !row.deleted:
		return invalid("Invalid request of delete row: missing RowDeleteMarker in request.")
	case isDelete && len(row.cells) > 0:
		return invalid("Invalid delete row request: unexpected cells in request.")
	case !isDelete && row.deleted:
		return invalid("Invalid request of put/update row: unexpected RowDeleteMarker in request.")
	case kind == pb.OperationType_UPDATE && len(row.cells) == 0:
		return invalid("Attribute column is missing.")
	case len(row.cells) > maxColumns:
		return invalid("The number of attribute columns exceeds the limit, limit count: %d, column count: %d.", maxColumns, len(row.cells))
	}
	return nil
}

func (w *change) checkCell(c cell) error {
	if !validName.Match(c.name) {
		return invalid("Invalid column name: '%s'.", c.name)
	}
	for _, column := range w.table.schema {
		if column.GetName() == string(c.name) {
			return invalid("Duplicated attribute column name with primary key column: '%s'.", c.name)
		}
	}
	if w.kind == pb.OperationType_PUT && c.op != opPut {
		return invalid("OpType cannot be given for column name: '%s' in PutRow.", c.name)
	}
	if c.timed && (c.time < 0 || c.time >= math.MaxInt64/1000) {
		return invalid("Timestamp must be in range [0, INT64_MAX/1000).")
	}
	return checkOp(c)
}

func checkOp(c cell) error {
	hasValue := len(c.value) > 0
	switch c.op {
	case opPut:
		if !hasValue {
			return invalid("No value is given for column name: '%s'.", c.name)
		}
		return checkValue(c)
	case opDeleteAll, opDeleteOne:
		switch {
		case hasValue:
			return invalid("Column value cannot be given when type is DELETE_ONE_VERSION,DELETE_ALL_VERSION.")
		case c.op == opDeleteOne && !c.timed:
			return invalid("Timestamp must be given when type is DELETE_ONE_VERSION.")
		case c.op == opDeleteAll && c.timed:
			return invalid("Timestamp cannot be given when type is DELETE_ALL_VERSION.")
		}
		return nil
	case opIncrement:
		switch {
		case !hasValue || c.value.kind() != typeInteger:
			return invalid("Column '%s' can only be incremented by an integer.", c.name)
		case c.timed:
			return invalid("Timestamp cannot be given when type is INCREMENT.")
		}
		return nil
	}
	return invalid("Invalid op type of cell: %d.", c.op)
}

func checkValue(c cell) error {
	switch c.value.kind() {
	case typeInteger, typeBoolean:
		return nil
	case typeDouble:
		if math.IsNaN(c.value.double()) {
			return invalid("NaN can't be set to double value.")
		}
		if math.IsInf(c.value.double(), 0) {
			return invalid("Infinity can't be set to double value.")
		}
		return nil
	case typeString, typeBlob:
		if n := c.value.size(); n > maxValue {
			return invalid("The length of attribute column: '%s' exceeded the MaxLength: %d with CurrentLength: %d.", c.name, maxValue, n)
		}
		if c.value.kind() == typeString && !utf8.Valid(c.value.text()) {
			return invalid("Value of column '%s' must be UTF8 encoding.", c.name)
		}
		return nil
	}
	return invalid("%s is an invalid type for the attribute column.", c.value.typeName())
}

// checkTimes checks the versions that the client chose against the window
// around the service's clock in which a table takes them, in milliseconds.
func (w *change) checkTimes(clock time.Time) error {
	now, cutoff := clock.UnixMilli(), w.table.cutoff(clock)
	deviation := w.table.GetTableOptions().GetDeviationCellVersionInSec() * 1000
	for _, c := range w.cells {
		if !c.timed || c.op != opPut {
			continue
		}
		if c.time < now-deviation || c.time <= cutoff || c.time >= now+deviation {
			return invalid("Invalid timestamp. Cell: '%s', timestamp: %d, now: %d, max deviation: %d ms.", c.name, c.time, now, deviation)
		}
	}
	return nil
}
