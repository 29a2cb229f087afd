package zipfile

import "strings"

// maxFolders is how many folders a ZIP may have, with those that only its files
// imply.
const maxFolders = 50_000

// tree is what a ZIP unpacks to.
type tree struct {
	entries map[string]*entry // by path
	folders map[string]bool   // by path, also those that only files imply
	names   map[string]string // folded path -> path
}

func newTree() tree {
	return tree{make(map[string]*entry), make(map[string]bool), make(map[string]string)}
}

// add wants a place of its own for an entry, on every system.
func (t tree) add(e *entry) error {
	name := e.path()
	folded := fold(name)
	if t.entries[name] != nil {
		return refuse("the entry %s stands there twice", shorten(name))
	}
	if is, ok := t.names[folded]; ok && is != name {
		return refuse("the entries %s and %s have one name on Windows or macOS: they differ by case or by how characters are composed. Rename one", shorten(is), shorten(name))
	}
	if e.kind != folder && t.folders[name] {
		return t.both(e)
	}
	t.entries[name], t.names[folded] = e, name
	if e.kind == folder {
		t.folders[name] = true
	}
	return t.imply(name, folded)
}

// imply adds the folders that a path is in.
func (t tree) imply(name, folded string) error {
	for {
		slash, foldedSlash := strings.LastIndexByte(name, '/'), strings.LastIndexByte(folded, '/')
		if slash < 0 {
			break
		}
		name, folded = name[:slash], folded[:foldedSlash]
		if is := t.entries[name]; is != nil && is.kind != folder {
			return t.both(is)
		}
		is, ok := t.names[folded]
		if ok && is != name {
			return refuse("the folders %s and %s have one name on Windows or macOS: they differ by case or by how characters are composed. Rename one", shorten(is), shorten(name))
		}
		if t.folders[name] && ok {
			break // and so are those above it
		}
		t.names[folded], t.folders[name] = name, true
	}
	if len(t.folders) > maxFolders {
		return refuse("it has more than %d folders", maxFolders)
	}
	return nil
}

// both refuses what is a folder, and is not.
func (t tree) both(e *entry) error {
	what := "a file"
	if e.kind == link {
		what = "a link"
	}
	return refuse("%s is %s and a folder at once: there are entries below it", shorten(e.path()), what)
}
