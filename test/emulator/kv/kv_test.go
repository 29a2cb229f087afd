package kv

import (
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

func put(t *testing.T, db *bbolt.DB) {
	t.Helper()
	err := db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte("b"))
		if err != nil {
			return err
		}
		return b.Put([]byte("k"), []byte("v"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func has(t *testing.T, db *bbolt.DB) bool {
	t.Helper()
	found := false
	db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("b"))
		found = b != nil && string(b.Get([]byte("k"))) == "v"
		return nil
	})
	return found
}

func TestStoreOnDiskIsFoundAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "store")
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, db)
	if _, err := Open(path); err == nil {
		t.Error("a second Open of a store in use succeeded")
	}
	db.Close()
	db, err = Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if !has(t, db) {
		t.Error("the value is gone after reopening")
	}
}

func TestStoresInMemoryAreSeparateAndLeaveNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	a, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	put(t, a)
	if !has(t, a) || has(t, b) {
		t.Error("stores in memory are mixed up")
	}
	if files, _ := filepath.Glob("*"); len(files) != 0 {
		t.Errorf("left files: %v", files)
	}
}
