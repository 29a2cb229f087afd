package zipfile

import (
	"strings"
	"unicode/utf8"
)

// checkLinks reads where the links lead: to a file or folder of this ZIP, reached
// through no other link.
func (c *Contents) checkLinks(in *source) error {
	for i := range c.tree.nodes {
		n := &c.tree.nodes[i]
		if n.kind != link {
			continue
		}
		if n.entry.unpacked > maxPath {
			return refuseAnd("Replace the link by what it leads to.", "the link %.200q has a target of %d bytes; at most %d are allowed", n.entry.name, n.entry.unpacked, maxPath)
		}
		target, err := readAll(in, n.entry)
		if err != nil {
			return err
		}
		n.entry.target = string(target)
		if problem := c.tree.follow(n); problem != "" {
			return refuseAnd("Replace the link by what it leads to, or let it lead to a file or folder of this ZIP by a relative path.", "the link %.200q leads to %.200q: %s", n.entry.name, n.entry.target, problem)
		}
	}
	return nil
}

// follow finds where a link leads, and says why it leads nowhere.
//
// A client moves what is in a single top folder one level up. So a link stays
// below that folder on its whole way.
func (t *tree) follow(n *node) (problem string) {
	target := n.entry.target
	if !utf8.ValidString(target) || target == "" {
		return "that is no path in UTF-8"
	}
	if strings.HasPrefix(target, "/") {
		return "that is not relative to the link"
	}
	at := n.parent
	for name := range strings.SplitSeq(strings.TrimSuffix(target, "/"), "/") {
		if at, problem = t.step(at, name); problem != "" {
			return problem
		}
	}
	if strings.HasSuffix(target, "/") && t.nodes[at].kind != folder || t.nodes[at].kind == link {
		return "that is a link, or no folder"
	}
	for up := n.parent; ; up = t.nodes[up].parent {
		if up == at {
			return "the link stands in that folder, so that programs which follow it never end"
		}
		if up == 0 {
			break
		}
	}
	n.leads = at
	return ""
}

// step goes one name further on the way of a link.
func (t *tree) step(at int32, name string) (next int32, problem string) {
	switch {
	case t.nodes[at].kind == link:
		return 0, "that leads through another link"
	case t.nodes[at].kind == file:
		return 0, "that leads through a file"
	case name == ".":
		return at, ""
	case name == ".." && (at == 0 || at == t.top()):
		return 0, "that leaves the package"
	case name == "..":
		return t.nodes[at].parent, ""
	}
	if problem := badName(name); problem != "" {
		return 0, "the path has " + problem
	}
	if strings.Contains(name, `\`) {
		return 0, "the path has a backslash"
	}
	next, ok := t.exact[edge{at, name}]
	if ok {
		return next, ""
	}
	if other, ok := t.folded[edge{at, fold(name)}]; ok {
		return 0, "it is written otherwise in this ZIP: " + t.nodes[other].name
	}
	return 0, "that is not in this ZIP"
}
