package manifest

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/fc-registry/fc-registry/pkg/zipfile"
)

// maxLicense is the longest licence that is kept, in bytes.
const maxLicense = 80

// license returns what a package says of its licence: the field of its
// package.json, or else the first line of its licence file. It is shown to
// people and decides nothing, so a file that can't be read says nothing.
func license(c *zipfile.Contents) string {
	if name := packageLicense(textOf(c, c.Root()+"package.json")); name != "" {
		return name
	}
	for _, name := range []string{"LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "license"} {
		if c.HasFile(c.Root() + name) {
			return firstLine(textOf(c, c.Root()+name))
		}
	}
	return ""
}

// packageLicense reads either form of npm's field: a text, or an object with a
// type.
func packageLicense(text string) string {
	var p struct {
		License json.RawMessage `json:"license"`
	}
	if json.Unmarshal([]byte(text), &p) != nil {
		return ""
	}
	var name string
	if json.Unmarshal(p.License, &name) == nil {
		return firstLine(name)
	}
	var old struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(p.License, &old) == nil {
		return firstLine(old.Type)
	}
	return ""
}

// firstLine is the first line with words, without Markdown's heading.
func firstLine(text string) string {
	for line := range strings.Lines(strings.ToValidUTF8(text, "")) {
		line = strings.TrimSpace(strings.TrimLeft(line, "# "))
		line = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return -1
			}
			return r
		}, line)
		if line != "" {
			return strings.ToValidUTF8(line[:min(len(line), maxLicense)], "")
		}
	}
	return ""
}
