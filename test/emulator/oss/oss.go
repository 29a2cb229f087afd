// Package oss emulates Alibaba Cloud's Object Storage Service at the level of
// its HTTP interface, as far as aliyun-oss-go-sdk v3.0.2 uses it for buckets,
// objects, lifecycle rules, signed URLs, upload callbacks and notifications.
//
// It has no multipart or appended uploads, versions, ACLs, CORS rules, web
// sites or symbolic links: asking for them is answered with 501
// NotImplemented, never with something that looks like success.
package oss

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/kv"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// Options say what an emulated service is like.
type Options struct {
	// Region, such as cn-hangzhou, must stand in the scope of V4 signatures.
	Region string
	// Account has the keys that signatures are checked with.
	Account *sts.Account
	// Dir keeps objects and their metadata; "" keeps all in memory.
	Dir string
	// AllowV1 accepts V1 signatures too. New accounts are refused them.
	AllowV1 bool
	// Clock is time.Now when nil. Signatures, Last-Modified and lifecycle
	// rules follow it.
	Clock func() time.Time
	// Faults sees Call{Operation: "PutObject", Resource: "bucket/key"}; the
	// resource of a bucket's operation is the bucket.
	Faults *fault.Plan
	// Meter counts authenticated calls: service "oss", the operation, the
	// bucket.
	Meter *meter.Meter
	// Log discards when nil.
	Log *slog.Logger
	// OnCreated, when set, is told of every object that was created, at least
	// once, in no particular order, and again until it returns nil. Its context
	// ends when the service is closed.
	OnCreated func(context.Context, Created) error
	// NotifyDelay is how long after the request that created an object was
	// answered OnCreated is first told; 0: at once. The real service takes about a
	// second, by which a callback has been answered; here that may take longer.
	NotifyDelay time.Duration
	// CallbackTimeout is how long an upload's callback may take; 0: the
	// constant of this name. Who must not depend on how fast the machine is takes more.
	CallbackTimeout time.Duration
}

// Created is an ObjectCreated notification.
type Created struct {
	Event     string // ObjectCreated:PutObject or ObjectCreated:CopyObject
	Bucket    string
	Key       string
	Size      int64
	ETag      string // upper-case hexadecimal MD5, without quotes
	Time      time.Time
	RequestID string
}

// Service is an emulated OSS. It is an http.Handler.
type Service struct {
	options   Options
	log       *slog.Logger
	catalog   *catalog
	bodies    bodies
	callbacks *http.Client

	// removal is held for reading from when an object is looked up until its
	// body is open, and for writing while a body is removed: a reader that
	// found an object can always open it, and then keeps its old bytes.
	removal sync.RWMutex

	// starting keeps background from growing once Close waits for it.
	starting   sync.Mutex
	background sync.WaitGroup
	running    chan struct{} // one element per notification being delivered
	ctx        context.Context
	cancel     context.CancelFunc
}

// Open starts a service on what Options.Dir holds from an earlier run.
func Open(options Options) (*Service, error) {
	if options.Region == "" || options.Account == nil {
		return nil, errors.New("open OSS emulator: Region and Account must be set")
	}
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{
		options:   options,
		log:       options.Log,
		callbacks: newCallbackClient(cmp.Or(options.CallbackTimeout, CallbackTimeout)),
		running:   make(chan struct{}, maxDeliveries),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.openStore(options.Dir); err != nil {
		return nil, fmt.Errorf("open OSS emulator: %w", err)
	}
	if err := s.start(); err != nil {
		return nil, fmt.Errorf("open OSS emulator: %w", errors.Join(err, s.Close()))
	}
	return s, nil
}

func (s *Service) openStore(dir string) error {
	path := ""
	if dir == "" {
		s.bodies = newMemoryBodies()
	} else {
		disk, err := openDiskBodies(filepath.Join(dir, "bodies"))
		if err != nil {
			return err
		}
		s.bodies = disk
		path = filepath.Join(dir, "objects.db")
	}
	db, err := kv.Open(path)
	if err != nil {
		return err
	}
	s.catalog, err = newCatalog(db)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return nil
}

// start finishes what an earlier run left undone, and begins the work in the
// background.
func (s *Service) start() error {
	known, err := s.catalog.bodyIDs()
	if err != nil {
		return err
	}
	if err := s.bodies.retain(known); err != nil {
		return err
	}
	if err := s.sweep(); err != nil {
		return err
	}
	if err := s.resumeNotifications(); err != nil {
		return err
	}
	s.background.Go(s.sweepRegularly)
	return nil
}

// Close ends deliveries and the work in the background, waits for what is
// running, and closes the store. Undelivered notifications are kept.
func (s *Service) Close() error {
	s.starting.Lock()
	s.cancel()
	s.starting.Unlock()
	s.background.Wait()
	s.callbacks.CloseIdleConnections()
	if err := s.catalog.db.Close(); err != nil {
		return fmt.Errorf("close OSS emulator: %w", err)
	}
	return nil
}

func (s *Service) now() time.Time { return s.options.Clock().UTC() }
