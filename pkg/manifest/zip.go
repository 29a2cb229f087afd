package manifest

import (
	"archive/zip"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Limits of a ZIP.
const (
	maxEntries = 20_000
	maxPublish = 1 << 20 // bytes of publish.yaml
)

// InspectZIP is a registry.Inspect: it requires a readable ZIP whose root, or
// single top directory, holds a publish.yaml and what its type needs: a
// Component a package.json, a Project a src directory.
func InspectZIP(r io.ReaderAt, size int64, t registry.Type) (name, version string, err error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "", "", invalid("The upload is not a readable ZIP (%v). Pack it again.", err)
	}
	if len(z.File) > maxEntries {
		return "", "", invalid("The ZIP has %d entries; at most %d are allowed.", len(z.File), maxEntries)
	}
	for _, f := range z.File {
		if !safe(f.Name) {
			return "", "", invalid("The ZIP's entry %q would be unpacked outside its folder. Pack it again with relative paths.", f.Name)
		}
	}
	root := topDirectory(z.File)
	publish := find(z.File, root+"publish.yaml")
	if publish == nil {
		return "", "", invalid("The ZIP holds no publish.yaml, neither at its root nor in a single top directory.")
	}
	if err := complete(z.File, root, t); err != nil {
		return "", "", err
	}
	text, err := read(publish)
	if err != nil {
		return "", "", err
	}
	p, err := Parse(text)
	return p.Name, p.Version, err
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

// safe tells whether an entry stays below the folder into which it is unpacked,
// on every system.
func safe(name string) bool {
	drive := len(name) > 1 && name[1] == ':'
	return filepath.IsLocal(strings.TrimSuffix(name, "/")) && !path.IsAbs(name) && !drive && !strings.ContainsAny(name, "\\\x00")
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

var _ registry.Inspect = InspectZIP
