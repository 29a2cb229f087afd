package web_test

import (
	"iter"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// document is a page as a browser reads it.
type document struct {
	t    *testing.T
	root *html.Node
}

func (a answered) document(t *testing.T) document {
	t.Helper()
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return document{t, root}
}

// all returns the elements of a name.
func (d document) all(name string) []*html.Node {
	var found []*html.Node
	for node := range descendants(d.root) {
		if node.Type == html.ElementNode && node.Data == name {
			found = append(found, node)
		}
	}
	return found
}

// one returns the text of the only element of a name.
func (d document) one(name string) string {
	d.t.Helper()
	found := d.all(name)
	if len(found) != 1 {
		d.t.Errorf("the page has %d elements <%s>, want one", len(found), name)
		return ""
	}
	return words(found[0])
}

// link returns where <link rel> leads, for a language if there is one.
func (d document) link(rel, hreflang string) string {
	for _, node := range d.all("link") {
		if attribute(node, "rel") == rel && attribute(node, "hreflang") == hreflang {
			return attribute(node, "href")
		}
	}
	return ""
}

func (d document) meta(name string) string {
	for _, node := range d.all("meta") {
		if attribute(node, "name") == name {
			return attribute(node, "content")
		}
	}
	return ""
}

// hrefs returns where the page's links lead.
func (d document) hrefs() []string {
	var list []string
	for _, node := range d.all("a") {
		list = append(list, attribute(node, "href"))
	}
	return list
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words returns an element's text, in one line.
func words(node *html.Node) string {
	var b strings.Builder
	for child := range descendants(node) {
		if child.Type == html.TextNode {
			b.WriteString(child.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// descendants yields all that is in an element, in order.
func descendants(node *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) { descend(node, yield) }
}

func descend(node *html.Node, yield func(*html.Node) bool) bool {
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		if !yield(child) || !descend(child, yield) {
			return false
		}
	}
	return true
}
