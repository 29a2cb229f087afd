package upstream

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Limits of what is taken of an answer, in bytes: whatever is kept of a release
// fits into one column of Tablestore, also where JSON doubles it.
const (
	maxWord   = 200
	maxLine   = 2000
	maxNotes  = 64 << 10
	maxReadme = 512 << 10
	maxSyaml  = 128 << 10
	maxListed = 500 // the notes of a release in a list
	maxList   = 50  // elements of a list of words
)

// release reads what lists and answers say of a release: enough to be one.
func (c *Client) release(f fields, name string) (registry.Release, error) {
	v, err := registry.ParseVersion(f.text("tag_name", registry.MaxVersion+1))
	if err != nil {
		return registry.Release{}, err
	}
	source, err := c.source(f.text("zipball_url", maxLine+1))
	if err != nil {
		return registry.Release{}, fmt.Errorf("zipball_url of %s: %w", v, err)
	}
	return registry.Release{
		Name: name, Version: v, PublishTime: f.time("created_at"),
		ZIP:   registry.ZIP{Source: source, Original: registry.Digest{Size: f.number("size"), SHA256: sum(f.text("sha256", maxWord))}},
		Texts: registry.Texts{VersionBody: f.text("body", maxNotes)},
	}, nil
}

// source checks the address of a ZIP.
func (c *Client) source(address string) (string, error) {
	if len(address) > maxLine {
		return "", errors.New("it is too long")
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("it can't be read")
	}
	return address, outbound.Check(u, c.Hosts)
}

// sum returns a SHA-256 in hexadecimal, "" for anything else.
func sum(text string) string {
	text = strings.ToLower(text)
	if raw, err := hex.DecodeString(text); err != nil || len(raw) != 32 {
		return ""
	}
	return text
}

// describe reads what an answer says of a release beyond that.
func (f fields) describe(r *registry.Release) {
	r.Type = f.typ()
	r.Texts.Readme = f.text("readme", maxReadme)
	r.Texts.Syaml = f.text("syaml", maxSyaml)
	r.ZIP.License = f.text("license", maxWord)
	r.Manifest = registry.Manifest{
		Description: f.text("description", maxLine),
		HomePage:    home(f.text("home", maxLine)),
		Category:    f.named("category"),
		Visibility:  registry.Public,
		Providers:   f.list("provider"),
		Tags:        f.list("tags"),
		Service:     f.services(),
	}
}

// home returns an address of a web page, "" for anything else.
func home(address string) string {
	if u, err := url.Parse(address); err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return ""
	}
	return address
}

// services reads what a release needs of cloud services.
func (f fields) services() map[string]registry.Service {
	services := make(map[string]registry.Service)
	all := f.inner("service")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s := all.inner(name)
		if len(services) < maxList && len(name) <= maxWord && clean(name) == name && s != nil {
			services[name] = registry.Service{Authorities: s.list("Authorities"), Runtime: s.text("Runtime", maxWord)}
		}
	}
	return services
}
