package tablestore

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"sync"
	"time"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
	"go.etcd.io/bbolt"
)

const (
	maxKeyColumns    = 4
	maxDefined       = 32
	minTTL           = 24 * 60 * 60 // seconds
	defaultDeviation = 24 * 60 * 60 // seconds
)

// names of tables and columns.
var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)

var tablesBucket = []byte("tables")

// table is a table's description; it is never changed, only replaced.
type table struct {
	*pb.DescribeTableResponse
	schema []*pb.PrimaryKeySchema
	bucket []byte // its rows in the store
}

func newTable(d *pb.DescribeTableResponse) *table {
	meta := d.GetTableMeta()
	return &table{d, meta.GetPrimaryKey(), rowsBucket(meta.GetTableName())}
}

func rowsBucket(table string) []byte { return []byte("rows/" + table) }

func (t *table) name() string { return t.GetTableMeta().GetTableName() }

// hasKey says whether a column is one of the primary key.
func (t *table) hasKey(name string) bool {
	return slices.ContainsFunc(t.schema, func(c *pb.PrimaryKeySchema) bool { return c.GetName() == name })
}

func (t *table) maxVersions() int { return int(t.GetTableOptions().GetMaxVersions()) }

// cutoff is the time, in milliseconds, up to which cells have expired.
func (t *table) cutoff(now time.Time) int64 {
	ttl := t.GetTableOptions().GetTimeToLive()
	if ttl < 0 {
		return math.MinInt64
	}
	return now.UnixMilli() - int64(ttl)*1000
}

// rows returns the table's rows; the table may have gone since it was looked
// up.
func (t *table) rows(tx *bbolt.Tx) (*bbolt.Bucket, error) {
	if rows := tx.Bucket(t.bucket); rows != nil {
		return rows, nil
	}
	return nil, errNoTable()
}

// catalog keeps the tables' descriptions, in the store and in memory.
type catalog struct {
	db *bbolt.DB

	mu     sync.RWMutex
	tables map[string]*table
}

func openCatalog(db *bbolt.DB) (*catalog, error) {
	c := &catalog{db: db, tables: make(map[string]*table)}
	err := db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists(tablesBucket)
		if err != nil {
			return err
		}
		return bucket.ForEach(func(name, value []byte) error {
			d := &pb.DescribeTableResponse{}
			if err := proto.Unmarshal(value, d); err != nil {
				return fmt.Errorf("description of table %s: %w", name, err)
			}
			c.tables[string(name)] = newTable(d)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read tables: %w", err)
	}
	return c, nil
}

func (c *catalog) find(name string) (*table, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if t := c.tables[name]; t != nil {
		return t, nil
	}
	if !validName.MatchString(name) {
		return nil, invalid("Invalid table name: '%s'.", name)
	}
	return nil, errNoTable()
}

func (c *catalog) names() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	names := make([]string, 0, len(c.tables))
	for name := range c.tables {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (c *catalog) create(t *table) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tables[t.name()] != nil {
		return errTableExists()
	}
	return c.store(t)
}

// update replaces a table's description with what change makes of it.
func (c *catalog) update(name string, change func(*pb.DescribeTableResponse) error) (*table, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.tables[name]
	if old == nil {
		return nil, errNoTable()
	}
	d := proto.Clone(old.DescribeTableResponse).(*pb.DescribeTableResponse)
	if err := change(d); err != nil {
		return nil, err
	}
	t := newTable(d)
	return t, c.store(t)
}

// store writes a description; mu is held.
func (c *catalog) store(t *table) error {
	value, err := proto.Marshal(t.DescribeTableResponse)
	if err != nil {
		return err
	}
	err = c.db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(t.bucket)
		return errors.Join(err, tx.Bucket(tablesBucket).Put([]byte(t.name()), value))
	})
	if err == nil {
		c.tables[t.name()] = t
	}
	return err
}

func (c *catalog) remove(name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.tables[name]
	if t == nil {
		return errNoTable()
	}
	err := c.db.Update(func(tx *bbolt.Tx) error {
		return errors.Join(tx.DeleteBucket(t.bucket), tx.Bucket(tablesBucket).Delete([]byte(name)))
	})
	if err == nil {
		delete(c.tables, name)
	}
	return err
}
