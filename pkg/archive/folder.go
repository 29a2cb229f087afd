package archive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// CreateFolder begins an export in a folder: a new one, an empty one, or one
// that holds an export, finished or not; what is there of it is used again.
func CreateFolder(dir string) (*Writer, error) {
	w, err := createIn(dir)
	if err != nil {
		return nil, err
	}
	w.zips = folderZIPs{w.root}
	w.end = func(i Index) error { return finishFolder(w.root, i) }
	return w, nil
}

// CreateDescription begins an export without ZIPs, which stay where they are.
func CreateDescription(dir string) (*Writer, error) {
	w, err := CreateFolder(dir)
	if err == nil {
		w.zips = noZIPs{}
	}
	return w, err
}

func createIn(dir string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if err := begin(root); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	w, err := newWriter(root)
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return w, nil
}

// begin marks a folder as incomplete, unless it holds something else than an
// export.
func begin(root *os.Root) error {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return err
	}
	own, others := false, false
	for _, e := range entries {
		own = own || e.Name() == incompleteFile || e.Name() == indexFile
		others = others || !strings.HasPrefix(e.Name(), temporary)
	}
	if others && !own {
		return fmt.Errorf("%s holds something else than an export: choose an empty folder", root.Name())
	}
	words := "This export is not finished. Run it again: it goes on where it stopped.\n"
	err = replace(root, incompleteFile, func(w io.Writer) error {
		_, err := io.WriteString(w, words)
		return err
	})
	if err != nil {
		return err
	}
	return ignoreMissing(root.Remove(indexFile))
}

// finishFolder writes the index when everything else is on the disk.
func finishFolder(root *os.Root, i Index) error {
	text, err := encodeIndex(i)
	if err != nil {
		return err
	}
	if err := syncFolders(root); err != nil {
		return err
	}
	err = replace(root, indexFile, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	if err := root.Remove(incompleteFile); err != nil {
		return err
	}
	return syncFolder(root, ".")
}

// syncFolders makes the names in all folders durable.
func syncFolders(root *os.Root) error {
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncFolder(root, name)
	})
}

func syncFolder(root *os.Root, name string) error {
	dir, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// folderZIPs keeps each ZIP in a file, which has its name only when it is whole
// and on the disk.
type folderZIPs struct{ root *os.Root }

func (f folderZIPs) has(zip registry.ZIP) (bool, error) {
	if !sumForm.MatchString(zip.SHA256) {
		return false, nil
	}
	info, err := f.root.Stat(zipFile(zip.SHA256))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.Mode().IsRegular() && info.Size() == zip.Size, err
}

func (f folderZIPs) put(zip registry.ZIP, body io.Reader) error {
	name := zipFile(zip.SHA256)
	if err := f.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	return replace(f.root, name, func(w io.Writer) error {
		_, err := io.Copy(w, body)
		return err
	})
}

func (folderZIPs) close() error { return nil }

// noZIPs keeps none, and lacks none.
type noZIPs struct{}

func (noZIPs) has(registry.ZIP) (bool, error) { return true, nil }

func (noZIPs) put(registry.ZIP, io.Reader) error { return nil }

func (noZIPs) close() error { return nil }
