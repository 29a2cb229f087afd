package markdown

import (
	"fmt"
	"strings"

	"github.com/alecthomas/chroma/v2"
)

// colour is the colour of a kind of token, on a light and on a dark page. Each
// has a contrast of 4.5 to its background, as WCAG AA asks.
type colour struct {
	token       chroma.TokenType
	light, dark string
}

// The colours of code that is no token of the palette, and what is behind it.
const (
	lightText, lightGround = "#1f2328", "#f6f8fa"
	darkText, darkGround   = "#e6edf3", "#161b22"
)

func palette() []colour {
	return []colour{
		{chroma.Comment, "#59636e", "#9198a1"},
		{chroma.Keyword, "#8a2be2", "#d2a8ff"},
		{chroma.LiteralString, "#0a5c36", "#a5d6a7"},
		{chroma.LiteralNumber, "#0550ae", "#79c0ff"},
		{chroma.NameTag, "#0550ae", "#79c0ff"},
		{chroma.GenericInserted, "#116329", "#7ee787"},
		{chroma.GenericDeleted, "#a40e26", "#ffa198"},
	}
}

// Style returns the stylesheet of the code blocks that a [Renderer] makes: for
// a light page, and for a dark one where the reader prefers it.
func Style() string {
	var light, dark strings.Builder
	rule := ".chroma { color: %s; background: %s }\n"
	fmt.Fprintf(&light, rule, lightText, lightGround)
	fmt.Fprintf(&dark, rule, darkText, darkGround)
	for _, c := range palette() {
		rule := ".chroma ." + chroma.StandardTypes[c.token] + " { color: %s }\n"
		fmt.Fprintf(&light, rule, c.light)
		fmt.Fprintf(&dark, rule, c.dark)
	}
	return light.String() + "@media (prefers-color-scheme: dark) {\n" + dark.String() + "}\n"
}
