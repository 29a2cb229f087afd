package tablestore

import (
	"bytes"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
)

const maxBatchWrite = 200 // rows

// batch is a BatchWriteRow on its way: the changes that can be tried, and the
// answers of all rows, of which an untried change's holds its error already.
type batch struct {
	changes []*change
	answers []*pb.RowInBatchWriteRowResponse // of changes, in their order
	tables  []*pb.TableInBatchWriteRowResponse
}

func (s *Service) batchWriteRow(u *usage, r *pb.BatchWriteRowRequest) (proto.Message, error) {
	if r.GetTransactionId() != "" {
		return nil, notEmulated("local transaction")
	}
	if err := checkBatchWrite(r); err != nil {
		return nil, err
	}
	b := &batch{}
	for _, part := range r.GetTables() {
		if err := s.addTable(b, part); err != nil {
			return nil, err
		}
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	results, err := s.writeBatch(b, r.GetIsAtomic())
	if err != nil {
		return nil, err
	}
	for i, result := range results {
		u.add(b.changes[i].table.name(), result.cost)
		b.answers[i].Row = result.row
		b.answers[i].Consumed = result.cost.consumed()
		b.answers[i].IsOk = proto.Bool(result.err == nil)
		b.answers[i].Error = wireError(result.err)
	}
	return &pb.BatchWriteRowResponse{Tables: b.tables}, nil
}

func checkBatchWrite(r *pb.BatchWriteRowRequest) error {
	count, seen := 0, make(map[string]bool)
	for _, part := range r.GetTables() {
		if seen[part.GetTableName()] {
			return invalid("Duplicated table name: '%s'.", part.GetTableName())
		}
		if len(part.GetRows()) == 0 {
			return invalid("No operation is specified for table: '%s'.", part.GetTableName())
		}
		seen[part.GetTableName()] = true
		count += len(part.GetRows())
	}
	if count == 0 {
		return invalid("No row is specified in BatchWriteRow.")
	}
	if count > maxBatchWrite {
		return invalid("Rows count exceeds the upper limit: %d.", maxBatchWrite)
	}
	return nil
}

// addTable adds the rows of one table to the batch. A missing table and a key
// that doesn't fit the schema fail their rows only, other errors the request.
func (s *Service) addTable(b *batch, part *pb.TableInBatchWriteRowRequest) error {
	t, missing := s.tables.find(part.GetTableName())
	answer := &pb.TableInBatchWriteRowResponse{TableName: part.TableName}
	b.tables = append(b.tables, answer)
	for _, row := range part.GetRows() {
		var w *change
		err := missing
		if err == nil {
			w, err = newChange(t, row.GetType(), row.GetRowChange(), row.GetCondition(), row.GetReturnContent())
		}
		if err == nil {
			err = w.checkTimes(s.clock())
		}
		if err != nil && !failsOneRow(err) {
			return err
		}
		rowAnswer := &pb.RowInBatchWriteRowResponse{IsOk: proto.Bool(err == nil), Error: wireError(err)}
		answer.Rows = append(answer.Rows, rowAnswer)
		if err == nil {
			b.changes = append(b.changes, w)
			b.answers = append(b.answers, rowAnswer)
		}
	}
	return nil
}

// check refuses a batch that is too large, or that writes a row twice with a
// condition.
func (b *batch) check() error {
	size, seen := 0, make(map[string]*change)
	for _, w := range b.changes {
		size += w.size
		id := string(w.table.bucket) + "\x00" + string(w.key.stored)
		other := seen[id]
		seen[id] = w
		if other != nil && (w.conditional() || other.conditional()) {
			return invalid("Repeated rows do not support row exist expectation check in BatchModify.")
		}
	}
	if size > maxWriteBytes {
		return invalid("The total data size of BatchWriteRow request exceeds the limit, limit size: %d, data size: %d.", maxWriteBytes, size)
	}
	return nil
}

func (s *Service) writeBatch(b *batch, atomic bool) ([]writeResult, error) {
	switch {
	case !atomic:
		return s.writeAll(b.changes)
	case b.onePartition():
		return s.writeAtomic(b.changes)
	}
	results := make([]writeResult, len(b.changes))
	for i := range results { // the vendor doesn't document the code
		results[i].err = invalid("An atomic BatchWriteRow needs valid rows of one partition key of one table.")
	}
	return results, nil
}

// onePartition says whether all rows are valid, and of one partition.
func (b *batch) onePartition() bool {
	if len(b.tables) != 1 || len(b.changes) != len(b.tables[0].Rows) {
		return false
	}
	first := b.changes[0]
	for _, w := range b.changes[1:] {
		if !bytes.Equal(w.key.stored[:w.key.partition], first.key.stored[:first.key.partition]) {
			return false
		}
	}
	return true
}
