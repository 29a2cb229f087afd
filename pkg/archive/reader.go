package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Source = (*Reader)(nil)

// files are where a Reader finds an export's files by their names.
type files interface {
	// open's error is fs.ErrNotExist when there is no such file.
	open(name string) (io.ReadCloser, int64, error)
	Close() error
}

// Reader reads an export that is whole and unaltered.
type Reader struct {
	name  string // of the folder or .tar
	files files
	Index Index
}

// Open opens an export, a folder or a .tar, and reads all of it but the ZIPs.
// What is cut, altered, of a newer format or impossible is an error that names
// the file. ZIPs are checked by who opens them.
func Open(name string) (*Reader, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	r := &Reader{name: name}
	if info.IsDir() {
		r.files, err = openFolder(name)
	} else {
		r.files, err = openTarFiles(name)
	}
	if err != nil {
		return nil, err
	}
	err = r.readIndex()
	if err == nil {
		err = r.check()
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Close ends the reading.
func (r *Reader) Close() error { return r.files.Close() }

func (r *Reader) readIndex() error {
	file, size, err := r.files.open(indexFile)
	if errors.Is(err, fs.ErrNotExist) {
		if file, _, err := r.files.open(incompleteFile); err == nil {
			return errors.Join(fmt.Errorf("%s is an export that was not finished. Run the export again: it goes on where it stopped", r.name), file.Close())
		}
		return fmt.Errorf("%s has no %s: it is no export, or was cut off. Fetch or export it again", r.name, indexFile)
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if size > maxIndex {
		return bad(indexFile, "it has %d bytes; at most %d are possible", size, maxIndex)
	}
	text, err := io.ReadAll(io.LimitReader(file, size))
	if err != nil {
		return bad(indexFile, "%w", err)
	}
	return r.decodeIndex(text)
}

func (r *Reader) decodeIndex(text []byte) error {
	var version struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return bad(indexFile, "%w", err)
	}
	if version.Format > Format {
		return fmt.Errorf("%s has format %d, and this program reads up to %d: use the newer version of it that wrote the export", r.name, version.Format, Format)
	}
	if err := decode(text, &r.Index); err != nil {
		return bad(indexFile, "%w", err)
	}
	if version.Format < 1 {
		return bad(indexFile, "format %d was never written", version.Format)
	}
	return nil
}

// ofFolder yields the names of the files of a folder.
func (r *Reader) ofFolder(folder string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, f := range r.Index.Files {
			if strings.HasPrefix(f.Name, folder) && !yield(f.Name) {
				return
			}
		}
	}
}

// Reserved implements registry.Source.
func (r *Reader) Reserved(context.Context) ([]string, error) {
	for name := range r.ofFolder(reservedFile) {
		return first[[]string](r, name)
	}
	return nil, nil
}

// Groups implements registry.Source.
func (r *Reader) Groups(context.Context) iter.Seq2[registry.Group, error] {
	return func(yield func(registry.Group, error) bool) {
		for name := range r.ofFolder(organizations) {
			var g registry.Group
			record, err := first[groupRecord](r, name)
			if err == nil {
				g, err = record.group()
			}
			if !yield(g, err) {
				return
			}
		}
	}
}

// Packages implements registry.Source.
func (r *Reader) Packages(context.Context) iter.Seq2[registry.Moved, error] {
	return func(yield func(registry.Moved, error) bool) {
		for name := range r.ofFolder(packages) {
			record, err := first[packageRecord](r, name)
			if !yield(record.moved(), err) {
				return
			}
		}
	}
}

// Releases implements registry.Source.
func (r *Reader) Releases(_ context.Context, name string) iter.Seq2[registry.Release, error] {
	return func(yield func(registry.Release, error) bool) {
		head := packageRecord{}
		for text, err := range r.lines(packageFile(name)) {
			var release registry.Release
			if err == nil && head.Name == "" {
				if err = decode(text, &head); err == nil {
					continue
				}
			}
			if err == nil {
				release, err = decodeRelease(text, head.Name)
			}
			if !yield(release, err) || err != nil {
				return
			}
		}
	}
}

func decodeRelease(text []byte, name string) (registry.Release, error) {
	var record releaseRecord
	if err := decode(text, &record); err != nil {
		return registry.Release{}, err
	}
	v, err := record.check(registry.Version{})
	if err != nil {
		return registry.Release{}, err
	}
	return record.release(name, v), nil
}

// Events implements registry.Source.
func (r *Reader) Events(_ context.Context, subject string) iter.Seq2[registry.Event, error] {
	return func(yield func(registry.Event, error) bool) {
		for text, err := range r.lines(auditFile(subject)) {
			var e registry.Event
			if err == nil {
				err = decode(text, &e)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// OpenZIP implements registry.Source.
func (r *Reader) OpenZIP(_ context.Context, release registry.Release) (io.ReadCloser, error) {
	file, _, err := r.files.open(zipFile(release.ZIP.SHA256))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, registry.Errorf(registry.NotFound, "there is no %s in %s", zipFile(release.ZIP.SHA256), r.name)
	}
	return file, err
}

// lines yields the lines of one of the files.
func (r *Reader) lines(name string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		file, _, err := r.files.open(name)
		if err != nil {
			yield(nil, err)
			return
		}
		defer file.Close()
		for text, err := range lines(file) {
			if err != nil {
				err = bad(name, "%w", err)
			}
			if !yield(text, err) {
				return
			}
		}
	}
}

// first decodes the first line of a file.
func first[T any](r *Reader, name string) (v T, err error) {
	for text, err := range r.lines(name) {
		if err == nil {
			err = decode(text, &v)
		}
		return v, err
	}
	return v, bad(name, "it is empty")
}
