// Package shelf keeps releases of upstreams in a folder, to be carried to a
// network without a way to them:
//
//	NAME/VERSION.json   what the upstream said of the release, and where it has it
//	NAME/VERSION.zip    its ZIP
//	SHA256SUMS          of all of these, as sha256sum --check reads it
//
// SHA256SUMS comes last: a folder that holds
// a file that it does not name was not finished, or altered.
package shelf

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

const (
	sumsFile  = "SHA256SUMS"
	temporary = ".tmp-" // begins the names of files that are being written
	maxPin    = 8 << 20 // bytes of a .json
)

// fileForm is what files of releases are called.
var fileForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,127}/[0-9A-Za-z.+-]{1,64}\.(json|zip)$`)

// stem is the name of a release's files, without .json and .zip.
func stem(name string, v registry.Version) string { return name + "/" + v.String() }

// walk lists the files of a folder, by their names below it. Those that are
// being written, or were when it was stopped, are not among them.
func walk(root *os.Root) (files, unfinished []string, err error) {
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir() || name == sumsFile:
			return err
		case strings.HasPrefix(path.Base(name), temporary):
			unfinished = append(unfinished, name)
			return nil
		case !d.Type().IsRegular() || !fileForm.MatchString(name):
			return fmt.Errorf("%s holds %.200q, which is no file of a mirror: choose another folder", root.Name(), name)
		}
		files = append(files, name)
		return nil
	})
	return files, unfinished, err
}

// sum returns the SHA-256 of a file, and its size.
func sum(root *os.Root, name string) (sha string, size int64, err error) {
	file, err := root.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	hash := sha256.New()
	size, err = io.Copy(hash, file)
	return hex.EncodeToString(hash.Sum(nil)), size, err
}

// replace writes a file under another name, and gives it its own when its
// content is on the disk.
func replace(root *os.Root, name string, content io.Reader) (err error) {
	other := path.Join(path.Dir(name), temporary+rand.Text())
	file, err := root.OpenFile(other, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = root.Rename(other, name)
	}
	if err != nil {
		return errors.Join(err, root.Remove(other))
	}
	return nil
}
