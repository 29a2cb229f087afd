// Package tablestore emulates Alibaba Cloud Tablestore (the wide column model)
// at wire level, for the vendor's own SDKs: HTTP with protobuf bodies, rows as
// PlainBuffer, signed requests. Its facts come from the vendor's documentation
// and from the Go SDK's source.
//
// Not emulated, and refused with words that say so: local transactions (a
// table may ask for them), secondary and search indexes, streams, SQL,
// AUTO_INCREMENT keys, column pagination and regular expressions in filters.
// Expired rows are invisible at once, but stay in the store until they are
// written again. The size of a row, by which capacity units are counted, is
// that of its names and values, without versions.
package tablestore

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
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
	s := &Service{
		instance:      o.Instance,
		account:       o.Account,
		clock:         o.Clock,
		faults:        o.Faults,
		meter:         o.Meter,
		log:           o.Log,
		db:            db,
		tables:        tables,
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
