// Package markdown shows what publishers write. It turns their Markdown, which
// nobody has checked, into HTML that is safe inside a page.
//
// A text goes through goldmark (Markdown to HTML), bluemonday (what is not on
// the allow list goes), the HTML parser (what is left open is closed) and last
// through an arrangement for the page: see [Renderer.HTML]. Each stage has a
// known cost, and a text that would cost more than its share is shown as it was
// written.
package markdown

import (
	"bytes"
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/chroma/v2"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/renderer"
)

// Renderer renders the texts of publishers. It is safe for concurrent use.
type Renderer struct {
	html   renderer.Renderer
	policy *bluemonday.Policy
	lexers map[string]chroma.Lexer
}

// New returns a Renderer. It takes a fraction of a millisecond and is good for
// the life of a process.
func New() *Renderer {
	return &Renderer{html: newHTMLRenderer(), policy: newPolicy(), lexers: newLexers()}
}

// HTML renders Markdown to stand below a heading of level 2, in a page that has
// its own styles (see [Style]) and scripts:
//
//   - headings begin at level 3 and skip none; their ids begin with prefix, which
//     is to be unlike that of any other text of the page, such as "readme-";
//   - links lead to http, https, mailto or a heading of the text; what leads
//     elsewhere is words without a link;
//   - images come from https addresses, others are replaced by their description;
//   - tables and code blocks scroll by themselves and can be reached by keyboard.
//
// A text beyond the limits of this package is shown as it was written.
func (r *Renderer) HTML(source, prefix string) template.HTML {
	source = legible(source)
	safe, ok := r.sanitize(source)
	if !ok {
		return asText(source)
	}
	body, err := parse(safe)
	if err != nil { // elements are nested deeper than the parser goes
		return asText(source)
	}
	a := arrangement{renderer: r, prefix: prefix, ids: map[string]int{}}
	if !a.arrange(body) {
		return asText(source)
	}
	return serialize(body, source)
}

// Code renders source in a language as a fenced code block of Markdown would
// be: by the name that follows the fence, such as "yaml".
func (r *Renderer) Code(source, language string) template.HTML {
	source = legible(source)
	root := element("div")
	root.AppendChild(r.codeBlock(source, language))
	return serialize(root, source)
}

// sanitize returns the HTML of Markdown without what is not allowed, and false
// for a text beyond the limits.
func (r *Renderer) sanitize(source string) ([]byte, bool) {
	document, ok := parseMarkdown([]byte(source))
	if !ok {
		return nil, false
	}
	var unsafe bytes.Buffer
	if err := r.html.Render(&unsafe, []byte(source), document); err != nil {
		return nil, false
	}
	return r.policy.SanitizeReader(&unsafe).Bytes(), true
}

// legible returns text without what is no character and with one kind of line
// end, so that no two readers of it can differ.
func legible(text string) string {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	return strings.NewReplacer("\x00", string(utf8.RuneError), "\r\n", "\n", "\r", "\n").Replace(text)
}

// asText shows a text as it was written.
func asText(source string) template.HTML {
	escaped := template.HTMLEscapeString(strings.Trim(source, "\n"))
	return template.HTML(`<pre class="text" tabindex="0">` + escaped + "</pre>")
}
