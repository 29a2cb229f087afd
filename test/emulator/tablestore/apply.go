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

// row is a row as a write finds it and leaves it.
type row struct {
	exists  bool
	written int64 // never, when nothing was put into it
	cells   columns
}

const never = math.MinInt64

// load reads what has not expired of the row.
func (w *change) load(rows *bbolt.Bucket, cutoff int64) row {
	stored := storedRow(rows.Get(w.key.stored))
	if stored == nil || stored.written() <= cutoff {
		return row{written: never}
	}
	_, cells := stored.split()
	return row{true, stored.written(), readColumns(cells).trim(w.table.maxVersions(), cutoff)}
}

// apply checks the condition and writes, in a transaction that nothing else
// writes in meanwhile. An apiError means that nothing was written. answer is
// what the client asked to be returned.
func (w *change) apply(tx *bbolt.Tx, clock time.Time) (answer []byte, cost capacity, err error) {
	rows, err := w.table.rows(tx)
	if err != nil {
		return nil, capacity{}, err
	}
	cutoff := w.table.cutoff(clock)
	r := w.load(rows, cutoff)
	if !w.allowed(r) {
		return nil, failedCheck, errConditionCheckFail()
	}
	switch w.kind {
	case pb.OperationType_DELETE:
		w.done = true
		return w.returned(nil), w.cost(), rows.Delete(w.key.stored)
	case pb.OperationType_PUT:
		r = row{written: never}
	}
	if err := w.edit(&r, clock.UnixMilli()); err != nil {
		return nil, capacity{}, err
	}
	if r.written != never { // else only deletions from a row that isn't there
		r.cells = r.cells.trim(w.table.maxVersions(), cutoff)
		w.done, w.result = true, newStoredRow(r.written, w.key.cells, r.cells)
		err = rows.Put(w.key.stored, w.result)
	}
	return w.returned(r.cells), w.cost(), err
}

func (w *change) allowed(r row) bool {
	switch w.existence {
	case pb.RowExistenceExpectation_EXPECT_EXIST:
		if !r.exists {
			return false
		}
	case pb.RowExistenceExpectation_EXPECT_NOT_EXIST:
		if r.exists {
			return false
		}
	}
	return w.condition == nil || w.condition.matches(r.cells.encode())
}

// edit carries out the request's cells, in their order. The row counts as
// written when the newest cell put into it was, and lives as long as that.
func (w *change) edit(r *row, now int64) error {
	if w.kind == pb.OperationType_PUT && len(w.cells) == 0 {
		r.written = now
	}
	for _, c := range w.cells {
		switch c.op {
		case opPut:
			if !c.timed {
				c.time = now
			}
			r.put(c)
		case opDeleteAll:
			from, to := r.cells.versions(c.name)
			r.cells = slices.Delete(r.cells, from, to)
		case opDeleteOne:
			if at, found := r.cells.find(c.name, c.time); found {
				r.cells = slices.Delete(r.cells, at, at+1)
			}
		case opIncrement:
			sum, err := r.cells.increment(c, now)
			if err != nil {
				return err
			}
			r.put(sum)
		}
	}
	return nil
}

func (r *row) put(c cell) {
	r.cells, r.written = r.cells.put(c), max(r.written, c.time)
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
