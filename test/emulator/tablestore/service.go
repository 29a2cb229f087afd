// Package tablestore emulates Alibaba Cloud Tablestore (the wide column model)
// at wire level, for the vendor's own SDKs: HTTP with protobuf bodies, rows as
// PlainBuffer, signed requests. Its facts come from the vendor's documentation
// and from the Go SDK's source.
//
// Not emulated, and refused with words that say so: local transactions (a
// table may ask for them), secondary indexes, streams, SQL, AUTO_INCREMENT
// keys, column pagination and regular expressions in filters. Of search
// indexes: UpdateSearchIndex, ParallelScan and ComputeSplits; the field types
// DATE, GEO_POINT, NESTED, VECTOR, IP and JSON; virtual and routing fields,
// highlighting, time to live; analyzers but single_word and max_word; queries
// by score functions, geography, vector and nested rows; collapsing, the
// filter after a query, aggregations, groups but GroupByField without
// sub-groups; sorting by distance or document, the values that stand for
// missing ones, and the mean of several.
//
// max_word has no dictionary: see searchindex.MaxWord. A Search sorts by the
// primary key when it names no sort, ties too. What the vendor doesn't
// document is said where it is decided.
//
// Expired rows are invisible at once, but stay in the store until they are
// written again. The size of a row, by which capacity units are counted, is
// that of its names and values, without versions.
package tablestore

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/kv"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// Options configure a Service.
type Options struct {
	// Instance is the one instance that is served.
	Instance string
	// Account verifies the requests' signatures.
	Account *sts.Account
	// Path is the file of the embedded store; "" keeps everything in memory.
	Path string
	// Clock tells the time of versions, expiry and signatures; nil: time.Now.
	Clock func() time.Time
	// IndexLag is how long after a write, by Clock, the search indexes find the
	// row as it was before; 0: a Search sees every write acknowledged before
	// it. The real service takes up to 3 seconds in 99 of 100 cases. After
	// Open the indexes are up to date.
	IndexLag time.Duration
	// Faults is asked before each request, with the operation and the (first)
	// table; nil: no faults.
	Faults *fault.Plan
	// Meter counts calls and capacity units by operation and table; nil: none.
	Meter *meter.Meter
	// Log gets what went wrong inside; nil: discarded.
	Log *slog.Logger
}

// Service is one instance of Tablestore. It is safe for concurrent use.
type Service struct {
	instance   string
	account    *sts.Account
	clock      func() time.Time
	faults     *fault.Plan
	meter      *meter.Meter
	log        *slog.Logger
	db         *bbolt.DB
	tables     *catalog
	writes     sync.Mutex // held over a commit and its way into the indexes
	indexes    *indexes
	operations map[string]operation

	requestPrefix string
	requests      atomic.Uint64
}

// Open opens or creates the store and returns a Service over it.
func Open(o Options) (*Service, error) {
	db, err := kv.Open(o.Path)
	if err != nil {
		return nil, err
	}
	tables, err := openCatalog(db)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("store %s: %w", o.Path, err)
	}
	indexes, err := openIndexes(db, o.IndexLag)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("store %s: %w", o.Path, err)
	}
	s := &Service{
		instance:      o.Instance,
		account:       o.Account,
		clock:         o.Clock,
		faults:        o.Faults,
		meter:         o.Meter,
		log:           o.Log,
		db:            db,
		tables:        tables,
		indexes:       indexes,
		requestPrefix: rand.Text()[:12],
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.operations = s.newOperations()
	return s, nil
}

// Close waits for the requests under way and closes the store.
func (s *Service) Close() error { return s.db.Close() }

var _ http.Handler = (*Service)(nil)
