package manifest

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// maxPublish is the largest publish.yaml, in bytes.
const maxPublish = 1 << 20

// InspectZIP is a registry.Inspect: it requires a readable ZIP whose root, or
// single top directory, holds a publish.yaml and what its type needs: a
// Component a package.json, a Project a src directory.
//
// It reads all of it, and refuses every ZIP that could be unpacked to two
// different results, outside its folder, or out of proportion. Ordinary tools
// make none of these.
func InspectZIP(r io.ReaderAt, size int64, t registry.Type) (registry.Inspected, error) {
	none := registry.Inspected{}
	files, err := open(r, size)
	if broken, ok := errors.AsType[internal](err); ok {
		return none, broken.error
	}
	if err != nil {
		return none, invalid("The upload is not a readable ZIP, or not a safe one: %v. Pack it again.", err)
	}
	root := topDirectory(files)
	publish := find(files, root+"publish.yaml")
	if publish == nil {
		return none, invalid("The ZIP holds no publish.yaml, neither at its root nor in a single top directory.")
	}
	if err := complete(files, root, t); err != nil {
		return none, err
	}
	text, err := read(publish)
	if err != nil {
		return none, err
	}
	p, err := Parse(text)
	return registry.Inspected{Name: p.Name, Version: p.Version, License: license(files, root)}, err
}

// open checks a ZIP as a whole and returns its entries.
func open(r io.ReaderAt, size int64) ([]*zip.File, error) {
	d, err := findDirectory(r, size)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	if len(z.File) != d.entries {
		return nil, fmt.Errorf("its directory has %d entries, but says %d", len(z.File), d.entries)
	}
	if err := checkEntries(z.File); err != nil {
		return nil, err
	}
	if err := checkLayout(r, d, z.File); err != nil {
		return nil, err
	}
	b := budget(maxUnpacked)
	return z.File, unpack(z.File, &b, 0)
}

// complete tells whether the ZIP holds what its type needs.
func complete(files []*zip.File, root string, t registry.Type) error {
	switch t {
	case registry.Component:
		if find(files, root+"package.json") == nil {
			return invalid("The ZIP of a Component must hold a package.json beside publish.yaml.")
		}
	case registry.Project:
		if !hasDirectory(files, root+"src/") {
			return invalid("The ZIP of a Project must hold a src directory beside publish.yaml.")
		}
	}
	return nil
}

// topDirectory returns "NAME/" when all entries are below one directory, else "".
func topDirectory(files []*zip.File) string {
	top := ""
	for _, f := range files {
		first, _, below := strings.Cut(f.Name, "/")
		if !below || (top != "" && top != first) {
			return ""
		}
		top = first
	}
	return top + "/"
}

func find(files []*zip.File, name string) *zip.File {
	for _, f := range files {
		if f.Name == name {
			return f
		}
	}
	return nil
}

func hasDirectory(files []*zip.File, prefix string) bool {
	for _, f := range files {
		if strings.HasPrefix(f.Name, prefix) {
			return true
		}
	}
	return false
}

// read returns the text of an entry, checked against its CRC.
func read(f *zip.File) (string, error) {
	body, err := f.Open()
	if err != nil {
		return "", invalid("The ZIP's %s can't be unpacked (%v). Pack it again.", f.Name, err)
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxPublish+1))
	if err != nil {
		return "", invalid("The ZIP's %s can't be unpacked (%v). Pack it again.", f.Name, err)
	}
	if len(text) > maxPublish {
		return "", invalid("The ZIP's %s is larger than %d bytes.", f.Name, maxPublish)
	}
	return string(text), nil
}

// Canonicalize is a registry.Canonicalize. The form that it writes is still that
// of the uploader: the bytes that were inspected.
func Canonicalize(_ context.Context, to io.Writer, r io.ReaderAt, size int64, t registry.Type) (registry.Inspected, error) {
	i, err := InspectZIP(r, size, t)
	if err == nil {
		_, err = io.Copy(to, io.NewSectionReader(r, 0, size))
	}
	return i, err
}

var _ registry.Canonicalize = Canonicalize
