package oss

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.etcd.io/bbolt"
)

// catalog is the metadata of all that the service keeps:
//
//	buckets    name -> bucketRecord
//	lifecycle  name -> []rule, for buckets that have rules
//	objects    name -> a nested bucket: key -> object
//	created    sequence number -> Created, not yet delivered
//
// What it says is what exists: a body is written before its object is put
// here, and removed after.
type catalog struct{ db *bbolt.DB }

type bucketRecord struct {
	Created time.Time
	// What was set, "" until then.
	ACL, Encryption, Versioning string
}

// object is what is known of an object beside its bytes.
type object struct {
	Body     string // id of its body
	Size     int64
	MD5      []byte
	CRC64    uint64
	Modified time.Time // UTC
	// Headers are Content-Type, the like, and user metadata, by their
	// canonical names.
	Headers map[string]string
}

func newCatalog(db *bbolt.DB) (*catalog, error) {
	err := db.Update(func(tx *bbolt.Tx) error {
		for _, name := range []string{"buckets", "lifecycle", "objects", "created"} {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
	return &catalog{db}, err
}

// shelf is one bucket's objects within a transaction.
type shelf struct {
	tx      *bbolt.Tx
	objects *bbolt.Bucket
	rules   []rule
	now     time.Time
}

func openShelf(tx *bbolt.Tx, bucket string, now time.Time) (*shelf, error) {
	s := &shelf{tx: tx, objects: tx.Bucket([]byte("objects")).Bucket([]byte(bucket)), now: now}
	if s.objects == nil {
		return nil, noSuchBucket(bucket)
	}
	if rules := tx.Bucket([]byte("lifecycle")).Get([]byte(bucket)); rules != nil {
		if err := json.Unmarshal(rules, &s.rules); err != nil {
			return nil, fmt.Errorf("lifecycle rules of bucket %s: %w", bucket, err)
		}
	}
	return s, nil
}

// view runs fn on a bucket's objects.
func (c *catalog) view(bucket string, now time.Time, fn func(*shelf) error) error {
	return c.db.View(func(tx *bbolt.Tx) error {
		s, err := openShelf(tx, bucket, now)
		if err != nil {
			return err
		}
		return fn(s)
	})
}

// update runs fn on a bucket's objects. What it did is on disk, all or
// nothing, when update returns.
func (c *catalog) update(bucket string, now time.Time, fn func(*shelf) error) error {
	return c.db.Update(func(tx *bbolt.Tx) error {
		s, err := openShelf(tx, bucket, now)
		if err != nil {
			return err
		}
		return fn(s)
	})
}

// stored returns the object at key, expired or not; nil when there is none.
func (s *shelf) stored(key string) (*object, error) {
	value := s.objects.Get([]byte(key))
	if value == nil {
		return nil, nil
	}
	return decodeObject(key, value)
}

// get returns the object at key, or noSuchKey.
func (s *shelf) get(key string) (*object, error) {
	o, err := s.stored(key)
	if err != nil {
		return nil, err
	}
	if o == nil || expiredBy(s.rules, key, o.Modified, s.now) {
		return nil, noSuchKey(key)
	}
	return o, nil
}

// put stores an object and returns the id of the body that it replaces, or "".
func (s *shelf) put(key string, o *object, forbidOverwrite bool) (string, error) {
	old, err := s.stored(key)
	if err != nil {
		return "", err
	}
	if forbidOverwrite && old != nil && !expiredBy(s.rules, key, old.Modified, s.now) {
		return "", refuse(http.StatusConflict, "FileAlreadyExists",
			"The object you specified already exists and can not be overwritten.")
	}
	value, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	if err := s.objects.Put([]byte(key), value); err != nil || old == nil {
		return "", err
	}
	return old.Body, nil
}

// delete removes an object and returns the id of its body, or "".
func (s *shelf) delete(key string) (string, error) {
	old, err := s.stored(key)
	if err != nil || old == nil {
		return "", err
	}
	return old.Body, s.objects.Delete([]byte(key))
}

func decodeObject(key string, value []byte) (*object, error) {
	var o object
	if err := json.Unmarshal(value, &o); err != nil {
		return nil, fmt.Errorf("metadata of object %s: %w", key, err)
	}
	return &o, nil
}

// bodyIDs returns the ids of all bodies that objects have.
func (c *catalog) bodyIDs() (map[string]bool, error) {
	ids := make(map[string]bool)
	err := c.db.View(func(tx *bbolt.Tx) error {
		buckets := tx.Bucket([]byte("objects"))
		return buckets.ForEachBucket(func(name []byte) error {
			return buckets.Bucket(name).ForEach(func(key, value []byte) error {
				o, err := decodeObject(string(key), value)
				if err != nil {
					return err
				}
				ids[o.Body] = true
				return nil
			})
		})
	})
	return ids, err
}

// find returns an object's metadata.
func (c *catalog) find(bucket, key string, now time.Time) (*object, error) {
	var o *object
	err := c.view(bucket, now, func(s *shelf) (err error) {
		o, err = s.get(key)
		return err
	})
	return o, err
}

// store is how objects come to be: it makes o visible at key, in one
// transaction with the notification of it, and drops the body that was there.
// When it fails, o's body is dropped instead.
func (s *Service) store(c *call, o *object, event string) error {
	var replaced string
	var pending uint64
	created := &Created{
		Event: "ObjectCreated:" + event, Bucket: c.bucket, Key: c.key, Size: o.Size,
		ETag: hexMD5(o), Time: o.Modified, RequestID: c.id,
	}
	forbid := c.Header.Get("x-oss-forbid-overwrite") == "true"
	err := s.catalog.update(c.bucket, c.now, func(sh *shelf) (err error) {
		if replaced, err = sh.put(c.key, o, forbid); err != nil || s.options.OnCreated == nil {
			return err
		}
		pending, err = addCreated(sh.tx, created)
		return err
	})
	if err != nil {
		return errors.Join(err, s.bodies.remove(o.Body))
	}
	if s.options.OnCreated != nil {
		s.notify(c.Context(), pending, created)
	}
	s.removeBodies(replaced)
	return nil
}

// removeBodies drops bodies that no object has any more. One that can't be
// removed takes space until the next start.
func (s *Service) removeBodies(ids ...string) {
	s.removal.Lock()
	defer s.removal.Unlock()
	for _, id := range ids {
		if id == "" {
			continue
		}
		if err := s.bodies.remove(id); err != nil {
			s.log.Error("remove body", "id", id, "error", err)
		}
	}
}
