package tablestore

import (
	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
	"go.etcd.io/bbolt"
)

const maxBatchGet = 100 // rows

func (s *Service) getRow(u *usage, r *pb.GetRowRequest) (proto.Message, error) {
	if r.TransactionId != nil {
		return nil, notEmulated("local transaction")
	}
	t, err := s.tables.find(r.GetTableName())
	if err != nil {
		return nil, err
	}
	selection, err := t.selection(r)
	if err != nil {
		return nil, err
	}
	key, err := t.readKey(r.GetPrimaryKey(), false)
	if err != nil {
		return nil, err
	}
	row, size, err := s.readRow(t, key, selection)
	if err != nil {
		return nil, err
	}
	cost := capacity{read: units(size)}
	u.add(t.name(), cost)
	return &pb.GetRowResponse{Consumed: cost.consumed(), Row: row}, nil
}

// readRow answers one row as a PlainBuffer, empty when there is none.
func (s *Service) readRow(t *table, key *primaryKey, selection *selection) (row []byte, size int, err error) {
	cutoff := t.cutoff(s.clock())
	row = []byte{}
	err = s.db.View(func(tx *bbolt.Tx) error {
		rows, err := t.rows(tx)
		if err != nil {
			return err
		}
		stored := rows.Get(key.stored)
		if stored == nil {
			return nil
		}
		head := appendHeader(make([]byte, 0, len(stored)+4))
		var out []byte
		if out, size = selection.appendRow(head, stored, cutoff); len(out) > len(head) {
			row = out
		}
		return nil
	})
	return row, size, err
}

// readKey decodes a key that a read names.
func (t *table) readKey(b []byte, bound bool) (*primaryKey, error) {
	row, err := decodeRow(b)
	switch {
	case err != nil:
		return nil, err
	case len(row.cells) > 0:
		return nil, invalid("Attribute column cannot be given while reading data.")
	case row.deleted:
		return nil, invalid("Delete marker cannot be given.")
	}
	return t.key(row.key, bound)
}

func (s *Service) batchGetRow(u *usage, r *pb.BatchGetRowRequest) (proto.Message, error) {
	if err := checkBatchGet(r); err != nil {
		return nil, err
	}
	response := &pb.BatchGetRowResponse{}
	for _, part := range r.GetTables() {
		rows, err := s.getRows(u, part)
		if err != nil {
			return nil, err
		}
		response.Tables = append(response.Tables, &pb.TableInBatchGetRowResponse{
			TableName: part.TableName,
			Rows:      rows,
		})
	}
	return response, nil
}

func checkBatchGet(r *pb.BatchGetRowRequest) error {
	count, seen := 0, make(map[string]bool)
	for _, part := range r.GetTables() {
		if seen[part.GetTableName()] {
			return invalid("Duplicated table name: '%s'.", part.GetTableName())
		}
		seen[part.GetTableName()] = true
		count += len(part.GetPrimaryKey())
	}
	if count == 0 {
		return invalid("No row specified in the request of BatchGetRow.")
	}
	if count > maxBatchGet {
		return invalid("Rows count exceeds the upper limit: %d.", maxBatchGet)
	}
	return nil
}

// getRows reads the rows of one table. A missing table and a key that doesn't
// fit the schema fail their rows only, other errors the whole request.
func (s *Service) getRows(u *usage, part *pb.TableInBatchGetRowRequest) ([]*pb.RowInBatchGetRowResponse, error) {
	t, err := s.tables.find(part.GetTableName())
	var selection *selection
	if err == nil {
		selection, err = t.selection(part)
	}
	if err != nil && !failsOneRow(err) {
		return nil, err
	}
	var rows []*pb.RowInBatchGetRowResponse
	for _, encoded := range part.GetPrimaryKey() {
		row := &pb.RowInBatchGetRowResponse{IsOk: proto.Bool(false), Error: wireError(err)}
		if err == nil {
			if row, err = s.getRowOf(u, t, encoded, selection); err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (s *Service) getRowOf(u *usage, t *table, encoded []byte, selection *selection) (*pb.RowInBatchGetRowResponse, error) {
	key, err := t.readKey(encoded, false)
	if err != nil {
		if failsOneRow(err) {
			return &pb.RowInBatchGetRowResponse{IsOk: proto.Bool(false), Error: wireError(err)}, nil
		}
		return nil, err
	}
	row, size, err := s.readRow(t, key, selection)
	if err != nil {
		return nil, err
	}
	cost := capacity{read: units(size)}
	u.add(t.name(), cost)
	return &pb.RowInBatchGetRowResponse{IsOk: proto.Bool(true), Consumed: cost.consumed(), Row: row}, nil
}
