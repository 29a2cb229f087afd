package shelf

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Shelf = (*Writer)(nil)

// Writer puts releases into a folder. Its methods may be called at once.
type Writer struct{ root *os.Root }

// Create opens a folder: a new one, an empty one, or one that holds a mirror,
// finished or not, to which is added.
func Create(dir string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if _, _, err := walk(root); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &Writer{root}, nil
}

// Close ends the writing, finished or not.
func (w *Writer) Close() error { return w.root.Close() }

// Shelved implements registry.Shelf: it reads the ZIP again.
func (w *Writer) Shelved(_ context.Context, name string, v registry.Version) (registry.Pin, error) {
	pin, err := readPin(w.root, stem(name, v))
	if errors.Is(err, fs.ErrNotExist) {
		return pin, registry.Errorf(registry.NotFound, "%s %s is not there", name, v)
	}
	if err != nil {
		return pin, err
	}
	sha, size, err := sum(w.root, stem(name, v)+".zip")
	if errors.Is(err, fs.ErrNotExist) || (err == nil && (sha != pin.ZIP.SHA256 || size != pin.ZIP.Size)) {
		return pin, registry.Errorf(registry.NotFound, "the ZIP of %s %s is not what was fetched", name, v)
	}
	return pin, err
}

// Put implements registry.Shelf. The ZIP comes first: what has a .json is whole.
func (w *Writer) Put(_ context.Context, p registry.Pin, zip io.Reader) error {
	at := stem(p.Name, p.Version)
	text, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return err
	}
	if err := w.root.MkdirAll(path.Dir(at), 0o700); err != nil {
		return err
	}
	if err := replace(w.root, at+".zip", zip); err != nil {
		return err
	}
	return replace(w.root, at+".json", bytes.NewReader(append(text, '\n')))
}

// Finish writes down what is there, and removes what was being written when an
// earlier run was stopped. It returns how many releases there are.
func (w *Writer) Finish() (releases int, err error) {
	files, unfinished, err := walk(w.root)
	for _, name := range unfinished {
		err = errors.Join(err, w.root.Remove(name))
	}
	if err != nil {
		return 0, err
	}
	var sums strings.Builder
	for _, name := range files {
		if strings.HasSuffix(name, ".json") {
			releases++
		}
		sha, _, err := sum(w.root, name)
		if err != nil {
			return 0, err
		}
		fmt.Fprintf(&sums, "%s  %s\n", sha, name)
	}
	return releases, replace(w.root, sumsFile, strings.NewReader(sums.String()))
}
