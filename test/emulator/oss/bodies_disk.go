package oss

import (
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// diskBodies keeps each body in a file of its own. A file whose name ends in
// .part is still being written.
type diskBodies struct{ dir string }

const partial = ".part"

func openDiskBodies(dir string) (*diskBodies, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &diskBodies{dir}, nil
}

func (d *diskBodies) path(id string) string { return filepath.Join(d.dir, id) }

func (d *diskBodies) create() (bodyWriter, error) {
	id := rand.Text()
	file, err := os.OpenFile(d.path(id+partial), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &diskWriter{File: file, bodies: d, id: id}, nil
}

func (d *diskBodies) open(id string) (io.ReadSeekCloser, error) { return os.Open(d.path(id)) }

func (d *diskBodies) link(id string) (string, error) {
	twin := rand.Text()
	if err := os.Link(d.path(id), d.path(twin)); err != nil {
		return "", err
	}
	return twin, d.sync()
}

func (d *diskBodies) remove(id string) error { return os.Remove(d.path(id)) }

func (d *diskBodies) retain(known map[string]bool) error {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if known[entry.Name()] {
			continue
		}
		if err := os.Remove(d.path(entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// sync makes the names in the directory durable.
func (d *diskBodies) sync() error {
	dir, err := os.Open(d.dir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

type diskWriter struct {
	*os.File
	bodies *diskBodies
	id     string
}

func (w *diskWriter) commit() (string, error) {
	if err := errors.Join(w.Sync(), w.Close()); err != nil {
		return "", errors.Join(err, os.Remove(w.Name()))
	}
	if err := os.Rename(w.Name(), strings.TrimSuffix(w.Name(), partial)); err != nil {
		return "", errors.Join(err, os.Remove(w.Name()))
	}
	return w.id, w.bodies.sync()
}

func (w *diskWriter) abort() error { return errors.Join(w.Close(), os.Remove(w.Name())) }
