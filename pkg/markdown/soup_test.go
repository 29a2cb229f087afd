package markdown_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/markdown"
)

// parts returns what a text may be made of: all elements that are allowed and
// some that are not, opened and closed, and the marks of Markdown.
func parts() []string {
	list := []string{"\n", "\n\n", " ", "a", "你", "# ", "## ", "###### ", "- ", "1. ", "> ", "| a | b |\n| - | - |\n| ", " | ", "```yaml\n", "\n```\n",
		"**", "_", "~~", "`", "[", "](", ")", "![", "](https://a.example/)", "](#a)", "<!--", "-->", "    ", "<br>", "<hr>", "\\", "&lt;", "&",
		"<img src=\"https://a.example/\">", "<img src=x alt=y>", "<a href=\"https://a.example/\">", "<a href=\"x\">", "<code class=\"language-go\">"}
	names := strings.Fields("h1 h2 caption colgroup a form select option svg math style script title template button body html dl dd x-b x-a center font tt nobr")
	names = append(names, slices.Sorted(maps.Keys(allowed()))...)
	for _, name := range names {
		list = append(list, "<"+name+">", "</"+name+">")
	}
	return list
}

func TestAnyMixOfTagsAndMarksIsRenderedHarmless(t *testing.T) {
	check, r, random, list := newChecker(), markdown.New(), rand.New(rand.NewPCG(1, 2)), parts()
	for range 2000 {
		var source strings.Builder
		for range 1 + random.IntN(40) {
			source.WriteString(list[random.IntN(len(list))])
		}
		check.safe(t, string(r.HTML(source.String(), prefix)))
		if t.Failed() {
			t.Fatalf("rendered from %q", source.String())
		}
	}
}
