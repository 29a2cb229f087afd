package tablestore

import (
	"bytes"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
	"go.etcd.io/bbolt"
)

// A page of GetRange ends when it has scanned this much.
const (
	maxScanRows  = 5000
	maxScanBytes = 4 << 20
)

// page is one page of a range.
type page struct {
	*selection
	cutoff int64
	limit  int // rows to answer, 0 for no limit

	rows     []byte
	answered int
	scanned  int
	size     int // bytes of data scanned
	next     []byte
}

func (s *Service) getRange(u *usage, r *pb.GetRangeRequest) (proto.Message, error) {
	if r.TransactionId != nil {
		return nil, notEmulated("local transaction")
	}
	if !r.GetReturnEntirePrimaryKeys() {
		return nil, notEmulated("return_entire_primary_keys = false")
	}
	t, err := s.tables.find(r.GetTableName())
	if err != nil {
		return nil, err
	}
	start, end, err := t.bounds(r)
	if err != nil {
		return nil, err
	}
	if r.Limit != nil && r.GetLimit() <= 0 {
		return nil, invalid("The limit must be greater than 0.")
	}
	p := &page{cutoff: t.cutoff(s.clock()), limit: int(r.GetLimit())}
	if p.selection, err = t.selection(r); err != nil {
		return nil, err
	}
	if err := s.scan(t, p, r.GetDirection(), start, end); err != nil {
		return nil, err
	}
	cost := capacity{read: units(p.size)}
	u.add(t.name(), cost)
	return p.response(cost), nil
}

func (t *table) bounds(r *pb.GetRangeRequest) (start, end []byte, err error) {
	from, err := t.readKey(r.GetInclusiveStartPrimaryKey(), true)
	if err != nil {
		return nil, nil, err
	}
	to, err := t.readKey(r.GetExclusiveEndPrimaryKey(), true)
	if err != nil {
		return nil, nil, err
	}
	order := bytes.Compare(from.stored, to.stored)
	if r.GetDirection() == pb.Direction_FORWARD && order >= 0 {
		return nil, nil, invalid("Begin key must less than end key in FORWARD")
	}
	if r.GetDirection() == pb.Direction_BACKWARD && order <= 0 {
		return nil, nil, invalid("Begin key must more than end key in BACKWARD")
	}
	return from.stored, to.stored, nil
}

func (s *Service) scan(t *table, p *page, direction pb.Direction, start, end []byte) error {
	return s.db.View(func(tx *bbolt.Tx) error {
		rows, err := t.rows(tx)
		if err != nil {
			return err
		}
		cursor := rows.Cursor()
		if direction == pb.Direction_FORWARD {
			for key, row := cursor.Seek(start); key != nil && bytes.Compare(key, end) < 0 && p.add(row); {
				key, row = cursor.Next()
			}
			return nil
		}
		for key, row := seekLast(cursor, start); key != nil && bytes.Compare(key, end) > 0 && p.add(row); {
			key, row = cursor.Prev()
		}
		return nil
	})
}

// seekLast moves to the last key that is not after start.
func seekLast(cursor *bbolt.Cursor, start []byte) (key, value []byte) {
	key, value = cursor.Seek(start)
	switch {
	case key == nil:
		return cursor.Last()
	case !bytes.Equal(key, start):
		return cursor.Prev()
	}
	return key, value
}

// add takes a row into the page; when the page is full, the row is where the
// next page starts.
func (p *page) add(row storedRow) bool {
	if row.written() <= p.cutoff {
		return true
	}
	if p.full() {
		key, _ := row.split()
		p.next = appendRow(appendHeader(nil), key, nil)
		return false
	}
	if p.rows == nil {
		p.rows = appendHeader(nil)
	}
	before := len(p.rows)
	rows, size := p.appendRow(p.rows, row, p.cutoff)
	if len(rows) > before {
		p.answered++
	}
	p.rows = rows
	p.scanned++
	p.size += size
	return true
}

func (p *page) full() bool {
	return p.limit > 0 && p.answered == p.limit || p.scanned == maxScanRows || p.size >= maxScanBytes
}

func (p *page) response(cost capacity) *pb.GetRangeResponse {
	if p.answered == 0 {
		p.rows = []byte{}
	}
	return &pb.GetRangeResponse{
		Consumed:            cost.consumed(),
		Rows:                p.rows,
		NextStartPrimaryKey: p.next,
		DataBlockType:       pb.DataBlockType_DBT_PLAIN_BUFFER.Enum(),
		CompressType:        pb.CompressType_CPT_NONE.Enum(),
	}
}
