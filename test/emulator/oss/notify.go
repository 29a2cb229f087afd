package oss

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

const (
	maxDeliveries = 16 // at once
	firstPause    = 100 * time.Millisecond
	longestPause  = time.Minute
)

// addCreated keeps a notification in the transaction that makes its object
// visible, and returns the number it is kept under.
func addCreated(tx *bbolt.Tx, created *Created) (uint64, error) {
	pending := tx.Bucket([]byte("created"))
	n, err := pending.NextSequence()
	if err != nil {
		return 0, err
	}
	value, err := json.Marshal(created)
	if err != nil {
		return 0, err
	}
	return n, pending.Put(binary.BigEndian.AppendUint64(nil, n), value)
}

// resumeNotifications delivers what an earlier run left.
func (s *Service) resumeNotifications() error {
	if s.options.OnCreated == nil {
		return nil
	}
	ended, end := context.WithCancel(context.Background())
	end() // the requests of an earlier run have
	return s.catalog.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("created")).ForEach(func(key, value []byte) error {
			var created Created
			if err := json.Unmarshal(value, &created); err != nil {
				return fmt.Errorf("kept notification: %w", err)
			}
			s.notify(ended, binary.BigEndian.Uint64(key), &created)
			return nil
		})
	})
}

// notify delivers in the background, first when Options.NotifyDelay says, then
// again and again with growing pauses, until OnCreated takes it or the service
// is closed. The request is what made the object; its context ends with its answer.
func (s *Service) notify(request context.Context, n uint64, created *Created) {
	s.starting.Lock()
	defer s.starting.Unlock()
	if s.ctx.Err() != nil {
		return // it is kept for the next start
	}
	s.background.Go(func() {
		if s.options.NotifyDelay > 0 {
			select {
			case <-s.ctx.Done():
			case <-request.Done():
			}
			s.sleep(s.options.NotifyDelay)
		}
		for pause := firstPause; s.ctx.Err() == nil && !s.deliver(n, created); pause = min(2*pause, longestPause) {
			s.sleep(pause)
		}
	})
}

// sleep ends early when the service is closed.
func (s *Service) sleep(d time.Duration) {
	select {
	case <-s.ctx.Done():
	case <-time.After(d):
	}
}

// deliver tells whether the notification is done with.
func (s *Service) deliver(n uint64, created *Created) bool {
	select {
	case <-s.ctx.Done():
		return false
	case s.running <- struct{}{}:
		defer func() { <-s.running }()
	}
	log := s.log.With("event", created.Event, "bucket", created.Bucket, "key", created.Key)
	if err := s.options.OnCreated(s.ctx, *created); err != nil {
		log.Warn("notification not taken", "error", err)
		return false
	}
	err := s.catalog.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("created")).Delete(binary.BigEndian.AppendUint64(nil, n))
	})
	if err != nil {
		log.Error("forget delivered notification", "error", err)
	}
	return err == nil
}
