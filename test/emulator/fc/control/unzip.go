package control

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	maxUnpacked = 2 << 30 // bytes of all files
	maxFiles    = 100_000
)

// unzip unpacks a code package into an empty folder. Executable bits are kept:
// a program that has none can't start. Nothing is written outside.
func unzip(file, dir string) (err error) {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return invalid("code is not a ZIP: %v", err)
	}
	defer archive.Close() //nolint:errcheck // only read
	if err := checkSize(archive.File); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, f := range archive.File {
		if err := extract(root, f); err != nil {
			return err
		}
	}
	return nil
}

func checkSize(files []*zip.File) error {
	if len(files) > maxFiles {
		return invalid("code has %d files, more than %d", len(files), maxFiles)
	}
	total := uint64(0)
	for _, f := range files {
		if f.UncompressedSize64 > maxUnpacked || total+f.UncompressedSize64 > maxUnpacked {
			return invalid("code has more than %d bytes when it is unpacked", maxUnpacked)
		}
		total += f.UncompressedSize64
	}
	return nil
}

func extract(root *os.Root, f *zip.File) error {
	name := strings.TrimSuffix(f.Name, "/")
	if !filepath.IsLocal(name) || strings.ContainsAny(name, "\\\x00") {
		return invalid("code has the file name %q, which leads out of its folder", f.Name)
	}
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return cannotUnpack(f, err)
	}
	switch mode := f.Mode(); {
	case mode.IsDir() || strings.HasSuffix(f.Name, "/"):
		return cannotUnpack(f, root.MkdirAll(name, 0o755))
	case mode&fs.ModeSymlink != 0:
		return link(root, f, name)
	case mode.IsRegular():
		return extractFile(root, f, name)
	}
	return invalid("code has %s, which is not a file, folder or link", f.Name)
}

func extractFile(root *os.Root, f *zip.File, name string) error {
	from, err := f.Open()
	if err != nil {
		return cannotUnpack(f, err)
	}
	defer from.Close() //nolint:errcheck // a bad checksum shows at the read
	to, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Mode().Perm()|0o600)
	if err != nil {
		return cannotUnpack(f, err)
	}
	// The reader ends a file that is longer than its header says with an error.
	_, err = io.Copy(to, from)
	return cannotUnpack(f, errors.Join(err, to.Close()))
}

// link makes a symbolic link that leads to something in the package.
func link(root *os.Root, f *zip.File, name string) error {
	from, err := f.Open()
	if err != nil {
		return cannotUnpack(f, err)
	}
	defer from.Close() //nolint:errcheck // only read
	target, err := io.ReadAll(io.LimitReader(from, 4096))
	if err != nil {
		return cannotUnpack(f, err)
	}
	if path.IsAbs(string(target)) || !filepath.IsLocal(path.Join(path.Dir(name), string(target))) {
		return invalid("code has the link %s to %q, which leads out of its folder", f.Name, target)
	}
	return cannotUnpack(f, root.Symlink(string(target), name))
}

// cannotUnpack tells the caller what is wrong with the package; nil stays nil.
// What is wrong with the disk is not the caller's fault.
func cannotUnpack(f *zip.File, err error) error {
	for _, of := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EMFILE} {
		if errors.Is(err, of) {
			return fmt.Errorf("unpack code: %w", err)
		}
	}
	if err == nil {
		return nil
	}
	return invalid("code can't be unpacked: %s: %v", f.Name, err)
}
