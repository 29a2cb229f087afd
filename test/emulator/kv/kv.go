// Package kv opens the embedded store under the emulators.
//
// It is bbolt: one file, ordered keys, copy-on-write pages with a checksummed
// root, so a process killed at any moment leaves the last committed state, and
// a commit is on disk (fdatasync) before it is acknowledged. Pebble writes
// faster, but brings some thirty modules with it, among them a newer
// golang/protobuf than the functions may link.
package kv

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// Open opens or creates the store at path; "" keeps it in memory, gone when it
// is closed. It fails after a second when another process has it open.
func Open(path string) (*bbolt.DB, error) {
	options := *bbolt.DefaultOptions
	options.Timeout = time.Second
	options.FreelistType = bbolt.FreelistMapType
	if path == "" {
		path = "memory"
		options.NoSync = true
		options.NoFreelistSync = true
		options.OpenFile = func(string, int, os.FileMode) (*os.File, error) { return memoryFile() }
	} else if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &options)
	if err != nil {
		return nil, fmt.Errorf("open store %s (is it in use by another process?): %w", path, err)
	}
	return db, nil
}
