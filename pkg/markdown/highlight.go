package markdown

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"golang.org/x/net/html"
)

// code makes a code block scroll by itself and, where its language is known
// and the text's share allows, colours it.
func (a *arrangement) code(pre *html.Node) {
	language := ""
	for child := pre.FirstChild; child != nil; child = child.NextSibling {
		if child.Data == "code" {
			language = strings.TrimPrefix(attribute(child, "class"), "language-")
			child.Attr = nil
		}
	}
	pre.Attr = preAttributes()
	if !a.renderer.knows(language) {
		return
	}
	source := words(pre)
	if a.highlighted+len(source) > maxHighlighted {
		return
	}
	a.highlighted += len(source)
	pre.Parent.InsertBefore(a.renderer.codeBlock(source, language), pre)
	pre.Parent.RemoveChild(pre)
}

func (r *Renderer) knows(language string) bool {
	return r.lexers[strings.ToLower(language)] != nil
}

// codeBlock returns a code block, coloured if its language is known and the
// source is short enough.
func (r *Renderer) codeBlock(source, language string) *html.Node {
	code := element("code")
	pre := element("pre", preAttributes()...)
	pre.AppendChild(code)
	for _, token := range r.tokens(source, language) {
		text := textNode(token.Value)
		if class := chroma.StandardTypes[token.Type]; class != "" {
			span := element("span", html.Attribute{Key: "class", Val: class})
			span.AppendChild(text)
			text = span
		}
		code.AppendChild(text)
	}
	return pre
}

func preAttributes() []html.Attribute {
	return []html.Attribute{{Key: "class", Val: "chroma"}, {Key: "tabindex", Val: "0"}}
}

func (r *Renderer) tokens(source, language string) []chroma.Token {
	plain := []chroma.Token{{Type: chroma.Text, Value: source}}
	if !r.knows(language) || len(source) > maxHighlighted {
		return plain
	}
	tokens, err := chroma.Tokenise(r.lexers[strings.ToLower(language)], nil, source)
	if err != nil { // a rule that does not compile; a test compiles all
		return plain
	}
	return tokens
}
