package zipfile

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Limits of a path, in bytes: of each of its names, as file systems have it, and
// of the whole.
const (
	maxName = 255
	maxPath = 1024
)

// rename is the remedy for a file that must be called otherwise.
const rename = "Rename it."

// checkName tells whether the name of an entry is the same, and possible, on every
// system.
func checkName(e *entry) error {
	name := e.name
	switch {
	case !utf8.ValidString(name):
		return refuseAnd("Pack it with names in UTF-8, as current archivers do.", "the name of entry %.200q is not UTF-8: it may be in code page 437 or GBK", name)
	case !isASCII(name) && e.flags&isUTF8 == 0 && !e.repeated:
		return refuseAnd("Pack it with \"s registry publish\", or with a current archiver, which says so.", "the name of entry %.200q is not said to be UTF-8 (flag 11): some programs take it for code page 437 or GBK", name)
	case len(name) > maxPath:
		return refuseAnd("Shorten it.", "the path of entry %.200q has more than %d bytes", name, maxPath)
	case strings.Contains(name, `\`) && !outside(strings.ReplaceAll(name, `\`, "/")):
		return refuseAnd("Pack it with a current one, or with \"s registry publish\".", `the entry %.200q has a backslash in its path: an old Windows archiver made this ZIP, or the file is called so`, name)
	case outside(strings.ReplaceAll(name, `\`, "/")):
		return refuse("the entry %.200q would be unpacked outside its folder", name)
	}
	if composed := norm.NFC.String(name); composed != name {
		// Some unzippers compose them, others do not.
		return refuseAnd("Rename it.", "the entry %.200q has accents apart from their letters in its name (%+.200q, not %+.200q), as macOS may write them", name, name, composed)
	}
	for part := range strings.SplitSeq(e.place(), "/") {
		if problem := badName(part); problem != "" {
			return refuseAnd(rename, "the entry %.200q has %s", name, problem)
		}
	}
	return nil
}

// outside tells whether a path leaves the folder into which it is unpacked, on any
// system.
func outside(name string) bool {
	drive := len(name) > 1 && name[1] == ':'
	up := name == ".." || strings.HasPrefix(name, "../") || strings.HasSuffix(name, "/..") || strings.Contains(name, "/../")
	return drive || up || name == "" || path.IsAbs(name) || strings.Contains(name, "\x00")
}

// badName says why a name in a path is not possible on every system, "" when it
// is.
func badName(name string) string {
	switch {
	case name == "" || name == ".":
		return "an empty name in its path"
	case len(name) > maxName:
		return "a name of more than 255 bytes"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "control characters in its name"
	case strings.ContainsFunc(name, isInvisible):
		return "invisible characters in its name, such as marks of the direction of writing"
	case strings.ContainsAny(name, `<>:"|?*`):
		return `one of the characters < > : " | ? * in its name, which Windows does not allow`
	case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
		return "a name that ends with a dot or a space, which Windows drops"
	case isDevice(name):
		return "the name of a device of Windows"
	case hasVersion(name):
		return "a name that ends with a semicolon and a number, which unzip drops as the version of a file"
	}
	return ""
}

// isInvisible tells of characters that nobody sees: formats (such as directions of
// writing, and joiners, which make some emoji of two), separators of lines, fillers,
// variants, and those that Unicode 15 does not know or leaves to private use.
func isInvisible(r rune) bool {
	return !unicode.IsGraphic(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// isDevice tells whether Windows takes a name for a device, whatever its
// extension.
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, number := strings.CutPrefix(base, "COM")
	if !number {
		port, number = strings.CutPrefix(base, "LPT")
	}
	return number && utf8.RuneCountInString(port) == 1 && strings.Contains("123456789¹²³", port)
}

// hasVersion tells whether Info-ZIP's unzip takes the end of a name for the
// version of a file of VMS, and drops it.
func hasVersion(name string) bool {
	at := strings.LastIndex(name, ";")
	return at >= 0 && strings.Trim(name[at+1:], "0123456789") == ""
}

// fold makes names equal that Windows or macOS take for one: those that differ by
// case, or by how accents are written.
func fold(name string) string {
	if isASCII(name) {
		return strings.ToLower(name)
	}
	name = strings.ToLower(strings.ToUpper(norm.NFD.String(name)))
	return norm.NFD.String(cases.Fold().String(name))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// withoutLitter leaves out what the desktops of macOS and Windows put beside
// people's files. The files "._NAME" of macOS stay when they stand in no __MACOSX:
// they may be something else.
func withoutLitter(entries []*entry) []*entry {
	kept := make([]*entry, 0, len(entries))
	for _, e := range entries {
		if !isLitter(e.name) {
			kept = append(kept, e)
		}
	}
	return kept
}

func isLitter(name string) bool {
	if first, _, _ := strings.Cut(name, "/"); first == "__MACOSX" {
		return true
	}
	switch base := name[strings.LastIndex(name, "/")+1:]; {
	case base == ".DS_Store", base == "Icon\r":
		return true
	case strings.EqualFold(base, "Thumbs.db"), strings.EqualFold(base, "desktop.ini"):
		return true
	}
	return false
}
