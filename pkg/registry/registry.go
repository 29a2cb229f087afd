// Package registry is the domain: packages, their releases, the rules for
// publishing, finding and deleting them, and the ports to where they are kept.
// It knows neither HTTP nor any storage.
package registry

import (
	"fmt"
	"time"
)

// Type says what a package is, in the words of publish.yaml.
type Type string

// The types of publish.yaml, Edition 3.0.0. The SRM specification calls a
// Project an Application.
const (
	Component Type = "Component"
	Plugin    Type = "Plugin"
	Project   Type = "Project"
)

// Visibility says who may see a package ("Effective" in publish.yaml).
type Visibility string

// The visibilities of publish.yaml.
const (
	Public       Visibility = "Public"
	Private      Visibility = "Private"
	Organization Visibility = "Organization"
)

// Package is what holds for all releases of a name.
type Package struct {
	Name         string // as first published; unique without regard to case
	Owner        string // a user: at first, who published it first
	Maintainers  []string
	Organization string
	Visibility   Visibility
	Downloads    int64 // of all releases; behind the truth by minutes
	// Upstream is the base URL of the registry that the package is from, "" when
	// it was published here. One from there has no Owner and no Organization:
	// users and organizations of that registry are not those of this one.
	Upstream string
}

// Release is one published version of a package.
type Release struct {
	Name        string // the package's
	Version     Version
	Type        Type
	PublishTime time.Time // UTC, whole seconds
	Publisher   string
	Deleted     bool // the number stays taken, nothing else is left
	Upload      string
	ZIP         ZIP
	Manifest    Manifest
	Texts       Texts
	English     Texts
}

// Digest tells files apart.
type Digest struct {
	Size   int64  // bytes
	SHA256 string // lower-case hexadecimal
}

// describe is a digest for the log and the audit.
func (d Digest) describe() string { return fmt.Sprintf("sha256 %q of %d bytes", d.SHA256, d.Size) }

// differs tells whether two digests are known to be those of different bytes.
// What is not known is zero.
func (d Digest) differs(o Digest) bool {
	return (d.SHA256 != "" && o.SHA256 != "" && d.SHA256 != o.SHA256) || (d.Size > 0 && o.Size > 0 && d.Size != o.Size)
}

// sent is what the publisher uploaded, or the upstream has.
func (z ZIP) sent() Digest {
	if z.Original == (Digest{}) {
		return z.Digest
	}
	return z.Original
}

// ZIP says where a release's file is and what it holds.
type ZIP struct {
	Key string // of the object
	// Digest is that of the served file, in its canonical form. It is zero while
	// that has not been made of an upstream's ZIP.
	Digest
	// Original is what the publisher uploaded, or what the upstream has. It is
	// zero in releases that were made before there was a canonical form: these
	// are served as they came.
	Original Digest
	// License is what the package says of its licence: the field of its
	// package.json, or the first line of its licence file. "" when it says nothing.
	License string
	// Source is the address at which an upstream has it, "" for what was
	// published here.
	Source string
}

// Manifest is what publish.yaml says of a release, besides Name and Version.
type Manifest struct {
	Description  string             `json:"description"`
	English      string             `json:"english,omitempty"` // the description in publish_en.yaml
	HomePage     string             `json:"homePage,omitempty"`
	Category     string             `json:"category,omitempty"`
	Organization string             `json:"organization,omitempty"`
	Visibility   Visibility         `json:"visibility"`
	Providers    []string           `json:"providers,omitempty"`
	Tags         []string           `json:"tags,omitempty"`
	Service      map[string]Service `json:"service,omitempty"`
	Commands     map[string]string  `json:"commands,omitempty"` // those in no group
	// CommandGroups stand in the order of publish.yaml.
	CommandGroups []CommandGroup `json:"commandGroups,omitempty"`
}

// CommandGroup is what publish.yaml lists under one heading of its Commands.
type CommandGroup struct {
	Name     string            `json:"name"`
	Commands map[string]string `json:"commands"`
}

// Service is what a package needs of one cloud service.
type Service struct {
	Authorities []string `json:"authorities"`
	Runtime     string   `json:"runtime,omitempty"`
}

// Texts are the files published beside the ZIP, as they were sent.
type Texts struct {
	Publish     string `json:"publish,omitempty"`     // publish.yaml
	VersionBody string `json:"versionBody,omitempty"` // version.md
	Readme      string `json:"readme,omitempty"`
	Syaml       string `json:"syaml,omitempty"` // src/s.yaml
	Flow        string `json:"flow,omitempty"`  // JSON
}

// Head is a package together with its latest release.
type Head struct {
	Package
	Latest *Release // nil when every release has been deleted, or none is out yet
	Journal
}

// Fields says how much of a release to read.
type Fields int

const (
	// Summary leaves out the Journal (but for its Revision), Manifest, English, and all Texts but VersionBody.
	Summary Fields = iota
	// Described is Summary with the Manifest.
	Described
	// Full is everything, the Journal of a Head too.
	Full
)
