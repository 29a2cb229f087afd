// Package unzip holds the test that every unzipper makes the same files of a
// canonical ZIP.
package unzip

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Node is what stands at a path.
type Node struct {
	Kind       string // file, folder or link
	Target     string // of a link
	SHA256     string // of a file
	Executable bool   // a file
}

// Tree is what a ZIP unpacks to, by path.
type Tree map[string]Node

// File is a file with this text.
func File(text string, executable bool) Node {
	sum := sha256.Sum256([]byte(text))
	return Node{Kind: "file", SHA256: hex.EncodeToString(sum[:]), Executable: executable}
}

// ByGo reads a ZIP with archive/zip.
func ByGo(packed []byte) (Tree, error) {
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, err
	}
	t := Tree{}
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		if _, twice := t[name]; twice && !f.Mode().IsDir() {
			return nil, fmt.Errorf("%q is there twice", name)
		}
		if t[name], err = nodeOf(f); err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		for up := path.Dir(name); up != "."; up = path.Dir(up) {
			if n, ok := t[up]; ok && n.Kind != "folder" {
				return nil, fmt.Errorf("%q is a %s, and %q below it", up, n.Kind, name)
			}
			t[up] = Node{Kind: "folder"}
		}
	}
	return t, nil
}

func nodeOf(f *zip.File) (Node, error) {
	if f.Mode().IsDir() {
		return Node{Kind: "folder"}, nil
	}
	r, err := f.Open()
	if err != nil {
		return Node{}, err
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if f.Mode()&fs.ModeSymlink != 0 {
		return Node{Kind: "link", Target: string(body)}, err
	}
	return File(string(body), f.Mode()&0o111 != 0), err
}

// OnDisk reads what a program has unpacked to a folder.
func OnDisk(folder string) (Tree, error) {
	t := Tree{}
	err := filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == folder {
			return err
		}
		name, err := filepath.Rel(folder, p)
		if err != nil {
			return err
		}
		t[filepath.ToSlash(name)], err = nodeAt(p, d)
		return err
	})
	return t, err
}

func nodeAt(p string, d fs.DirEntry) (Node, error) {
	switch {
	case d.IsDir():
		return Node{Kind: "folder"}, nil
	case d.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(p)
		return Node{Kind: "link", Target: target}, err
	}
	info, err := d.Info()
	if err != nil {
		return Node{}, err
	}
	body, err := os.ReadFile(p)
	return File(string(body), info.Mode()&0o111 != 0), err
}

// AsStreamed is the tree as a program makes it that reads from a pipe: links and
// modes stand in the directory, which it never sees. So a link is a file that
// holds its target, and no file is executable.
func (t Tree) AsStreamed() Tree {
	streamed := Tree{}
	for p, n := range t {
		if n.Kind == "link" {
			n = File(n.Target, false)
		}
		n.Executable = false
		streamed[p] = n
	}
	return streamed
}

// Top is the single folder in the tree, "" when there is none: what the client
// takes for the package then.
func (t Tree) Top() string {
	var tops []string
	for p := range t {
		if !strings.Contains(p, "/") {
			tops = append(tops, p)
		}
	}
	if len(tops) == 1 && t[tops[0]].Kind == "folder" {
		return tops[0] + "/"
	}
	return ""
}

// Differences names what one tree has otherwise than another.
func (t Tree) Differences(other Tree) []string {
	var all []string
	for p, n := range t {
		if o, ok := other[p]; !ok {
			all = append(all, fmt.Sprintf("%q is missing", p))
		} else if o != n {
			all = append(all, fmt.Sprintf("%q is %+v, not %+v", p, o, n))
		}
	}
	for p := range other {
		if _, ok := t[p]; !ok {
			all = append(all, fmt.Sprintf("%q should not be there", p))
		}
	}
	slices.Sort(all)
	return all
}
