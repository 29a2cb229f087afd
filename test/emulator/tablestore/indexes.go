package tablestore

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
	"go.etcd.io/bbolt"
)

// indexesBucket holds the descriptions of the search indexes, by the names of
// table and index with a zero between.
var indexesBucket = []byte("indexes")

// indexes are the search indexes of all tables. Whoever writes rows, creates
// an index or deletes one holds Service.writes.
type indexes struct {
	db  *bbolt.DB
	lag time.Duration

	mu     sync.RWMutex
	tables map[string]map[string]*index
}

// openIndexes builds the indexes that are described in the store.
func openIndexes(db *bbolt.DB, lag time.Duration) (*indexes, error) {
	l := &indexes{db: db, lag: lag, tables: make(map[string]map[string]*index)}
	err := db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists(indexesBucket)
		if err != nil {
			return err
		}
		return bucket.ForEach(func(key, value []byte) error {
			table, name, _ := bytes.Cut(key, []byte{0})
			if err := l.load(tx, string(table), string(name), value); err != nil {
				return fmt.Errorf("search index %s of table %s: %w", name, table, err)
			}
			return nil
		})
	})
	return l, err
}

func (l *indexes) load(tx *bbolt.Tx, table, name string, value []byte) error {
	d := &pb.DescribeSearchIndexResponse{}
	if err := proto.Unmarshal(value, d); err != nil {
		return err
	}
	x, err := newIndex(table, name, d, l.lag)
	if err != nil {
		return err
	}
	if err := x.build(tx.Bucket(rowsBucket(table))); err != nil {
		return err
	}
	l.put(x)
	return nil
}

func (l *indexes) put(x *index) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tables[x.table] == nil {
		l.tables[x.table] = make(map[string]*index)
	}
	l.tables[x.table][x.name] = x
}

func (l *indexes) find(table, name string) (*index, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if x := l.tables[table][name]; x != nil {
		return x, nil
	}
	return nil, errNoIndex(table, name)
}

// of returns the indexes of a table, or of all tables for "", by name.
func (l *indexes) of(table string) []*index {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var list []*index
	for _, name := range slices.Sorted(maps.Keys(l.tables)) {
		if table == "" || table == name {
			for _, index := range slices.Sorted(maps.Keys(l.tables[name])) {
				list = append(list, l.tables[name][index])
			}
		}
	}
	return list
}

// create stores a new index and fills it with the rows of its table.
func (l *indexes) create(x *index) error {
	if _, err := l.find(x.table, x.name); err == nil {
		return errIndexExists(x.table, x.name)
	}
	value, err := proto.Marshal(x.description)
	if err != nil {
		return err
	}
	err = l.db.Update(func(tx *bbolt.Tx) error {
		rows := tx.Bucket(rowsBucket(x.table))
		if rows == nil {
			return errNoTable()
		}
		if err := x.build(rows); err != nil {
			return err
		}
		return tx.Bucket(indexesBucket).Put(indexKey(x.table, x.name), value)
	})
	if err == nil {
		l.put(x)
	}
	return err
}

func (l *indexes) remove(table, name string) error {
	if _, err := l.find(table, name); err != nil {
		return err
	}
	err := l.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(indexesBucket).Delete(indexKey(table, name))
	})
	if err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.tables[table], name)
	}
	return err
}

func indexKey(table, name string) []byte { return []byte(table + "\x00" + name) }

// add hands what was written to the indexes.
func (l *indexes) add(changes []*change, now time.Time) {
	for _, w := range changes {
		if !w.done {
			continue
		}
		for _, x := range l.of(w.table.name()) {
			x.add(string(w.key.stored), w.result, now)
		}
	}
}
