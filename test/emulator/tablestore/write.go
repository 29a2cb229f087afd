package tablestore

import (
	"errors"
	"time"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
	"go.etcd.io/bbolt"
)

func (s *Service) putRow(u *usage, r *pb.PutRowRequest) (proto.Message, error) {
	row, consumed, err := s.writeRow(u, r, pb.OperationType_PUT, r.GetRow())
	return &pb.PutRowResponse{Consumed: consumed, Row: row}, err
}

func (s *Service) updateRow(u *usage, r *pb.UpdateRowRequest) (proto.Message, error) {
	row, consumed, err := s.writeRow(u, r, pb.OperationType_UPDATE, r.GetRowChange())
	return &pb.UpdateRowResponse{Consumed: consumed, Row: row}, err
}

func (s *Service) deleteRow(u *usage, r *pb.DeleteRowRequest) (proto.Message, error) {
	row, consumed, err := s.writeRow(u, r, pb.OperationType_DELETE, r.GetPrimaryKey())
	return &pb.DeleteRowResponse{Consumed: consumed, Row: row}, err
}

// writeRequest is what PutRow, UpdateRow and DeleteRow have in common.
type writeRequest interface {
	GetTableName() string
	GetCondition() *pb.Condition
	GetReturnContent() *pb.ReturnContent
	GetTransactionId() string
}

func (s *Service) writeRow(u *usage, r writeRequest, kind pb.OperationType, encoded []byte) (row []byte, consumed *pb.ConsumedCapacity, err error) {
	if r.GetTransactionId() != "" {
		return nil, nil, notEmulated("local transaction")
	}
	t, err := s.tables.find(r.GetTableName())
	if err != nil {
		return nil, nil, err
	}
	w, err := newChange(t, kind, encoded, r.GetCondition(), r.GetReturnContent())
	if err != nil {
		return nil, nil, err
	}
	if err := w.checkTimes(s.clock()); err != nil {
		return nil, nil, err
	}
	var cost capacity
	err = s.commit(func(tx *bbolt.Tx, now time.Time) (err error) {
		row, cost, err = w.apply(tx, now)
		return err
	}, w)
	u.add(t.name(), cost)
	return row, cost.consumed(), err
}

// commit applies changes in one transaction, and hands what they left to the
// search indexes, in the order of the commits.
func (s *Service) commit(apply func(*bbolt.Tx, time.Time) error, changes ...*change) error {
	s.writes.Lock()
	defer s.writes.Unlock()
	now := s.clock()
	if err := s.db.Update(func(tx *bbolt.Tx) error { return apply(tx, now) }); err != nil {
		return err
	}
	s.indexes.add(changes, now)
	return nil
}

// writeResult is what became of one change of a batch.
type writeResult struct {
	row  []byte
	cost capacity
	err  error // an apiError
}

// writeAll applies changes independently of each other, in one commit.
func (s *Service) writeAll(changes []*change) ([]writeResult, error) {
	results := make([]writeResult, len(changes))
	err := s.commit(func(tx *bbolt.Tx, now time.Time) error {
		for i, w := range changes {
			r := &results[i]
			r.row, r.cost, r.err = w.apply(tx, now)
			if r.err != nil && !errors.As(r.err, new(*apiError)) {
				return r.err
			}
		}
		return nil
	}, changes...)
	return results, err
}

// writeAtomic applies all changes or none: then every one has the error of the
// first that failed.
func (s *Service) writeAtomic(changes []*change) ([]writeResult, error) {
	results := make([]writeResult, len(changes))
	err := s.commit(func(tx *bbolt.Tx, now time.Time) error {
		for i, w := range changes {
			r := &results[i]
			if r.row, r.cost, r.err = w.apply(tx, now); r.err != nil {
				return r.err
			}
		}
		return nil
	}, changes...)
	if !errors.As(err, new(*apiError)) {
		return results, err
	}
	for i := range results {
		results[i] = writeResult{cost: failedCheck, err: err}
	}
	return results, nil
}
