package registry

import (
	"regexp"
	"slices"
	"strings"
)

// The longest names that are allowed, in bytes: of a package, and of a user or
// token. The vendor has a template whose name has 73.
const (
	MaxName = 128
	MaxUser = 64
)

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// reserved are the first path segments that the registry needs for itself:
// SRM puts package names at the root.
func reserved() []string {
	return []string{
		"about", "admin", "api", "assets", "center", "common", "console",
		"favicon.ico", "healthz", "index.html", "ingest", "login", "logout",
		"metrics", "organizations", "orgs", "package", "packages", "readyz",
		"releases", "robots.txt", "search", "settings", "signin", "simple",
		"sitemap.xml", "static", "tags", "tokens", "user", "users", "v1", "v2",
		"v3", "v4", "zipball",
	}
}

// CheckName tells whether a new package may have this name.
func CheckName(name string) error {
	if len(name) > MaxName || !nameForm.MatchString(name) {
		return Errorf(Invalid, "Name %q is not allowed: use 1 to %d letters, digits, '.', '_' or '-', starting with a letter or digit.", shorten(name), MaxName)
	}
	if Reserved(name) {
		return Errorf(Invalid, "Name %q is reserved: the registry uses this path itself. Choose another name.", name)
	}
	return nil
}

// Reserved tells whether a first path segment is the registry's own.
func Reserved(name string) bool { return slices.Contains(reserved(), strings.ToLower(name)) }

// CheckUser tells whether a user may have this name.
func CheckUser(name string) error {
	if len(name) > MaxUser || !nameForm.MatchString(name) {
		return Errorf(Invalid, "user name %q is not allowed: use 1 to %d letters, digits, '.', '_' or '-', starting with a letter or digit", shorten(name), MaxUser)
	}
	return nil
}

// SameName tells whether two package names are one to the registry.
func SameName(a, b string) bool { return Key(a) == Key(b) }

// Key is the form of a package's name under which it is stored: names are
// unique without regard to case.
func Key(name string) string { return strings.ToLower(name) }

// shorten keeps messages readable when the value is not. Names are told whole:
// some messages have them in a command to run.
func shorten(s string) string { return shortenTo(MaxName, s) }

func shortenTo(most int, s string) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}
