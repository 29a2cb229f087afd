// Package archive keeps what a registry holds in plain files: a folder, or one
// .tar of the same files.
//
//	index.json                           what this is, and the checksum of every other file but ZIPs
//	organizations/organization-ID.json   an organization and its members
//	packages/package-NAME.jsonl          a package, then each of its releases, highest version first
//	audit/package-NAME.jsonl             the events of a package, in order
//	audit/organization-ID.jsonl          those of an organization
//	reserved.json                        the patterns of reserved names; not in an export of some packages, nor in format 1
//	zips/ab/SHA256.zip                   each ZIP once, whatever releases have it
//
// NAME is the package's in lower case. Organizations have any name: ID is the
// first half of the SHA-256 of it in lower case. Users and tokens are not among
// the files: they hang on the registry's master key.
//
// index.json comes last: without it, a folder holds the file "incomplete" and
// is no export yet. In a .tar the ZIPs come first, so that one that was cut
// short can go on.
package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Format is the version of the format that this package writes, and the newest
// that it reads.
const Format = 3

const (
	indexFile      = "index.json"
	reservedFile   = "reserved.json"
	incompleteFile = "incomplete"

	organizations = "organizations/"
	packages      = "packages/"
	audit         = "audit/"
	zips          = "zips/"
)

// Limits of what is read, in bytes: of the index, of a line, of a file that
// consists of lines. A .tar can't hold larger files.
const (
	maxIndex = 64 << 20
	maxLine  = 16 << 20
	maxFile  = 8<<30 - 1
)

// Index says what an export holds.
type Index struct {
	Format  int       `json:"format"`
	Created time.Time `json:"created"`
	From    string    `json:"from"` // the registry
	// Since, when set, is when the first release was published that is in it.
	Since time.Time `json:"since,omitzero"`
	Counts
	Files []File `json:"files"` // all but the ZIPs and the index, by name
}

// Counts are how many of what an export holds.
type Counts struct {
	Packages      int64 `json:"packages"`
	Releases      int64 `json:"releases"`
	Deleted       int64 `json:"deleted"` // numbers that stay taken
	Organizations int64 `json:"organizations"`
	Events        int64 `json:"events"`
	ZIPs          int64 `json:"zips"`
	Bytes         int64 `json:"bytes"` // of the ZIPs
}

func (c *Counts) add(d Counts) {
	c.Packages += d.Packages
	c.Releases += d.Releases
	c.Deleted += d.Deleted
	c.Organizations += d.Organizations
	c.Events += d.Events
}

// File is one of an export's files.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// longName is how long the longest names are that are written out in the names
// of files. A .tar has 100 bytes for the name of a file.
const longName = 64

// stem names the files of a subject of the audit: no file system takes two of
// them for one, nor for a device. No package is called like the sum of another.
func stem(subject string) string {
	kind, name, _ := strings.Cut(subject, "/")
	sum := sha256.Sum256([]byte(name))
	short := hex.EncodeToString(sum[:16])
	switch {
	case kind == "organization":
		return kind + "-" + short
	case len(name) > longName:
		return kind + "_" + short
	}
	return kind + "-" + name
}

func auditFile(subject string) string { return audit + stem(subject) + ".jsonl" }

func packageFile(name string) string {
	return packages + stem(registry.PackageSubject(name)) + ".jsonl"
}

func groupFile(name string) string {
	return organizations + stem(registry.GroupSubject(name)) + ".json"
}

func zipFile(sha256 string) string { return zips + sha256[:2] + "/" + sha256 + ".zip" }

var (
	lineFileForm = regexp.MustCompile(`^(?:reserved\.json|organizations/organization-[0-9a-f]{32}\.json|` +
		`packages/(?:package-[a-z0-9][a-z0-9._-]{0,63}|package_[0-9a-f]{32})\.jsonl|` +
		`audit/(?:package-[a-z0-9][a-z0-9._-]{0,63}|package_[0-9a-f]{32}|organization-[0-9a-f]{32})\.jsonl)$`)
	zipFileForm = regexp.MustCompile(`^zips/[0-9a-f]{2}/[0-9a-f]{64}\.zip$`)
	sumForm     = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// ownName tells whether a name is one that an export gives to a file, but for
// the index.
func ownName(name string) bool { return lineFileForm.MatchString(name) || isZIPFile(name) }

// isZIPFile tells whether a name is that of a ZIP.
func isZIPFile(name string) bool {
	return zipFileForm.MatchString(name) && name[len(zips):len(zips)+2] == name[len(zips)+3:len(zips)+5]
}

// bad is an archive that can't be used as it is.
func bad(name, format string, args ...any) error {
	return fmt.Errorf("%s: %w. Export again, or fetch the whole export again", name, fmt.Errorf(format, args...))
}
