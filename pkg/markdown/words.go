package markdown

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// Words returns the text of Markdown without its marks and tags, in at most
// limit bytes: for a search index. In a text beyond the limits of this package
// marks stay.
func (r *Renderer) Words(source string, limit int) string {
	source = legible(source)
	safe, ok := r.sanitize(source)
	if !ok {
		safe = []byte(source)
	}
	var b strings.Builder
	tokens := html.NewTokenizer(bytes.NewReader(safe))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		if kind == html.TextToken {
			b.Write(tokens.Text())
		} else if name, _ := tokens.TagName(); !formatting(string(name)) {
			b.WriteByte(' ')
		}
	}
	return cut(strings.Join(strings.Fields(b.String()), " "), limit)
}

// cut returns at most limit bytes of a text, without part of a character.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.TrimSpace(strings.ToValidUTF8(text[:limit], ""))
}
