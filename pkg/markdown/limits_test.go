package markdown_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/markdown"
)

// The limits that this package promises.
const (
	maxSource      = 128 << 10
	maxLines       = 10_000
	maxHighlighted = 8 << 10
)

// sizeName returns the name of a size in bytes.
func sizeName(size int) string { return strconv.Itoa(size>>10) + " KB" }

func isText(rendered string) bool {
	return strings.HasPrefix(rendered, `<pre class="text" tabindex="0">`)
}

func TestATextBeyondTheLimitsIsShownAsWritten(t *testing.T) {
	columns := func(head, rest string) string {
		return strings.Repeat(head, 1000) + "\n" + strings.Repeat(rest, 1000) + "\n"
	}
	tests := map[string]string{
		"a megabyte":                 strings.Repeat("# a & b\n\n", 1<<20/9),
		"one byte more":              strings.Repeat("a", maxSource+1),
		"one line more":              strings.Repeat("a\n", maxLines+1),
		"10,000 lists in a line":     strings.Repeat("- ", 10_000) + "a",
		"10,000 numbered lists":      strings.Repeat("1. ", 10_000) + "a",
		"lists nested by lines":      grow(maxSource, func(i int) string { return strings.Repeat("  ", i) + "- a\n" }),
		"10,000 quotes":              strings.Repeat("> ", 10_000) + "a",
		"quotes and tabs":            strings.Repeat(">\t", 10_000) + "a",
		"100,000 brackets":           strings.Repeat("[", 100_000),
		"100,000 closing brackets":   strings.Repeat("a]", 50_000),
		"50,000 links":               strings.Repeat("[]", 50_000),
		"100,000 backticks":          strings.Repeat("`a", 50_000),
		"emphasis":                   strings.Repeat("*a_", 33_000),
		"100,000 smaller-than signs": strings.Repeat("<", 100_000),
		"definitions":                strings.Repeat("[a]:b\n", 9_000),
		"a table of 1,000 columns":   columns("a|", "-|") + strings.Repeat("a\n", 1000),
		"a table of 9,000 rows":      "a|b\n-|-\n" + strings.Repeat("a\n", 9_000),
		"a reference repeated":       "[a]: " + strings.Repeat("b", 60_000) + "\n\n[a] [a] [a] [a] [a]",
		"elements in each other":     strings.Repeat("<div>", 300) + "a",
		"many elements":              "<div>\n" + strings.Repeat("<br>", 31_000),
		"30,000 nodes":               strings.Repeat("a  \n", 9_900) + "\n" + strings.Repeat(strings.Repeat("&amp;", 100)+"a`b`", 200) + strings.Repeat(" www.a.bc", 7_000),
	}
	r, check := markdown.New(), newChecker()
	for name, source := range tests {
		t.Run(name, func(t *testing.T) {
			rendered := string(r.HTML(source, prefix))
			if !isText(rendered) {
				t.Fatalf("rendered: %.200s", rendered)
			}
			check.safe(t, rendered)
			if got := words(t, rendered); got != strings.Trim(source, "\n") {
				t.Errorf("shown are %d bytes of %d: %.100q", len(got), len(source), got)
			}
		})
	}
}

func TestATextWithinTheLimitsIsRendered(t *testing.T) {
	tests := map[string]string{
		"ordinary Markdown":        strings.Repeat(read(t, "testdata/english.md"), maxSource/len(read(t, "testdata/english.md"))/2),
		"words":                    strings.Repeat("a", maxSource),
		"lines":                    strings.Repeat("a b c d e f\n", maxLines),
		"ten lists in each other":  strings.Repeat("- ", 10) + "a",
		"ten nested by lines":      grow(170, func(i int) string { return strings.Repeat("  ", i) + "- a\n" }),
		"twenty quotes":            strings.Repeat("> ", 20) + "a",
		"a table of 100 columns":   strings.Repeat("a|", 100) + "\n" + strings.Repeat("-|", 100) + "\n" + strings.Repeat("a\n", 90),
		"a table of 2,000 rows":    "a|b|c\n-|-|-\n" + strings.Repeat("a|b|c\n", 2_000),
		"a thousand links":         strings.Repeat("- [a](https://b.example/c \"d\"), `e` and *f*\n", 1_000),
		"a hundred definitions":    grow(2_000, func(i int) string { return "[a]: https://b.example/\n" }),
		"a paragraph of code":      strings.Repeat("`a` ", 2_000),
		"a hundred elements":       strings.Repeat("<div>", 100) + "a" + strings.Repeat("</div>", 100),
		"a long block of code":     "```go\n" + strings.Repeat("a := b[0] * c_d\n", 6_000) + "```",
		"broken UTF-8 and nothing": strings.Repeat("\xff\x00你\xe4\xbd", 10_000),
	}
	r, check := markdown.New(), newChecker()
	for name, source := range tests {
		t.Run(name, func(t *testing.T) {
			rendered := string(r.HTML(source, prefix))
			if isText(rendered) {
				t.Fatalf("shown as written: %.200s", rendered)
			}
			check.safe(t, rendered)
		})
	}
}

func TestWhatACostlyTextBecomesIsBounded(t *testing.T) {
	r := markdown.New()
	for name, source := range costly(16 << 10) {
		rendered := string(r.HTML(source, prefix))
		if tags := strings.Count(rendered, "<"); tags > 4*30_000 || len(rendered) > 32*len(source)+100_000 {
			t.Errorf("%s: %d bytes became %d with %d tags", name, len(source), len(rendered), tags)
		}
	}
}

// BenchmarkCostly tells which text costs most: each is to be rendered within
// 100 ms.
func BenchmarkCostly(b *testing.B) {
	r := markdown.New()
	for _, size := range []int{maxSource / 2, maxSource, 8 * maxSource} {
		for name, source := range costly(size) {
			b.Run(sizeName(size)+"/"+name, func(b *testing.B) {
				for b.Loop() {
					r.HTML(source, prefix)
				}
			})
		}
	}
	for _, language := range languages() {
		for _, code := range costlyCode(maxHighlighted) {
			b.Run(fmt.Sprintf("code/%s/%.8q", language, code), func(b *testing.B) {
				for b.Loop() {
					r.Code(code, language)
				}
			})
		}
	}
}

func BenchmarkReadme(b *testing.B) {
	r, source := markdown.New(), read(b, "testdata/english.md")
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		r.HTML(source, prefix)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		markdown.New()
	}
}
