package tablestore

import (
	"math"
	"slices"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
)

const maxColumnsToGet = 128

// selection says which cells of a row are read.
type selection struct {
	columns     []string // none: all
	from, to    string   // column names, "" for no bound; to is excluded
	after       int64    // versions from here on ...
	before      int64    // ... up to here, excluded
	maxVersions int
	filter      *condition

	wantsKey bool // columns names a key column, so rows without others count
}

// query is what GetRow, BatchGetRow and GetRange have in common.
type query interface {
	GetColumnsToGet() []string
	GetTimeRange() *pb.TimeRange
	GetMaxVersions() int32
	GetFilter() []byte
	GetStartColumn() string
	GetEndColumn() string
}

func (t *table) selection(q query) (*selection, error) {
	s := &selection{columns: q.GetColumnsToGet(), from: q.GetStartColumn(), to: q.GetEndColumn()}
	if n := len(s.columns); n > maxColumnsToGet {
		return nil, invalid("The number of columns from the request exceeds the limit, limit count: %d, column count: %d.", maxColumnsToGet, n)
	}
	for _, column := range t.schema {
		s.wantsKey = s.wantsKey || slices.Contains(s.columns, column.GetName())
	}
	if err := s.setVersions(q.GetTimeRange(), int(q.GetMaxVersions())); err != nil {
		return nil, err
	}
	s.maxVersions = min(s.maxVersions, t.maxVersions())
	var err error
	s.filter, err = parseCondition(q.GetFilter())
	return s, err
}

func (s *selection) setVersions(r *pb.TimeRange, maxVersions int) error {
	s.after, s.before, s.maxVersions = 0, math.MaxInt64, math.MaxInt
	if r == nil && maxVersions == 0 {
		return invalid("No version condition is specified while querying row.")
	}
	if maxVersions < 0 {
		return invalid("Invalid max versions: %d. Reason: Max versions must be positive.", maxVersions)
	}
	if maxVersions > 0 {
		s.maxVersions = maxVersions
	}
	switch {
	case r == nil:
	case r.SpecificTime != nil && maxVersions > 0:
		return invalid("Specific tiemstamp and max versions cannot be given at the same time.")
	case r.SpecificTime != nil:
		s.after, s.before = r.GetSpecificTime(), r.GetSpecificTime()+1
	case r.StartTime == nil || r.EndTime == nil:
		return invalid("Start and end time must be given at the same time.")
	default:
		s.after, s.before = r.GetStartTime(), r.GetEndTime()
	}
	return nil
}

// appendCells copies the selected cells that are newer than cutoff, and returns
// how many bytes of data they hold.
func (s *selection) appendCells(b, cells []byte, cutoff int64) (selected []byte, size int) {
	after := max(s.after, cutoff+1)
	var last []byte
	versions := 0
	for len(cells) > 0 {
		var c cell
		c, cells = splitCell(cells)
		if c.time < after || c.time >= s.before || !s.wants(c.name) {
			continue
		}
		if string(last) != string(c.name) {
			last, versions = c.name, 0
		}
		if versions++; versions <= s.maxVersions {
			b = append(b, c.raw...)
			size += len(c.name) + c.value.size()
		}
	}
	return b, size
}

func (s *selection) wants(name []byte) bool {
	if s.from != "" && string(name) < s.from || s.to != "" && string(name) >= s.to {
		return false
	}
	if len(s.columns) == 0 {
		return true
	}
	for _, column := range s.columns {
		if column == string(name) {
			return true
		}
	}
	return false
}

// appendRow encodes what is selected of a stored row. It adds nothing when the
// row has expired, has none of the columns asked for, or the filter drops it.
// size is the data read, in bytes, whether or not the row was dropped.
func (s *selection) appendRow(b []byte, row storedRow, cutoff int64) (out []byte, size int) {
	if row.written() <= cutoff {
		return b, 0
	}
	key, cells := row.split()
	out = slices.Grow(b, len(row))
	out = append(out, tagRowKey)
	out = append(out, key...)
	out = append(out, tagRowData)
	start := len(out)
	out, size = s.appendCells(out, cells, cutoff)
	selected := out[start:]
	size += dataSize(key)
	if len(selected) == 0 && len(s.columns) > 0 && !s.wantsKey {
		return b, size
	}
	if s.filter != nil && !s.filter.matches(selected) {
		return b, size
	}
	if len(selected) == 0 {
		out = out[:start-1]
	}
	return appendRowEnd(out, key, selected), size
}

// dataSize is what encoded cells count for: their names and values.
func dataSize(cells []byte) (size int) {
	for len(cells) > 0 {
		var c cell
		c, cells = splitCell(cells)
		size += len(c.name) + c.value.size()
	}
	return size
}
