package archive

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// folderFiles are the files of a folder, and none outside of it.
type folderFiles struct{ root *os.Root }

func openFolder(dir string) (files, error) {
	root, err := os.OpenRoot(dir)
	return folderFiles{root}, err
}

func (f folderFiles) open(name string) (io.ReadCloser, int64, error) {
	info, err := f.root.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, bad(name, "it is no file")
	}
	file, err := f.root.Open(name)
	return file, info.Size(), err
}

func (f folderFiles) Close() error { return f.root.Close() }

// tarFiles are the files of a .tar.
type tarFiles struct {
	file  *os.File
	parts map[string]part
}

// part is where a file stands in a .tar.
type part struct{ offset, size int64 }

func openTarFiles(name string) (files, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	t := tarFiles{file, make(map[string]part)}
	if err := t.list(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
	}
	return t, nil
}

// list notes where each file is. Only what this package writes is taken: plain
// files of known names, each once, of a size that they can have.
func (t tarFiles) list() error {
	r := tar.NewReader(t.file)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it is no .tar, or was cut off: %w. Fetch or export it again", err)
		}
		if err := checkHeader(h); err != nil {
			return err
		}
		if _, twice := t.parts[h.Name]; twice {
			return bad(h.Name, "it is there twice")
		}
		offset, err := t.file.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		t.parts[h.Name] = part{offset, h.Size}
	}
}

func checkHeader(h *tar.Header) error {
	most := int64(maxFile)
	switch {
	case h.Typeflag != tar.TypeReg || h.Format != tar.FormatUSTAR:
		return bad(h.Name, "it is no plain file as an export has them")
	case h.Name == indexFile:
		most = maxIndex
	case isZIPFile(h.Name):
		most = registry.MaxZIP
	case !lineFileForm.MatchString(h.Name):
		return bad(fmt.Sprintf("%.200q", h.Name), "no export has a file of this name")
	}
	if h.Size > most {
		return bad(h.Name, "it has %d bytes; at most %d are possible", h.Size, most)
	}
	return nil
}

func (t tarFiles) open(name string) (io.ReadCloser, int64, error) {
	p, ok := t.parts[name]
	if !ok {
		return nil, 0, fs.ErrNotExist
	}
	return io.NopCloser(io.NewSectionReader(t.file, p.offset, p.size)), p.size, nil
}

func (t tarFiles) Close() error { return t.file.Close() }
