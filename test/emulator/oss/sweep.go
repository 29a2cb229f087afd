package oss

import (
	"bytes"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

const sweepInterval = time.Minute

// sweepRegularly removes expired objects until the service is closed.
func (s *Service) sweepRegularly() {
	ticker := time.NewTicker(sweepInterval)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		if err := s.sweep(); err != nil {
			s.log.Error("remove expired objects", "error", err)
		}
	}
}

// sweep removes the objects that are invisible already.
func (s *Service) sweep() error {
	var ruled []string
	err := s.catalog.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("lifecycle")).ForEach(func(name, _ []byte) error {
			ruled = append(ruled, string(name))
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, bucket := range ruled {
		if err := s.sweepBucket(bucket); err != nil {
			return fmt.Errorf("bucket %s: %w", bucket, err)
		}
	}
	return nil
}

// sweepBucket looks first and writes only when there is something to remove.
func (s *Service) sweepBucket(bucket string) error {
	var keys []string
	err := s.catalog.view(bucket, s.now(), func(sh *shelf) (err error) {
		keys, err = sh.expired()
		return err
	})
	if err != nil || len(keys) == 0 {
		return err
	}
	var bodies []string
	err = s.catalog.update(bucket, s.now(), func(sh *shelf) error {
		for _, key := range keys {
			body, err := sh.deleteExpired(key)
			if err != nil {
				return err
			}
			bodies = append(bodies, body)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.removeBodies(bodies...)
	return nil
}

// expired returns the keys of expired objects, some perhaps twice.
func (s *shelf) expired() (keys []string, err error) {
	for _, r := range s.rules {
		cursor, prefix := s.objects.Cursor(), []byte(r.Prefix)
		for key, value := cursor.Seek(prefix); key != nil && bytes.HasPrefix(key, prefix); key, value = cursor.Next() {
			o, err := decodeObject(string(key), value)
			if err != nil {
				return nil, err
			}
			if expiredBy(s.rules, string(key), o.Modified, s.now) {
				keys = append(keys, string(key))
			}
		}
	}
	return keys, nil
}

// deleteExpired deletes an object unless it was replaced meanwhile, and
// returns the id of its body, or "".
func (s *shelf) deleteExpired(key string) (string, error) {
	o, err := s.stored(key)
	if err != nil || o == nil || !expiredBy(s.rules, key, o.Modified, s.now) {
		return "", err
	}
	return s.delete(key)
}
