package faults

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// pack is a plugin to be published.
type pack struct {
	name, version string
	effective     string // Public when empty
	organization  string
	words         string // tells one ZIP of a version from another
}

func (p pack) yaml() string {
	text := fmt.Sprintf("Edition: 3.0.0\nType: Plugin\nName: %s\nVersion: %s\nDescription: Made by a test\nEffective: %s\n",
		p.name, p.version, cmp.Or(p.effective, "Public"))
	if p.organization != "" {
		text += "Organization: " + p.organization + "\n"
	}
	return text
}

// zip is the same at every call.
func (p pack) zip() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	writeEntry(z, "publish.yaml", p.yaml())
	writeEntry(z, "index.js", "module.exports = async () => "+fmt.Sprintf("%q", p.name+p.version+p.words))
	if err := z.Close(); err != nil {
		panic(err) // a buffer takes everything
	}
	return registrytest.Canonical(b.Bytes())
}

func writeEntry(z *zip.Writer, name, text string) {
	w, err := z.Create(name)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err != nil {
		panic(err) // a buffer takes everything
	}
}

func (p pack) sha() string {
	sum := sha256.Sum256(p.zip())
	return hex.EncodeToString(sum[:])
}

// key is where the ZIP stays once it is released as a version.
func (p pack) key(version string) string {
	return "packages/" + p.name + "/" + version + "/" + p.sha() + ".zip"
}
