package archive

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// CreateTar begins an export in one file. It is written beside it, with
// ".partial" behind its name, and the files that are not ZIPs in a folder
// ".partial.d"; what is there of an earlier run is used again.
func CreateTar(file string) (*Writer, error) {
	if _, err := os.Lstat(file); err == nil {
		return nil, fmt.Errorf("%s is there already: choose another name, or remove it", file)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	staging := file + ".partial.d"
	w, err := createIn(staging)
	if err != nil {
		return nil, err
	}
	t, err := openTar(file + ".partial")
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.zips = t
	w.end = func(i Index) error {
		if err := t.finish(w.root, i); err != nil {
			return err
		}
		if err := os.RemoveAll(staging); err != nil {
			return err
		}
		if err := os.Rename(file+".partial", file); err != nil {
			return err
		}
		return syncParent(file)
	}
	return w, nil
}

func syncParent(file string) error {
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// tarZIPs puts ZIPs into a .tar, one after another.
type tarZIPs struct {
	mu     sync.Mutex
	file   *os.File
	tar    *tar.Writer
	sizes  map[string]int64 // of the ZIPs that are there, by SHA-256
	failed error            // after which nothing can be added
}

// openTar opens a .tar behind the last of its whole ZIPs, each of which is read
// again.
func openTar(path string) (*tarZIPs, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	t := &tarZIPs{file: file, sizes: make(map[string]int64)}
	end, err := t.readAgain()
	if err == nil {
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = file.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	t.tar = tar.NewWriter(file)
	return t, nil
}

const tarBlock = 512

// readAgain notes the whole ZIPs at the beginning of the file, and returns
// where they end.
func (t *tarZIPs) readAgain() (end int64, err error) {
	r := tar.NewReader(t.file)
	for {
		h, err := r.Next()
		if err != nil || !isZIPFile(h.Name) || h.Typeflag != tar.TypeReg || h.Format != tar.FormatUSTAR {
			return end, nil // what follows is cut, or is written anew
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, r); err != nil {
			return end, nil
		}
		at, err := t.file.Seek(0, io.SeekCurrent)
		if err != nil {
			return end, err
		}
		name := strings.TrimSuffix(path.Base(h.Name), ".zip")
		if hex.EncodeToString(sum.Sum(nil)) != name {
			return end, nil
		}
		at += (tarBlock - at%tarBlock) % tarBlock
		info, err := t.file.Stat()
		if err != nil || info.Size() < at {
			return end, err
		}
		end, t.sizes[name] = at, h.Size
	}
}

func (t *tarZIPs) has(zip registry.ZIP) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	size, ok := t.sizes[zip.SHA256]
	return ok && size == zip.Size, t.failed
}

func (t *tarZIPs) put(zip registry.ZIP, body io.Reader) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.sizes[zip.SHA256]; ok || t.failed != nil {
		return t.failed
	}
	if t.failed = t.add(zipFile(zip.SHA256), zip.Size, body); t.failed == nil {
		t.sizes[zip.SHA256] = zip.Size
	}
	return t.failed
}

func (t *tarZIPs) add(name string, size int64, body io.Reader) error {
	err := t.tar.WriteHeader(&tar.Header{
		Name: name, Size: size, Mode: 0o644, ModTime: time.Unix(0, 0), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR,
	})
	if err != nil {
		return err
	}
	if _, err := io.Copy(t.tar, body); err != nil {
		return err
	}
	return t.tar.Flush()
}

// finish adds all files of a folder that are in the index, then the index.
func (t *tarZIPs) finish(root *os.Root, i Index) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range i.Files {
		if err := t.addFile(root, f); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	text, err := encodeIndex(i)
	if err != nil {
		return err
	}
	if err := t.add(indexFile, int64(len(text)), bytes.NewReader(text)); err != nil {
		return err
	}
	return errors.Join(t.tar.Close(), t.file.Sync())
}

func (t *tarZIPs) close() error { return t.file.Close() }

func (t *tarZIPs) addFile(root *os.Root, f File) error {
	file, err := root.Open(f.Name)
	if err != nil {
		return err
	}
	return errors.Join(t.add(f.Name, f.Size, file), file.Close())
}
