package shelf

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Shelved = (*Reader)(nil)

// Reader reads a folder that is whole and unaltered.
type Reader struct {
	root  *os.Root
	stems []string // of the releases, in order
}

// Open reads a folder whole, ZIPs too. What is cut, altered or was not finished
// is an error that names the file.
func Open(dir string) (*Reader, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	r := &Reader{root: root}
	if err := r.check(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return r, nil
}

// Close ends the reading.
func (r *Reader) Close() error { return r.root.Close() }

// Pins implements registry.Shelved.
func (r *Reader) Pins(context.Context) iter.Seq2[registry.Pin, error] {
	return func(yield func(registry.Pin, error) bool) {
		for _, at := range r.stems {
			if !yield(readPin(r.root, at)) {
				return
			}
		}
	}
}

// OpenZIP implements registry.Shelved.
func (r *Reader) OpenZIP(_ context.Context, p registry.Pin) (io.ReadCloser, error) {
	return r.root.Open(stem(p.Name, p.Version) + ".zip")
}

// check compares what is there with SHA256SUMS, and pins with their ZIPs.
func (r *Reader) check() error {
	sums, err := r.sums()
	if err != nil {
		return err
	}
	files, unfinished, err := walk(r.root)
	if err != nil {
		return err
	}
	for _, name := range slices.Concat(files, unfinished) {
		if sums[name] == "" {
			return r.bad(name, "%s does not name it: the mirror was not finished. Run the command that wrote it again", sumsFile)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		if err := r.checkFile(name, sums); err != nil {
			return err
		}
	}
	return nil
}

// sums reads SHA256SUMS.
func (r *Reader) sums() (map[string]string, error) {
	text, err := fs.ReadFile(r.root.FS(), sumsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no %s: it is no mirror, or was not finished. Run the command that wrote it again", r.root.Name(), sumsFile)
	}
	if err != nil {
		return nil, err
	}
	sums := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		sha, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok || len(sha) != 64 || strings.Trim(sha, "0123456789abcdef") != "" || !fileForm.MatchString(name) || sums[name] != "" || !strings.HasSuffix(line, "\n") {
			return nil, r.bad(sumsFile, "%.200q is no line of it: it was cut or altered", line)
		}
		sums[name] = sha
	}
	if len(sums) == 0 {
		return nil, r.bad(sumsFile, "it is empty")
	}
	return sums, nil
}

func (r *Reader) checkFile(name string, sums map[string]string) error {
	sha, size, err := sum(r.root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return r.bad(name, "it is missing")
	}
	if err != nil {
		return err
	}
	if sha != sums[name] {
		return r.bad(name, "its SHA-256 is %s, and not %s: it was cut or altered", sha, sums[name])
	}
	at, isZIP := strings.CutSuffix(name, ".zip")
	if !isZIP {
		at = strings.TrimSuffix(name, ".json")
		r.stems = append(r.stems, at)
		if sums[at+".zip"] == "" {
			return r.bad(name, "its ZIP is missing")
		}
		return nil
	}
	pin, err := readPin(r.root, at)
	if err != nil {
		return r.bad(at+".json", "%w", err)
	}
	if pin.ZIP.SHA256 != sha || pin.ZIP.Size != size {
		return r.bad(name, "it has %d bytes with SHA-256 %s, and not %d with %s", size, sha, pin.ZIP.Size, pin.ZIP.SHA256)
	}
	return nil
}

func (r *Reader) bad(name, format string, args ...any) error {
	return fmt.Errorf("%s/%s: %w", r.root.Name(), name, fmt.Errorf(format, args...))
}

// readPin reads and checks what is said of a release. Its error is
// fs.ErrNotExist when there is nothing.
func readPin(root *os.Root, at string) (p registry.Pin, err error) {
	file, err := root.Open(at + ".json")
	if err != nil {
		return p, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxPin+1))
	if err != nil {
		return p, err
	}
	if len(text) > maxPin {
		return p, fmt.Errorf("it is larger than %d bytes", maxPin)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, err
	}
	return p, checkPin(p, at)
}

// checkPin tells whether a pin is one that Put could have written.
func checkPin(p registry.Pin, at string) error {
	upstream, err := url.Parse(p.Upstream)
	switch r := p.Release; {
	case registry.CheckName(p.Name) != nil || p.Version.IsZero() || stem(p.Name, p.Version) != at:
		return fmt.Errorf("it is of %.100q %s", p.Name, p.Version)
	case r == nil || r.Name != p.Name || r.Version != p.Version || r.ZIP != p.ZIP || r.Deleted:
		return errors.New("it is of one release, and says what another one is")
	case err != nil || upstream.Host == "" || p.Since.IsZero():
		return fmt.Errorf("upstream %.200q since %s", p.Upstream, p.Since)
	}
	return nil
}
