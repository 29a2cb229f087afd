//go:build !linux

package kv

import "os"

// memoryFile stands in for a file in memory where the system has none: a
// temporary file without a name, never synced.
func memoryFile() (*os.File, error) {
	f, err := os.CreateTemp("", "kv")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}
