package markdown

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// newHTMLRenderer returns a renderer that passes on the HTML that publishers
// mix with their Markdown: the policy looks at that and at ours alike.
func newHTMLRenderer() renderer.Renderer {
	return renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(html.NewRenderer(html.WithUnsafe()), 1000),
		util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
		util.Prioritized(extension.NewTableHTMLRenderer(
			extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), 500),
	))
}

// newPolicy returns the elements, attributes and schemes that a publisher may
// use. The tags of others go and their content stays, as in the readmes of
// Serverless Devs, where <deploy> or <appdetail> mark sections for a machine;
// the content of script, style, iframe, object, noscript and title goes too.
// There is no class, id, name or style: those are the page's. The class of code
// names a language and is gone from what is rendered.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(
		"h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "blockquote", "pre", "hr", "br",
		"ul", "ol", "li", "details", "summary",
		"table", "thead", "tbody", "tfoot", "tr", "th", "td",
		"b", "strong", "i", "em", "u", "s", "strike", "del", "ins", "small", "mark",
		"code", "kbd", "samp", "var", "sub", "sup", "q", "cite",
	)
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|center|right)$`)).
		OnElements("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "td", "th")
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[1-9][0-9]?$`)).OnElements("td", "th")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")
	p.AllowAttrs("open").Matching(regexp.MustCompile(`^(open)?$`)).OnElements("details")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[\w+#.-]{1,30}$`)).OnElements("code")

	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true) // to headings of the text; others go when it is arranged
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(regexp.MustCompile(`^[1-9][0-9]{0,3}(px|%)?$`)).OnElements("img")
	return p
}
