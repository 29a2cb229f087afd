package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

//go:embed assets styles
var assetFiles embed.FS

// asset is a file that pages load. Its address holds a hash of its content, so
// browsers keep it for ever.
type asset struct {
	address string
	kind    string // media type
	content []byte
}

// assets are by name: style.css.
type assets map[string]asset

func readAssets() (assets, error) {
	files, err := assetFiles.ReadDir("assets")
	if err != nil {
		return nil, err
	}
	read := make(assets)
	for _, f := range files {
		content, err := assetFiles.ReadFile("assets/" + f.Name())
		if err != nil {
			return nil, err
		}
		read[f.Name()] = newAsset(f.Name(), content)
	}
	style, err := readStyle()
	read["style.css"] = newAsset("style.css", style)
	return read, err
}

// readStyle is the one stylesheet: the parts, and the colours of code. Rules
// are in the order of the parts.
func readStyle() ([]byte, error) {
	style := codeStyle()
	for _, part := range []string{"base", "frame", "pages"} {
		content, err := assetFiles.ReadFile("styles/" + part + ".css")
		if err != nil {
			return nil, err
		}
		style = append(style, content...)
	}
	return style, nil
}

func newAsset(name string, content []byte) asset {
	kinds := map[string]string{
		".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".svg": "image/svg+xml", ".ico": "image/x-icon",
	}
	sum := sha256.Sum256(content)
	extension := path.Ext(name)
	return asset{
		address: "/assets/" + strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:6]) + extension,
		kind:    kinds[extension],
		content: content,
	}
}

// asset answers GET /assets/{file}. A file of another release of the registry
// is not here.
func (p *Pages) asset(w http.ResponseWriter, r *http.Request) {
	for _, a := range p.assets {
		if a.address == "/assets/"+r.PathValue("file") {
			a.send(w, r, "public, max-age=31536000, immutable")
			return
		}
	}
	p.Error(w, r, registry.Errorf(registry.NotFound, "no such file"))
}

// favicon answers GET /favicon.ico, for browsers that take no other.
func (p *Pages) favicon(w http.ResponseWriter, r *http.Request) {
	p.assets["favicon.ico"].send(w, r, "public, max-age=86400")
}

func (a asset) send(w http.ResponseWriter, r *http.Request, keep string) {
	h := w.Header()
	protect(h)
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", keep)
	write(w, r, http.StatusOK, a.content)
}
