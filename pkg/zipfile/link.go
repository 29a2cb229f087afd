package zipfile

import (
	"io"
	"path"
	"strings"
	"unicode/utf8"
)

// resolveLinks finds out where the links lead, which must be in the ZIP.
func (a *Archive) resolveLinks() error {
	root := strings.TrimSuffix(a.Root(), "/")
	for _, e := range a.entries {
		if e.kind != link {
			continue
		}
		text, err := linkText(e)
		if err != nil {
			return err
		}
		target, reason := a.tree.follow(root, folderOf(e.Name), text)
		if reason == "" && strings.HasPrefix(e.Name, target+"/") {
			reason = "which the link is in"
		}
		if reason != "" {
			return refuse("the link %s leads to %s, %s. Leave it out, or put the file itself there", shorten(e.Name), shorten(text), reason)
		}
		e.target = target
	}
	return nil
}

// linkText reads where a link leads.
func linkText(e *entry) (string, error) {
	if e.UncompressedSize64 == 0 || e.UncompressedSize64 > maxPath {
		return "", refuse("the link %s leads to a path of %d bytes; it may have 1 to %d", shorten(e.Name), e.UncompressedSize64, maxPath)
	}
	body, err := e.Open()
	if err != nil {
		return "", err
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	return string(text), err
}

// follow goes where a link in a folder leads, step by step as a file system
// does, and says what is wrong with that. It never leaves the root, the folder
// that clients take for the package itself.
func (t tree) follow(root, at, text string) (target, reason string) {
	if !utf8.ValidString(text) || path.IsAbs(text) || drive(text) || strings.Contains(text, "\\") {
		return "", "which is no relative path"
	}
	parts := strings.Split(strings.TrimSuffix(text, "/"), "/")
	for i, part := range parts {
		switch part {
		case ".":
			continue
		case "..":
			if at == root {
				return "", "outside of the package"
			}
			at = folderOf(at)
		default:
			if reason := badName(part); reason != "" {
				return "", "a path that " + reason
			}
			at = path.Join(at, part)
		}
		last := i == len(parts)-1
		switch e := t.entries[at]; {
		case e != nil && e.kind == link:
			return "", "through another link"
		case at == "" || t.folders[at]:
		case e == nil || !last || strings.HasSuffix(text, "/"):
			return "", "which is not in the ZIP"
		}
	}
	if at == "" || at == root {
		return "", "the folder of the package itself"
	}
	return at, ""
}

// folderOf returns the folder that a path is in, "" for the ZIP itself.
func folderOf(name string) string {
	return name[:max(0, strings.LastIndexByte(name, '/'))]
}
