package tablestore

import (
	"math"
	"slices"
	"time"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"go.etcd.io/bbolt"
)

// failedCheck is what a write costs whose condition doesn't hold.
var failedCheck = capacity{read: 1, write: 1}

// apply checks the condition and writes, in a transaction that nothing else
// writes in meanwhile. An apiError means that nothing was written. row is what
// the client asked to be returned.
func (w *change) apply(tx *bbolt.Tx, clock time.Time) (row []byte, cost capacity, err error) {
	now, cutoff := clock.UnixMilli(), w.table.cutoff(clock)
	rows, err := w.table.rows(tx)
	if err != nil {
		return nil, capacity{}, err
	}
	old := storedRow(rows.Get(w.key.stored))
	if old != nil && old.written() <= cutoff {
		old = nil
	}
	var cells columns
	if old != nil {
		_, encoded := old.split()
		cells = readColumns(encoded).trim(w.table.maxVersions(), cutoff)
	}
	if !w.allowed(old != nil, cells) {
		return nil, failedCheck, errConditionCheckFail()
	}
	if w.kind == pb.OperationType_DELETE {
		return w.returned(nil), w.cost(), rows.Delete(w.key.stored)
	}
	written := int64(math.MinInt64)
	if w.kind == pb.OperationType_PUT {
		cells = nil
	} else if old != nil {
		written = old.written()
	}
	cells, written, err = w.edit(cells, written, now)
	if err != nil {
		return nil, capacity{}, err
	}
	if written != math.MinInt64 { // not only deletions from a row that isn't there
		cells = cells.trim(w.table.maxVersions(), cutoff)
		err = rows.Put(w.key.stored, newStoredRow(written, w.key.cells, cells))
	}
	return w.returned(cells), w.cost(), err
}

func (w *change) allowed(exists bool, cells columns) bool {
	switch w.existence {
	case pb.RowExistenceExpectation_EXPECT_EXIST:
		if !exists {
			return false
		}
	case pb.RowExistenceExpectation_EXPECT_NOT_EXIST:
		if exists {
			return false
		}
	}
	return w.condition == nil || w.condition.matches(cells.encode())
}

// edit carries out the request's cells, in their order. written becomes the
// time of the newest cell put; the row lives as long as that.
func (w *change) edit(cells columns, written, now int64) (columns, int64, error) {
	if w.kind == pb.OperationType_PUT && len(w.cells) == 0 {
		written = now
	}
	for _, c := range w.cells {
		switch c.op {
		case opPut:
			if !c.timed {
				c.time = now
			}
			cells, written = cells.put(c), max(written, c.time)
		case opDeleteAll:
			from, to := cells.versions(c.name)
			cells = slices.Delete(cells, from, to)
		case opDeleteOne:
			if at, found := cells.find(c.name, c.time); found {
				cells = slices.Delete(cells, at, at+1)
			}
		case opIncrement:
			sum, err := cells.increment(c, now)
			if err != nil {
				return nil, 0, err
			}
			cells, written = cells.put(sum), max(written, sum.time)
		}
	}
	return cells, written, nil
}

// increment returns the column's next version; an absent column counts as 0.
func (l columns) increment(c cell, now int64) (cell, error) {
	sum := cell{name: c.name, value: c.value, time: now}
	from, to := l.versions(c.name)
	if from == to {
		return sum, nil
	}
	latest := l[from]
	if latest.value.kind() != typeInteger {
		return sum, invalid("Column '%s' is %s, only an integer can be incremented.", c.name, latest.value.typeName())
	}
	sum.value = integer(latest.value.integer() + c.value.integer())
	sum.time = max(now, latest.time)
	return sum, nil
}

// returned is the row as ReturnContent asks for it: its key, or with the newest
// versions of the columns named.
func (w *change) returned(cells columns) []byte {
	switch w.returns.GetReturnType() {
	case pb.ReturnType_RT_PK:
		return appendRow(appendHeader(nil), w.key.cells, nil)
	case pb.ReturnType_RT_AFTER_MODIFY:
		var newest columns
		for _, name := range w.returns.GetReturnColumnNames() {
			if from, to := cells.versions([]byte(name)); from < to {
				newest = append(newest, cells[from])
			}
		}
		return appendRow(appendHeader(nil), w.key.cells, newest.encode())
	}
	return nil
}

// cost is what the write costs when it succeeds: what is written, and for a
// condition the reading of the key.
func (w *change) cost() capacity {
	c := capacity{write: units(w.size)}
	if w.conditional() {
		c.read = units(w.key.size)
	}
	return c
}

func (w *change) conditional() bool {
	return w.condition != nil || w.existence != pb.RowExistenceExpectation_IGNORE
}
