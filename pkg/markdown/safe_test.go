package markdown_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fc-registry/fc-registry/pkg/markdown"
)

const prefix = "readme-"

// checker checks that rendered texts consist of what is allowed, are read by a
// browser as they were meant, and are good for those who hear them.
type checker struct {
	allowed   map[string]map[string]*regexp.Regexp // elements, their attributes, and the form of their values
	sanitizer *bluemonday.Policy                   // that allows the same
}

func newChecker() *checker {
	c := &checker{allowed: map[string]map[string]*regexp.Regexp{}, sanitizer: bluemonday.NewPolicy()}
	for element, attributes := range allowed() {
		c.sanitizer.AllowElements(element)
		c.allowed[element] = map[string]*regexp.Regexp{}
		for key, form := range attributes {
			c.allowed[element][key] = regexp.MustCompile(form)
			c.sanitizer.AllowAttrs(key).Matching(c.allowed[element][key]).OnElements(element)
		}
	}
	c.sanitizer.RequireParseableURLs(true)
	c.sanitizer.AllowRelativeURLs(true)
	c.sanitizer.AllowURLSchemes("http", "https", "mailto")
	return c
}

// allowed returns all that a rendered text may consist of.
func allowed() map[string]map[string]string {
	const (
		any, zero = `(?s).*`, `^0$`
		align     = `^(left|center|right)$`
		id        = `^readme-[^\s<>"'&]*$`
		size      = `^[0-9]{1,4}(px|%)?$`
		span      = `^[0-9]{1,2}$`
	)
	elements := map[string]map[string]string{
		"a": {"href": `^(https?://[^/]|mailto:|#readme-)`, "rel": `^nofollow noopener noreferrer ugc$`},
		"img": {"src": `^https://[^/]`, "alt": any, "width": size, "height": size,
			"loading": `^lazy$`, "decoding": `^async$`, "referrerpolicy": `^no-referrer$`},
		"div":     {"class": `^table$`, "tabindex": zero, "align": align},
		"pre":     {"class": `^(chroma|text)$`, "tabindex": zero},
		"span":    {"class": `^(c|k|s|m|nt|gi|gd)$`},
		"p":       {"align": align},
		"td":      {"align": align, "colspan": span, "rowspan": span},
		"th":      {"align": align, "colspan": span, "rowspan": span},
		"ol":      {"start": `^[0-9]+$`},
		"details": {"open": `^(open)?$`},
	}
	for _, heading := range []string{"h3", "h4", "h5", "h6"} {
		elements[heading] = map[string]string{"id": id, "align": align}
	}
	for _, plain := range strings.Fields(`blockquote hr br ul li summary table thead tbody tfoot tr b strong i em u s strike
		del ins small mark code kbd samp var sub sup q cite`) {
		elements[plain] = nil
	}
	return elements
}

// safe fails the test unless the rendered text is safe.
func (c *checker) safe(t *testing.T, rendered string) {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(rendered), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		t.Fatalf("it can't be parsed: %v", err)
	}
	var again strings.Builder
	level := 2
	for _, node := range nodes {
		c.node(t, node, "div", &level)
		if err := html.Render(&again, node); err != nil {
			t.Fatal(err)
		}
	}
	if again.String() != rendered {
		t.Errorf("a browser reads it in another way:\n got %q\nfrom %q", again.String(), rendered)
	}
	if sanitized := c.sanitizer.Sanitize(rendered); sanitized != rendered {
		t.Errorf("sanitized again it differs:\n got %q\nfrom %q", sanitized, rendered)
	}
}

func (c *checker) node(t *testing.T, node *html.Node, parent string, level *int) {
	t.Helper()
	switch list := parent == "ul" || parent == "ol"; {
	case node.Type == html.TextNode && list && strings.TrimSpace(node.Data) != "":
		t.Errorf("a %s holds %q", parent, node.Data)
	case node.Type == html.ElementNode:
		if list != (node.Data == "li") {
			t.Errorf("%s in %s", node.Data, parent)
		}
		c.element(t, node)
		checkLevel(t, node.Data, level)
	case node.Type != html.TextNode:
		t.Errorf("a node of type %d: %q", node.Type, node.Data)
	}
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		c.node(t, child, node.Data, level)
	}
}

func (c *checker) element(t *testing.T, node *html.Node) {
	t.Helper()
	forms, ok := c.allowed[node.Data]
	if !ok || node.Namespace != "" {
		t.Errorf("element %s %s", node.Namespace, node.Data)
	}
	values := map[string]string{}
	for _, a := range node.Attr {
		if form := forms[a.Key]; form == nil || a.Namespace != "" || !form.MatchString(a.Val) {
			t.Errorf("attribute %s=%q of %s", a.Key, a.Val, node.Data)
		}
		values[a.Key] = a.Val
	}
	for _, needed := range map[string][]string{
		"a": {"href"}, "img": {"src", "alt", "loading", "decoding", "referrerpolicy"}, "pre": {"tabindex"},
		"h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
	}[node.Data] {
		if _, ok := values[needed]; !ok {
			t.Errorf("%s without %s", node.Data, needed)
		}
	}
	if node.Data == "a" && !strings.HasPrefix(values["href"], "#") && values["rel"] == "" {
		t.Errorf("a link to %s without rel", values["href"])
	}
	if node.Data == "table" && (node.Parent == nil || node.Parent.Data != "div" || len(node.Parent.Attr) == 0) {
		t.Errorf("a table that does not scroll")
	}
}

// checkLevel checks that headings skip no level.
func checkLevel(t *testing.T, element string, level *int) {
	t.Helper()
	if len(element) != 2 || element[0] != 'h' || element == "hr" {
		return
	}
	at := int(element[1] - '0')
	if at > *level+1 {
		t.Errorf("a heading of level %d after one of level %d", at, *level)
	}
	*level = at
}

func FuzzHTML(f *testing.F) {
	for _, source := range attacks() {
		f.Add(source)
	}
	f.Add(read(f, "testdata/english.md"))
	f.Add(read(f, "testdata/chinese.md"))
	r, check := markdown.New(), newChecker()
	f.Fuzz(func(t *testing.T, source string) {
		check.safe(t, string(r.HTML(source, prefix)))
	})
}
