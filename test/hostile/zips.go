package hostile

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"maps"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// GoodZIP is what an honest upstream has of a Component.
func GoodZIP(name, version string) []byte {
	return registrytest.ZIP(registrytest.Files(registry.Component, name, version))
}

// BadZIPs returns ZIPs by name of which none may be taken for that of a
// Component of the given name and version.
func BadZIPs(name, version string) map[string][]byte {
	files := registrytest.Files(registry.Component, name, version)
	with := func(path, text string) []byte {
		all := maps.Clone(files)
		all[path] = text
		return registrytest.ZIP(all)
	}
	without := func(path string) []byte {
		all := maps.Clone(files)
		delete(all, path)
		return registrytest.ZIP(all)
	}
	good := GoodZIP(name, version)
	return map[string][]byte{
		"no ZIP":               []byte("<!doctype html>"),
		"nothing":              {},
		"a ZIP that is cut":    good[:len(good)/2],
		"another name":         GoodZIP("other", version),
		"a name in other case": GoodZIP(strings.ToUpper(name), version),
		"no publish.yaml":      without("publish.yaml"),
		"broken YAML":          with("publish.yaml", "Name: ["),
		"a path upwards":       with("../../evil.js", "x"),
		"an absolute path":     with("/etc/passwd", "x"),
		"a Windows path":       with(`..\evil.js`, "x"),
		"names alike":          with("PACKAGE.json", "{}"),
		"a symbolic link":      link(files),
		"a bomb":               with("zeros", strings.Repeat("\x00", 80<<20)),
	}
}

// link packs files and a symbolic link that leads out.
func link(files map[string]string) []byte {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	add := func(h *zip.FileHeader, text string) {
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			panic(err)
		}
	}
	for path, text := range files {
		add(&zip.FileHeader{Name: path}, text)
	}
	h := &zip.FileHeader{Name: "link"}
	h.SetMode(fs.ModeSymlink | 0o777)
	add(h, "/etc/passwd")
	if err := z.Close(); err != nil {
		panic(err)
	}
	return packed.Bytes()
}
