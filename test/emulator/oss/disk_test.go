package oss_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/oss"
)

// wantBodies waits until the directory of a service holds n bodies.
func wantBodies(t *testing.T, dir string, n int) {
	t.Helper()
	var entries []os.DirEntry
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		var err error
		if entries, err = os.ReadDir(filepath.Join(dir, "bodies")); err != nil {
			t.Fatal(err)
		}
		if len(entries) == n {
			return
		}
	}
	t.Errorf("%d bodies are on disk, want %d: %v", len(entries), n, entries)
}

func TestObjectsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	t.Run("first run", func(t *testing.T) {
		e := start(t, onDisk(dir))
		put(t, e.Bucket, "a", "kept")
		put(t, e.Bucket, "b", "deleted")
		if err := e.DeleteObject("b"); err != nil {
			t.Fatal(err)
		}
	})
	e := start(t, onDisk(dir))
	if got := get(t, e.Bucket, "a"); got != "kept" {
		t.Errorf("got %q", got)
	}
	wantAbsent(t, e.Bucket, "b")
	wantBodies(t, dir, 1)
}

func TestOrphanBodiesAreRemovedAtOpen(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "bodies"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ORPHAN", "HALF.part"} {
		if err := os.WriteFile(filepath.Join(dir, "bodies", name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start(t, onDisk(dir))
	wantBodies(t, dir, 0)
}

func TestReaderKeepsOldBytes(t *testing.T) {
	const size = 8 << 20 // more than sockets buffer
	for _, dir := range []string{"", t.TempDir()} {
		e := start(t, onDisk(dir))
		old := string(make([]byte, size))
		for _, change := range []func() error{
			func() error { put(t, e.Bucket, "a", "new"); return nil },
			func() error { return e.DeleteObject("a") },
		} {
			put(t, e.Bucket, "a", old)
			body, err := e.GetObject("a")
			if err != nil {
				t.Fatal(err)
			}
			if err := change(); err != nil {
				t.Fatal(err)
			}
			if readAll(t, body) != old {
				t.Error("the reader did not get the old bytes")
			}
			if err := body.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestOpenRefusesIncompleteOptions(t *testing.T) {
	if _, err := oss.Open(oss.Options{}); err == nil {
		t.Error("opened without a region and an account")
	}
}
