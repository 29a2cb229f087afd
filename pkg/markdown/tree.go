package markdown

import (
	"bytes"
	"fmt"
	"html/template"
	"iter"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// renamed goes before the names of elements of which HTML says that the parser
// opens them again in each block that follows, until they are closed: a few
// bytes of a publisher could so become megabytes. Under a name that HTML does
// not know such an element ends with its block.
const renamed = "x-"

// formatting reports whether HTML counts an element of the policy as one that
// is opened again. Such elements are within words.
func formatting(name string) bool {
	switch name {
	case "a", "b", "code", "em", "i", "s", "small", "strike", "strong", "u":
		return true
	}
	return false
}

// parse returns the tree of sanitized HTML below a div: what is open at its end
// is closed, what closes nothing is gone, and nothing stands where a browser
// would move it.
func parse(sanitized []byte) (*html.Node, error) {
	var source bytes.Buffer
	tokens := html.NewTokenizer(bytes.NewReader(sanitized))
	for tokens.Next() != html.ErrorToken {
		raw := tokens.Raw()
		if name, found := bytes.CutPrefix(raw, []byte("</")); found && formatting(tagName(name)) {
			fmt.Fprintf(&source, "</%s%s", renamed, name)
		} else if name, found := bytes.CutPrefix(raw, []byte("<")); found && formatting(tagName(name)) {
			fmt.Fprintf(&source, "<%s%s", renamed, name)
		} else {
			source.Write(raw)
		}
	}
	body := element("div")
	nodes, err := html.ParseFragment(&source, body)
	if err != nil {
		return nil, fmt.Errorf("parsing the HTML of a text: %w", err)
	}
	for _, node := range nodes {
		body.AppendChild(node)
	}
	return body, nil
}

// tagName returns the name at the beginning of a tag's rest.
func tagName(rest []byte) string {
	end := bytes.IndexAny(rest, " />")
	return string(rest[:max(end, 0)])
}

// serialize returns the HTML of what is in an element, which shows source.
func serialize(parent *html.Node, source string) template.HTML {
	var out strings.Builder
	for child := parent.FirstChild; child != nil; child = child.NextSibling {
		if err := html.Render(&out, child); err != nil { // a tree that is no HTML
			return asText(source)
		}
	}
	return template.HTML(out.String())
}

func element(name string, attributes ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name)), Attr: attributes}
}

func textNode(text string) *html.Node {
	return &html.Node{Type: html.TextNode, Data: text}
}

// find returns an element's attribute, or nil.
func find(node *html.Node, key string) *html.Attribute {
	for i := range node.Attr {
		if node.Attr[i].Key == key {
			return &node.Attr[i]
		}
	}
	return nil
}

// attribute returns the value of an element's attribute, or "".
func attribute(node *html.Node, key string) string {
	if found := find(node, key); found != nil {
		return found.Val
	}
	return ""
}

// descendants returns the nodes in an element, in the order of the text.
func descendants(root *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for node := root.FirstChild; node != nil && yield(node); {
			if node.FirstChild != nil {
				node = node.FirstChild
				continue
			}
			for node != root && node.NextSibling == nil {
				node = node.Parent
			}
			if node == root {
				return
			}
			node = node.NextSibling
		}
	}
}

// unwrap puts an element's content in its place.
func unwrap(node *html.Node) {
	for node.FirstChild != nil {
		child := node.FirstChild
		node.RemoveChild(child)
		node.Parent.InsertBefore(child, node)
	}
	node.Parent.RemoveChild(node)
}

// wrap puts an element into another one, in its place.
func wrap(node, wrapper *html.Node) {
	node.Parent.InsertBefore(wrapper, node)
	node.Parent.RemoveChild(node)
	wrapper.AppendChild(node)
}

// words returns the text in an element.
func words(node *html.Node) string {
	var b strings.Builder
	for child := range descendants(node) {
		if child.Type == html.TextNode {
			b.WriteString(child.Data)
		}
	}
	return b.String()
}

// labelled reports whether an element holds something that can be read out.
func labelled(node *html.Node) bool {
	for child := range descendants(node) {
		if child.Type == html.TextNode && strings.TrimSpace(child.Data) != "" || attribute(child, "alt") != "" {
			return true
		}
	}
	return false
}
