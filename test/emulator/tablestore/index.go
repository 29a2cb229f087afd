package tablestore

import (
	"sync"
	"time"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"go.etcd.io/bbolt"

	"github.com/fc-registry/fc-registry/test/emulator/tablestore/searchindex"
)

// index is a search index of a table, in memory. What is written to the table
// waits until it is due, and then until somebody searches.
type index struct {
	table, name string
	description *pb.DescribeSearchIndexResponse
	fields      map[string]*indexField
	lag         time.Duration

	queue   sync.Mutex
	pending []pendingRow // by the time when they are due

	mu        sync.RWMutex
	documents *searchindex.Index
}

// pendingRow is a row that was written, or deleted when row is nil.
type pendingRow struct {
	due time.Time
	key string
	row storedRow
}

// maxPending is how many rows may wait for a search though they are due.
const maxPending = 4096

func newIndex(table, name string, d *pb.DescribeSearchIndexResponse, lag time.Duration) (*index, error) {
	byColumn, fields, err := parseSchema(d.GetSchema())
	if err != nil {
		return nil, err
	}
	return &index{table: table, name: name, description: d, fields: byColumn, lag: lag, documents: searchindex.New(fields)}, nil
}

// build indexes the rows that the table has.
func (x *index) build(rows *bbolt.Bucket) error {
	return rows.ForEach(func(key, row []byte) error {
		x.apply(pendingRow{key: string(key), row: row})
		return nil
	})
}

// add takes a row that was written.
func (x *index) add(key string, row storedRow, now time.Time) {
	x.queue.Lock()
	x.pending = append(x.pending, pendingRow{now.Add(x.lag), key, row})
	many := len(x.pending) > maxPending
	x.queue.Unlock()
	if many {
		x.catchUp(now)
	}
}

// catchUp applies what is due.
func (x *index) catchUp(now time.Time) {
	if !x.isDue(now) {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, row := range x.take(now) {
		x.apply(row)
	}
}

func (x *index) isDue(now time.Time) bool {
	x.queue.Lock()
	defer x.queue.Unlock()
	return len(x.pending) > 0 && !x.pending[0].due.After(now)
}

// take removes what is due from the queue.
func (x *index) take(now time.Time) []pendingRow {
	x.queue.Lock()
	defer x.queue.Unlock()
	n := 0
	for n < len(x.pending) && !x.pending[n].due.After(now) {
		n++
	}
	due := x.pending[:n:n]
	if x.pending = x.pending[n:]; len(x.pending) == 0 {
		x.pending = nil
	}
	return due
}

func (x *index) apply(p pendingRow) {
	if p.row != nil {
		if d, ok := x.document(p.key, p.row); ok {
			x.documents.Put(d)
			return
		}
	}
	x.documents.Delete(p.key)
}

// search searches what was written up to the lag before now.
func (x *index) search(s searchindex.Search, now time.Time) searchindex.Result {
	x.catchUp(now)
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.documents.Search(s)
}

// rows returns how many rows are in the index.
func (x *index) rows(now time.Time) int {
	x.catchUp(now)
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.documents.Len()
}
