package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"go.etcd.io/bbolt"
)

// function is what is kept of a function.
type function struct {
	Name     string
	ID       string
	Created  time.Time
	Modified time.Time
	Config   config // of LATEST
	Code     code

	Triggers []*trigger
	Address  string // HOST:PORT of its HTTP trigger, "" without one

	Published int // the last version's number
	Versions  []*version
	Aliases   []*alias
}

// config is a function's configuration as it was given, without its code.
type config map[string]json.RawMessage

// code is a function's package in the storage.
type code struct {
	Object   string
	Checksum string // CRC-64 (ECMA) in decimal digits
	Size     int64
}

var functionName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,63}$`)

// functionsKey is the store's only bucket: name to function.
var functionsKey = []byte("functions")

// function returns a stored function, or FunctionNotFound.
func (s *Service) function(name string) (*function, error) {
	f := new(function)
	err := s.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(functionsKey)
		if b == nil {
			return functionNotFound(name)
		}
		value := b.Get([]byte(name))
		if value == nil {
			return functionNotFound(name)
		}
		return json.Unmarshal(value, f)
	})
	return f, err
}

// functions returns the stored functions whose names have a prefix, by name.
func (s *Service) functions(prefix string) ([]*function, error) {
	var list []*function
	err := s.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(functionsKey)
		if b == nil {
			return nil
		}
		cursor := b.Cursor()
		for key, value := cursor.Seek([]byte(prefix)); bytes.HasPrefix(key, []byte(prefix)) && key != nil; key, value = cursor.Next() {
			f := new(function)
			if err := json.Unmarshal(value, f); err != nil {
				return fmt.Errorf("stored function %s: %w", key, err)
			}
			list = append(list, f)
		}
		return nil
	})
	return list, err
}

func (s *Service) save(f *function) error {
	value, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(functionsKey)
		if err != nil {
			return err
		}
		return b.Put([]byte(f.Name), value)
	})
}

func (s *Service) forget(name string) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		if b := tx.Bucket(functionsKey); b != nil {
			return b.Delete([]byte(name))
		}
		return nil
	})
}

// change stores what edit makes of a function.
func (s *Service) change(name string, edit func(*function) error) (*function, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.function(name)
	if err != nil {
		return nil, err
	}
	if err := edit(f); err != nil {
		return nil, err
	}
	return f, s.save(f)
}
