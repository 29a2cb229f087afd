package oss

import (
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
		var bodies []string
		err := s.catalog.update(bucket, s.now(), func(sh *shelf) (err error) {
			bodies, err = sh.removeExpired()
			return err
		})
		if err != nil {
			return err
		}
		s.removeBodies(bodies...)
	}
	return nil
}

func (s *shelf) removeExpired() (bodies []string, err error) {
	var keys [][]byte
	err = s.objects.ForEach(func(key, value []byte) error {
		o, err := decodeObject(string(key), value)
		if err != nil {
			return err
		}
		if expiredBy(s.rules, string(key), o.Modified, s.now) {
			keys = append(keys, key)
			bodies = append(bodies, o.Body)
		}
		return nil
	})
	for _, key := range keys {
		if err == nil {
			err = s.objects.Delete(key)
		}
	}
	return bodies, err
}
