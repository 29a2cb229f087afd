package zipfile

import (
	"slices"
	"strings"
)

// inOrder puts last what may not be the first entry. The client's unzipper asks
// file-type 3.9 what a file is, which takes a ZIP for an EPUB or a Firefox add-on
// by its first bytes: then nothing is unpacked, and nothing said.
func inOrder(entries []*entry) []*entry {
	good := slices.IndexFunc(entries, func(e *entry) bool { return !disguises(e.name) })
	if good <= 0 {
		return entries
	}
	return slices.Concat(entries[good:], entries[:good])
}

// disguises tells whether file-type may take a ZIP for something else when an
// entry of this name is the first.
func disguises(name string) bool {
	return strings.HasPrefix(name, "mimetype") || strings.HasPrefix(name, "META-INF/mozilla.rsa")
}
