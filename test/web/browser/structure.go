package browser

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Structure fails the test when the HTML that the site sent lacks what each
// page needs, has what the Content-Security-Policy forbids, or is larger than a
// limit.
func (p *Page) Structure(maxBytes int) {
	p.t.Helper()
	for _, fault := range faults(p.HTML(), maxBytes) {
		p.t.Errorf("%s: %s", p.URL(), fault)
	}
}

// outline is what a page says of itself.
type outline struct {
	language, title, description, canonical string

	headings int      // h1
	inline   []string // script and style that no file of their own holds
}

func faults(document []byte, maxBytes int) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if len(document) > maxBytes {
		fault("the HTML is %d bytes, more than %d", len(document), maxBytes)
	}
	// Without scripting, what stands in noscript counts too.
	root, err := html.ParseWithOptions(bytes.NewReader(document), html.ParseOptionEnableScripting(false))
	if err != nil {
		return append(faults, err.Error())
	}
	var o outline
	o.walk(root)
	for _, required := range []struct{ name, value string }{
		{"lang of html", o.language}, {"title", o.title}, {"meta description", o.description},
	} {
		if strings.TrimSpace(required.value) == "" {
			fault("there is no %s", required.name)
		}
	}
	if u, err := url.Parse(o.canonical); err != nil || u.Scheme == "" || u.Host == "" {
		fault("link rel=canonical has %q, want an absolute URL", o.canonical)
	}
	if o.headings != 1 {
		fault("there are %d h1, want 1", o.headings)
	}
	for _, where := range o.inline {
		fault("inline %s", where)
	}
	return faults
}

func (o *outline) walk(n *html.Node) {
	o.add(n)
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		o.walk(child)
	}
}

// add takes note of an element.
func (o *outline) add(n *html.Node) {
	if n.Type != html.ElementNode {
		return
	}
	attributes := make(map[string]string)
	for _, a := range n.Attr {
		attributes[a.Key] = a.Val
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") || isScript(a.Val) {
			o.inline = append(o.inline, fmt.Sprintf("%s=%q of %s", a.Key, a.Val, n.Data))
		}
	}
	_, linked := attributes["src"]
	switch n.Data {
	case "html":
		o.language = attributes["lang"]
	case "h1":
		o.headings++
	case "title":
		if n.Namespace == "" { // SVG has titles too
			o.title = words(n)
		}
	case "meta":
		if attributes["name"] == "description" {
			o.description = attributes["content"]
		}
	case "link":
		if attributes["rel"] == "canonical" {
			o.canonical = attributes["href"]
		}
	case "script":
		if !linked {
			o.inline = append(o.inline, "script: "+words(n))
		}
	case "style":
		o.inline = append(o.inline, "style: "+words(n))
	}
}

// isScript recognizes javascript: URLs as browsers read them: without regard to
// case, and to blanks and control characters before or within the scheme.
func isScript(value string) bool {
	plain := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, value)
	return strings.HasPrefix(strings.ToLower(plain), "javascript:")
}

// words is the text right within an element.
func words(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}
