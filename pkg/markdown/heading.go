package markdown

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// above is the level of the page's heading above a text, below it the levels
// that HTML has.
const (
	above  = 2
	lowest = 6
)

// heading gives a heading its level and its id. A heading is one level below
// the nearest one before it that was written with a higher rank: so none skips
// a level, whatever the first one was.
func (a *arrangement) heading(node *html.Node) {
	if !labelled(node) || inside(node, "h1", "h2", "h3", "h4", "h5", "h6") {
		unwrap(node)
		return
	}
	written := node.Data[1]
	for len(a.outline) > 0 && a.outline[len(a.outline)-1] >= written {
		a.outline = a.outline[:len(a.outline)-1]
	}
	a.outline = append(a.outline, written)
	node.Data = fmt.Sprintf("h%d", min(above+len(a.outline), lowest))
	node.Attr = append(node.Attr, html.Attribute{Key: "id", Val: a.prefix + a.newID(slug(words(node)))})
}

// newID returns an id that no other heading has: as on GitHub, the second
// "usage" is "usage-1".
func (a *arrangement) newID(slug string) string {
	id := slug
	for _, taken := a.ids[id]; taken; _, taken = a.ids[id] {
		a.ids[slug]++
		id = fmt.Sprintf("%s-%d", slug, a.ids[slug])
	}
	a.ids[id] = 0
	return id
}

// slug returns the id by which links name a heading, as GitHub makes it.
func slug(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(title))
}
