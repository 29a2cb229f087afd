package zipfile

import "strings"

// maxNodes is how many files and folders a ZIP may have, with the folders that
// only the paths in them imply.
const maxNodes = 3 * maxEntries

// node is a file, folder or link. The first node is the root.
type node struct {
	name   string
	parent int32
	kind   kind
	entry  *entry // nil when the folder has none
	leads  int32  // to what a link leads
}

// edge leads from a folder to what is in it.
type edge struct {
	parent int32
	name   string
}

// tree holds what a ZIP unpacks to.
type tree struct {
	nodes  []node
	exact  map[edge]int32
	folded map[edge]int32
	tops   []int32 // what is in the root
}

func newTree() *tree {
	return &tree{nodes: []node{{kind: folder}}, exact: map[edge]int32{}, folded: map[edge]int32{}}
}

// insert gives an entry a place of its own.
func (t *tree) insert(e *entry) error {
	at := int32(0)
	for rest, more := e.place(), true; more; {
		var name string
		name, rest, more = strings.Cut(rest, "/")
		if t.nodes[at].kind != folder {
			return t.below(e, at)
		}
		k := folder
		if !more {
			k = e.kind
		}
		known := len(t.nodes)
		var err error
		if at, err = t.child(e, at, name, k); err != nil {
			return err
		}
		if !more {
			return t.place(e, at, int(at) < known)
		}
	}
	return nil
}

// place makes e the entry of a node, which may have been there before.
func (t *tree) place(e *entry, at int32, before bool) error {
	n := &t.nodes[at]
	switch {
	case n.kind == folder && e.kind == folder && n.entry == nil, !before:
		n.entry = e
		return nil
	case (n.kind == folder) != (e.kind == folder):
		return refuse("%.200q is a file and a directory at once: there are entries twice, or below it", e.place())
	}
	return refuse("the entry %.200q stands there twice", e.name)
}

// child returns what has a name in a folder. It is made when it is not there.
func (t *tree) child(e *entry, parent int32, name string, k kind) (int32, error) {
	if at, ok := t.exact[edge{parent, name}]; ok {
		return at, nil
	}
	folded := edge{parent, fold(name)}
	if at, ok := t.folded[folded]; ok {
		return 0, refuseAnd("Rename one of the two.", "the entry %.200q differs from another by case, or by how accents are written, only: %.200q. They are one on Windows and macOS", e.name, t.path(at))
	}
	if len(t.nodes) > maxNodes {
		return 0, refuseAnd("Pack fewer files: leave out what can be installed or built again.", "it has more than %d files and folders", maxNodes)
	}
	at := int32(len(t.nodes)) //nolint:gosec // at most maxNodes
	t.nodes = append(t.nodes, node{name: name, parent: parent, kind: k})
	t.exact[edge{parent, name}], t.folded[folded] = at, at
	if parent == 0 {
		t.tops = append(t.tops, at)
	}
	return at, nil
}

// below refuses an entry whose path leads through what is no folder.
func (t *tree) below(e *entry, at int32) error {
	if t.nodes[at].kind == link {
		return refuse("the entry %.200q stands below a link: %.200q", e.name, t.path(at))
	}
	return refuse("%.200q is a file and a directory at once: the entry %.200q stands below it", t.path(at), e.name)
}

// path is that of a node, from the root.
func (t *tree) path(at int32) string {
	var names []string
	for ; at != 0; at = t.nodes[at].parent {
		names = append([]string{t.nodes[at].name}, names...)
	}
	return strings.Join(names, "/")
}

// top is the single folder in which all the rest stands, else the root.
func (t *tree) top() int32 {
	if len(t.tops) == 1 && t.nodes[t.tops[0]].kind == folder {
		return t.tops[0]
	}
	return 0
}
