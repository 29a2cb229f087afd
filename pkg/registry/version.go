package registry

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"deps.dev/util/semver"
)

// MaxVersion is the longest allowed version, in bytes.
const MaxVersion = 64

// devWord is what publishes, and asks for, development builds.
const devWord = "dev"

// latestWord asks for the latest release, as the dist-tag of npm does.
const latestWord = "latest"

// Version is a published version: SemVer 2, or a development build dev.0.N.
// The zero value is no version.
type Version struct {
	text  string
	core  [3]string // MAJOR, MINOR, PATCH; empty for a development build
	pre   string    // pre-release identifiers, without the hyphen
	build uint64    // N of dev.0.N
}

// semverForm is the grammar of Semantic Versioning 2.0.0.
var semverForm = regexp.MustCompile(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)` +
	`(?:-((?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?` +
	`(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$`)

// ParseVersion reads a version as releases carry it.
func ParseVersion(text string) (Version, error) {
	if len(text) > MaxVersion {
		return Version{}, Errorf(Invalid, "Version %q is longer than %d characters.", shorten(text), MaxVersion)
	}
	if n, ok := strings.CutPrefix(text, devWord+".0."); ok {
		build, err := strconv.ParseUint(n, 10, 32)
		if err == nil && strconv.FormatUint(build, 10) == n {
			return DevBuild(build), nil
		}
	}
	parts := semverForm.FindStringSubmatch(text)
	if parts == nil {
		return Version{}, Errorf(Invalid, "Version %q is not a semantic version: write MAJOR.MINOR.PATCH, as in 1.0.2 or 2.0.0-beta.1, or the word dev.", shorten(text))
	}
	return Version{text: text, core: [3]string(parts[1:4]), pre: parts[4]}, nil
}

// DevBuild returns the version dev.0.N.
func DevBuild(n uint64) Version {
	return Version{text: fmt.Sprintf("%s.0.%d", devWord, n), build: n}
}

// String returns the version as it was published.
func (v Version) String() string { return v.text }

// MarshalText writes the version as it was published, "" for none.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.text), nil }

// UnmarshalText reads what MarshalText has written.
func (v *Version) UnmarshalText(text []byte) (err error) {
	*v = Version{}
	if len(text) > 0 {
		*v, err = ParseVersion(string(text))
	}
	return err
}

// IsZero tells whether v is no version.
func (v Version) IsZero() bool { return v.text == "" }

// IsDev tells whether v is a development build.
func (v Version) IsDev() bool { return v.core[0] == "" }

// Build is N of a development build dev.0.N.
func (v Version) Build() uint64 { return v.build }

// Compare orders versions by SemVer precedence, development builds below all
// others. Versions that differ in build metadata only are equal.
func (v Version) Compare(w Version) int { return strings.Compare(v.SortKey(), w.SortKey()) }

// Outranks tells whether v rather than w is a package's latest release: the
// highest without a pre-release part, or, where there is none, the highest.
func (v Version) Outranks(w Version) bool {
	if w.IsZero() {
		return true
	}
	if v.stable() != w.stable() {
		return v.stable()
	}
	return v.Compare(w) > 0
}

func (v Version) stable() bool { return !v.IsDev() && v.pre == "" }

// SortKey returns a text whose byte order is the order of Compare. Equal
// versions have equal keys.
func (v Version) SortKey() string {
	if v.IsDev() {
		return "0/" + sortNumber(strconv.FormatUint(v.build, 10))
	}
	key := "1/" + sortNumber(v.core[0]) + sortNumber(v.core[1]) + sortNumber(v.core[2])
	if v.pre == "" {
		return key + "~"
	}
	for id := range strings.SplitSeq(v.pre, ".") {
		key += sortIdentifier(id)
	}
	return key + "!"
}

// sortNumber writes the count of digits before the digits.
func sortNumber(digits string) string { return string(rune('0'+len(digits))) + digits }

// sortIdentifier puts numeric pre-release identifiers below the others; '!' is
// below every byte of an identifier, so a shorter one comes first.
func sortIdentifier(id string) string {
	if strings.Trim(id, "0123456789") == "" {
		return "0" + sortNumber(id)
	}
	return "1" + id + "!"
}

// Tag is what a client asks for in the place of a version.
type Tag struct {
	exact  Version
	within *semver.Constraint
	text   string
}

// ParseTag reads a version, latest, dev, or a range in npm's grammar (^1.2,
// ~1.9.0, 1.x, >=1 <2).
func ParseTag(text string) (Tag, error) {
	if text == devWord || text == latestWord {
		return Tag{text: text}, nil
	}
	if v, err := ParseVersion(text); err == nil {
		return Tag{exact: v, text: text}, nil
	}
	if strings.TrimSpace(text) != "" && len(text) <= 2*MaxVersion {
		if within, err := semver.NPM.ParseConstraint(text); err == nil {
			return Tag{within: within, text: text}, nil
		}
	}
	return Tag{}, Errorf(NotFound, "%q is neither a version (1.0.2), nor latest, nor dev, nor a range (^1.2, ~1.9.0, 1.x, >=1 <2).", shorten(text))
}

// Exact returns the one version that the tag names, if it names one.
func (t Tag) Exact() (v Version, ok bool) { return t.exact, !t.exact.IsZero() }

// IsDev tells whether the tag asks for the newest development build.
func (t Tag) IsDev() bool { return t.text == devWord }

// IsLatest tells whether the tag asks for the latest release.
func (t Tag) IsLatest() bool { return t.text == latestWord }

// Matches tells whether v is in the tag's range.
func (t Tag) Matches(v Version) bool {
	if t.IsDev() {
		return v.IsDev()
	}
	return t.within != nil && !v.IsDev() && t.within.Match(v.text)
}
