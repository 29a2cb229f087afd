package zipfile

import (
	"archive/zip"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Limits of a path: of each of its names in bytes, as file systems have it, of
// the whole, and of how deep it goes.
const (
	maxName  = 255
	maxPath  = 1024
	maxDepth = 100
)

// checkName tells whether an entry can be unpacked on every system, and is seen
// for what it is.
func checkName(f *zip.File) error {
	if strings.ContainsFunc(f.Name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		if !utf8.ValidString(f.Name) {
			return refuse("the name of the entry %s is not UTF-8, but in an older code page, as 437 or GBK. Pack it with a program that writes names in UTF-8", shorten(f.Name))
		}
		// yauzl reads the name that this field has, Info-ZIP too.
		if f.Flags&flagUTF8 == 0 && extraField(f.Extra, extraUnicodeName) == nil {
			return refuse("the entry %s does not say that its name is UTF-8, so some programs read it as code page 437 or GBK. Pack it with a program that writes names in UTF-8", shorten(f.Name))
		}
	}
	name := strings.TrimSuffix(f.Name, "/")
	if len(f.Name) > maxPath || strings.Count(name, "/") >= maxDepth {
		return refuse("the path of the entry %s has more than %d bytes or %d names. Shorten it", shorten(f.Name), maxPath, maxDepth)
	}
	if strings.Contains(name, "\\") {
		return refuse("the entry %s has backslashes in its name, as old archivers for Windows write them. Pack it with a current program", shorten(f.Name))
	}
	if path.IsAbs(name) || drive(name) {
		return refuse("the entry %s would be unpacked outside its folder: its path is not relative", shorten(f.Name))
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return refuse("the entry %s would be unpacked outside its folder", shorten(f.Name))
		}
		if reason := badName(part); reason != "" {
			return refuse("the entry %s %s", shorten(f.Name), reason)
		}
	}
	return nil
}

// drive tells whether a path begins with a drive letter of Windows.
func drive(name string) bool {
	return len(name) > 1 && name[1] == ':' && (name[0]|0x20 >= 'a' && name[0]|0x20 <= 'z')
}

// badName says what is wrong with one name of a path, "" when nothing is. What
// Windows refuses is in "Naming Files, Paths, and Namespaces" of its
// documentation.
func badName(part string) string {
	switch {
	case part == "" || part == ".":
		return "has an empty name in its path"
	case len(part) > maxName:
		return "has a name of more than 255 bytes in its path. Shorten it"
	case strings.ContainsFunc(part, unicode.IsControl):
		return "has control characters in its name. Rename it"
	case strings.ContainsFunc(part, invisible):
		return "has characters in its name that nobody sees, or that change the direction of the text. Rename it"
	case strings.ContainsAny(part, `:<>"|?*`):
		return `has one of the characters : < > " | ? * in its name, which Windows does not allow. Rename it`
	case strings.HasSuffix(part, ".") || strings.HasSuffix(part, " "):
		return "has a name that ends in a dot or a space, which Windows leaves out. Rename it"
	case device(part):
		return "has a name that is a device on Windows, as CON, NUL and COM1. Rename it"
	}
	return ""
}

// invisible tells whether a character shows nothing, or changes how others are
// shown. Emoji that are joined of several have such characters, too.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// device tells whether Windows takes a name, whatever its ending, for a device.
func device(part string) bool {
	stem, _, _ := strings.Cut(part, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	for _, numbered := range []string{"COM", "LPT"} {
		if number, ok := strings.CutPrefix(stem, numbered); ok {
			return slices.Contains(strings.Split("0 1 2 3 4 5 6 7 8 9 ¹ ² ³", " "), number)
		}
	}
	return slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}, stem)
}

// fold makes paths equal that a file system takes for one which ignores case
// (Windows, macOS) or how characters are composed (macOS).
func fold(name string) string { return norm.NFC.String(cases.Fold().String(norm.NFD.String(name))) }

// litter tells whether an entry is what a system leaves beside people's files:
// no part of a package.
func litter(name string) bool {
	if strings.HasPrefix(name, "__MACOSX/") {
		return true
	}
	base := name[strings.LastIndex(name, "/")+1:]
	return base == ".DS_Store" || base == "Icon\r" || strings.EqualFold(base, "Thumbs.db") || strings.EqualFold(base, "desktop.ini")
}
