package archive

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Archive = (*Writer)(nil)

// zipStore is where a Writer puts ZIPs.
type zipStore interface {
	has(zip registry.ZIP) (bool, error)
	put(zip registry.ZIP, body io.Reader) error
	close() error
}

// Writer writes an export. Its methods may be called at once.
type Writer struct {
	root *os.Root // of all files but the ZIPs
	zips zipStore
	// end makes the export whole, when the index is written last.
	end func(Index) error

	mu      sync.Mutex
	written map[string]written
}

// written is a file with what it holds.
type written struct {
	File
	counts Counts
	zips   []registry.ZIP // SHA-256 and size only
}

// temporary is how the names of files begin that are being written.
const temporary = ".tmp-"

func newWriter(root *os.Root) (*Writer, error) {
	for _, dir := range []string{organizations, packages, audit} {
		if err := root.MkdirAll(path.Clean(dir), 0o700); err != nil {
			return nil, err
		}
	}
	return &Writer{root: root, written: make(map[string]written)}, nil
}

// PutReserved implements registry.Archive.
func (w *Writer) PutReserved(_ context.Context, patterns []string) error {
	if err := checkReserved(patterns); err != nil {
		return err
	}
	return w.write(reservedFile, func(out io.Writer, _ *written) error { return writeLine(out, patterns) })
}

// PutGroup implements registry.Archive.
func (w *Writer) PutGroup(_ context.Context, g registry.Group, events iter.Seq2[registry.Event, error]) error {
	record := groupOf(g)
	if err := record.check(); err != nil {
		return fmt.Errorf("organization %q: %w", g.Name, err)
	}
	err := w.write(groupFile(g.Name), func(out io.Writer, f *written) error {
		f.counts.Organizations = 1
		return writeLine(out, record)
	})
	if err != nil {
		return err
	}
	return w.putEvents(registry.GroupSubject(g.Name), events)
}

// PutPackage implements registry.Archive.
func (w *Writer) PutPackage(_ context.Context, p registry.Moved, releases iter.Seq2[registry.Release, error], events iter.Seq2[registry.Event, error]) error {
	record := packageOf(p)
	if err := record.check(); err != nil {
		return fmt.Errorf("package %q: %w", p.Name, err)
	}
	err := w.write(packageFile(p.Name), func(out io.Writer, f *written) error {
		f.counts.Packages = 1
		if err := writeLine(out, record); err != nil {
			return err
		}
		return putReleases(out, f, releases)
	})
	if err != nil {
		return err
	}
	return w.putEvents(registry.PackageSubject(p.Name), events)
}

// putReleases writes nothing that could not be read again.
func putReleases(out io.Writer, f *written, releases iter.Seq2[registry.Release, error]) error {
	var before registry.Version
	for r, err := range releases {
		if err != nil {
			return err
		}
		record := releaseOf(r)
		if before, err = record.check(before); err != nil {
			return fmt.Errorf("package %q: %w", r.Name, err)
		}
		f.take(r)
		if err := writeLine(out, record); err != nil {
			return err
		}
	}
	return nil
}

func (f *written) take(r registry.Release) {
	if r.Deleted {
		f.counts.Deleted++
		return
	}
	f.counts.Releases++
	f.zips = append(f.zips, registry.ZIP{Digest: registry.Digest{Size: r.ZIP.Size, SHA256: strings.Clone(r.ZIP.SHA256)}})
}

func (w *Writer) putEvents(subject string, events iter.Seq2[registry.Event, error]) error {
	return w.write(auditFile(subject), func(out io.Writer, f *written) error {
		for e, err := range events {
			if err != nil {
				return err
			}
			f.counts.Events++
			if err := writeLine(out, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// HasZIP implements registry.Archive.
func (w *Writer) HasZIP(zip registry.ZIP) (bool, error) { return w.zips.has(zip) }

// PutZIP implements registry.Archive.
func (w *Writer) PutZIP(_ context.Context, zip registry.ZIP, body io.Reader) error {
	return w.zips.put(zip, body)
}

// write writes a file, which appears whole, and notes it for the index.
func (w *Writer) write(name string, fill func(io.Writer, *written) error) error {
	f := written{File: File{Name: name}}
	sum := sha256.New()
	err := replace(w.root, name, func(file io.Writer) error {
		out := bufio.NewWriterSize(io.MultiWriter(file, sum, (*counter)(&f.Size)), 64<<10)
		if err := fill(out, &f); err != nil {
			return err
		}
		return out.Flush()
	})
	if err != nil {
		return err
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.written[name] = f
	return nil
}

// counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// replace writes a file under another name, and gives it its own when its
// content is on the disk.
func replace(root *os.Root, name string, fill func(io.Writer) error) (err error) {
	other := path.Join(path.Dir(name), temporary+rand.Text())
	file, err := root.OpenFile(other, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(root.Remove(other)))
		}
	}()
	err = fill(file)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return root.Rename(other, name)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Finish writes the index: from says of which registry, since as in Index.
func (w *Writer) Finish(from string, since, now time.Time) (Index, error) {
	index := Index{Format: Format, Created: now.UTC().Truncate(time.Second), From: from, Since: since}
	seen := make(map[string]bool)
	for _, f := range w.written {
		index.add(f.counts)
		index.Files = append(index.Files, f.File)
		for _, zip := range f.zips {
			if seen[zip.SHA256] {
				continue
			}
			seen[zip.SHA256] = true
			has, err := w.zips.has(zip)
			if err != nil {
				return index, err
			}
			if has {
				index.ZIPs++
				index.Bytes += zip.Size
			}
		}
	}
	slices.SortFunc(index.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	if err := w.tidy(seen); err != nil {
		return index, err
	}
	return index, w.end(index)
}

// tidy removes what an earlier run has left in the folders of the export.
func (w *Writer) tidy(needed map[string]bool) error {
	return fs.WalkDir(w.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		_, listed := w.written[name]
		zip := isZIPFile(name) && needed[strings.TrimSuffix(path.Base(name), ".zip")]
		if listed || zip || !(ownName(name) || strings.HasPrefix(path.Base(name), temporary)) {
			return nil
		}
		return w.root.Remove(name)
	})
}

// Close ends the writing, whether or not it is finished.
func (w *Writer) Close() error { return errors.Join(w.zips.close(), w.root.Close()) }

func encodeIndex(i Index) ([]byte, error) {
	text, err := json.MarshalIndent(i, "", " ")
	if err == nil && len(text) > maxIndex {
		err = fmt.Errorf("the index has %d bytes; at most %d are possible: export in parts, with -package", len(text), maxIndex)
	}
	return append(text, '\n'), err
}
