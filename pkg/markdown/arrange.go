package markdown

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// rel tells search engines and the site that is linked to that a link is a
// publisher's, and keeps that site away from our page.
const rel = "nofollow noopener noreferrer ugc"

// arrangement fits a publisher's elements into a page: see [Renderer.HTML].
type arrangement struct {
	renderer    *Renderer
	prefix      string
	elements    int            // so far
	outline     []byte         // the levels of the headings around the place, as written
	ids         map[string]int // of headings, without prefix; how many more wanted the same
	inPage      []*html.Node   // links to headings
	highlighted int            // bytes of code so far
}

// arrange fits what is in root, and reports whether that is within the limits.
func (a *arrangement) arrange(root *html.Node) bool {
	if !a.children(root, 0) {
		return false
	}
	for _, link := range a.inPage {
		a.linkToHeading(link)
	}
	return true
}

func (a *arrangement) children(parent *html.Node, depth int) bool {
	for child := parent.FirstChild; child != nil; {
		next := child.NextSibling
		if child.Type == html.ElementNode && !a.element(child, depth) {
			return false
		}
		child = next
	}
	return true
}

// element fits what is in an element and then itself.
func (a *arrangement) element(node *html.Node, depth int) bool {
	a.elements++
	node.Data = strings.TrimPrefix(node.Data, renamed)
	outline := slices.Clone(a.outline)
	if a.elements > maxNodes || depth > maxDepth || !a.children(node, depth+1) {
		return false
	}
	if node.Data == "details" && find(node, "open") == nil {
		a.outline = outline // of what can be seen
	}
	a.fit(node)
	return true
}

// fit fits an element whose content has been fitted.
func (a *arrangement) fit(node *html.Node) {
	switch node.Data {
	case "h1", "h2", "h3", "h4", "h5", "h6":
		a.heading(node)
	case "a":
		a.link(node)
	case "img":
		image(node)
	case "ul", "ol":
		list(node)
	case "li":
		if node.Parent.Data != "ul" && node.Parent.Data != "ol" {
			node.Data = "div"
		}
	case "table":
		table(node)
	case "th":
		if !labelled(node) { // a header that names nothing
			node.Data = "td"
		}
	case "summary":
		if !labelled(node) {
			unwrap(node)
		}
	case "pre":
		a.code(node)
	case "code":
		if node.Parent.Data != "pre" {
			node.Attr = nil
		}
	}
}

// link keeps a link that leads somewhere and can be read out.
func (a *arrangement) link(node *html.Node) {
	href := attribute(node, "href")
	node.Attr = nil
	switch address, err := url.Parse(href); {
	case err != nil || inside(node, "a") || !labelled(node) && !describe(node, address.Host):
		unwrap(node)
	case strings.HasPrefix(href, "#"):
		node.Attr = []html.Attribute{{Key: "href", Val: address.Fragment}}
		a.inPage = append(a.inPage, node)
	case address.Host != "" && address.Scheme != "" || address.Scheme == "mailto":
		node.Attr = []html.Attribute{{Key: "href", Val: href}, {Key: "rel", Val: rel}}
	default:
		unwrap(node)
	}
}

// linkToHeading completes a link to a heading, now that all are known.
func (a *arrangement) linkToHeading(link *html.Node) {
	id := slug(attribute(link, "href"))
	if _, found := a.ids[id]; !found {
		unwrap(link)
		return
	}
	address := url.URL{Fragment: a.prefix + id}
	link.Attr[0].Val = address.String()
}

// describe names the image that is all that a link has by where it leads, and
// reports whether there is one.
func describe(link *html.Node, host string) bool {
	for child := range descendants(link) {
		if child.Data == "img" {
			find(child, "alt").Val = host
			return host != ""
		}
	}
	return false
}

// image keeps an image that the page may load, and leaves the words of others.
func image(node *html.Node) {
	description := strings.TrimSpace(attribute(node, "alt"))
	address, err := url.Parse(attribute(node, "src"))
	if err != nil || address.Scheme != "https" || address.Host == "" {
		node.Parent.InsertBefore(textNode(description), node)
		node.Parent.RemoveChild(node)
		return
	}
	attributes := []html.Attribute{{Key: "src", Val: attribute(node, "src")}, {Key: "alt", Val: description}}
	for _, key := range []string{"width", "height"} {
		if size := attribute(node, key); size != "" {
			attributes = append(attributes, html.Attribute{Key: key, Val: size})
		}
	}
	node.Attr = append(attributes,
		html.Attribute{Key: "loading", Val: "lazy"},
		html.Attribute{Key: "decoding", Val: "async"},
		html.Attribute{Key: "referrerpolicy", Val: "no-referrer"})
}

// list puts into an element of the list what a publisher put beside them.
func list(node *html.Node) {
	for child := node.FirstChild; child != nil; {
		next := child.NextSibling
		text := child.Type == html.TextNode
		if text && strings.TrimSpace(child.Data) != "" || !text && child.Data != "li" {
			wrap(child, element("li"))
		}
		child = next
	}
}

// table lets a table scroll by itself. A table without words or images is left
// over from something else: readmes have Markdown between <table> and </table>.
func table(node *html.Node) {
	headers, cells := []*html.Node{}, false
	filled := false
	for child := range descendants(node) {
		switch child.Data {
		case "th":
			headers = append(headers, child)
		case "td":
			cells = true
		}
		filled = filled || child.Data == "img"
	}
	if !filled && !labelled(node) {
		node.Parent.RemoveChild(node)
		return
	}
	if !cells { // headers of nothing
		for _, header := range headers {
			header.Data = "td"
		}
	}
	wrap(node, element("div", html.Attribute{Key: "class", Val: "table"}, html.Attribute{Key: "tabindex", Val: "0"}))
}

// inside reports whether an element is within one of some names.
func inside(node *html.Node, names ...string) bool {
	for ancestor := node.Parent; ancestor != nil; ancestor = ancestor.Parent {
		if slices.Contains(names, ancestor.Data) {
			return true
		}
	}
	return false
}
