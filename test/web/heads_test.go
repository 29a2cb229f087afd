package web

import (
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// pageHead is what a page says of itself to browsers and search engines.
type pageHead struct{ Title, Description, Canonical, Robots string }

const readHead = `() => {
	const read = (selector, name) => document.querySelector(selector)?.getAttribute(name) ?? ""
	return {
		title: document.title, description: read("meta[name=description]", "content"),
		canonical: read("link[rel=canonical]", "href"), robots: read("meta[name=robots]", "content"),
	}
}`

// Each page, but searches by filters alone, has a title of its own in each
// language, and says where it is found.
func TestEachPageHasATitleOfItsOwn(t *testing.T) {
	t.Parallel()
	titles := make(map[string]string)
	for _, language := range []string{"en", "zh-CN"} {
		p := chromium.Open(t, shared.Registry, browser.Reader{Language: language})
		for _, page := range open {
			p.Visit(page.path)
			head := browser.Call[pageHead](p, readHead)
			if other, taken := titles[head.Title]; taken && page.path != other && !strings.HasPrefix(page.path, "/search") || !strings.Contains(head.Title, "fc-registry") {
				t.Errorf("%s has the title %q, as has %s", page.path, head.Title, other)
			}
			titles[head.Title] = page.path
			if head.Description == "" || len(head.Description) > 1000 {
				t.Errorf("%s has the description %q", page.path, head.Description)
			}
			path, _, _ := strings.Cut(page.path, "?")
			if !strings.HasPrefix(head.Canonical, shared.Registry+path) || strings.Contains(head.Canonical, "lang=") {
				t.Errorf("%s says that it is found at %s", page.path, head.Canonical)
			}
			if hidden := path == "/search" || path == "/login" || strings.Contains(path, "/versions/1.5.0"); hidden != (head.Robots == "noindex") {
				t.Errorf("%s tells search engines %q", page.path, head.Robots)
			}
		}
	}
}
