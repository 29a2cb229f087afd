package markdown_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/fc-registry/fc-registry/pkg/markdown"
)

func languages() []string {
	return strings.Fields("text yaml json toml bash dockerfile makefile nginx go javascript java php python sql html css diff")
}

// words returns what a rendered text says, as a browser shows it.
func words(t *testing.T, rendered string) string {
	t.Helper()
	var b strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(rendered))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		if kind == html.TextToken {
			b.Write(tokens.Text())
		}
	}
	return b.String()
}

func TestCodeIsColoured(t *testing.T) {
	span := func(class, text string) string { return fmt.Sprintf(`<span class="%s">%s</span>`, class, text) }
	tests := []struct {
		language, source string
		want             []string
	}{
		{"yaml", "a-b: 'c' # d", []string{span("nt", "a-b"), span("s", "&#39;c&#39;"), span("c", "# d")}},
		{"yml", "  - a: true\n    b: it's 12 #3", []string{span("nt", "a"), span("k", "true"), "it&#39;s", span("m", "12"), span("c", "#3")}},
		{"yaml", "a: http://b.example/#c", []string{span("nt", "a"), ": http://b.example/#c"}},
		{"json", `{"a": ["b", -1.5e3, null]}`, []string{span("nt", "&#34;a&#34;"), span("s", "&#34;b&#34;"), span("m", "1.5e3"), span("k", "null")}},
		{"toml", "[a]\nb = 'c' # d", []string{span("nt", "[a]"), span("nt", "b"), span("s", "&#39;c&#39;"), span("c", "# d")}},
		{"ini", "; a\nb=c", []string{span("c", "; a"), span("nt", "b")}},
		{"sh", "if [ $A ]; then echo \"${B}\" # c\nfi", []string{span("k", "if"), span("nt", "$A"), span("k", "then"), span("s", "&#34;${B}&#34;"), span("c", "# c"), span("k", "fi")}},
		{"Dockerfile", "FROM a:1 AS b\n# c\nRUN d", []string{span("k", "FROM"), span("m", "1"), span("k", "AS"), span("c", "# c"), span("k", "RUN")}},
		{"makefile", "a: b\n\techo $(C)\nD := e", []string{span("nt", "a"), span("nt", "$(C"), span("nt", "D")}},
		{"nginx", "server {\n  listen 80; # a\n}", []string{span("nt", "server"), span("nt", "listen"), span("m", "80"), span("c", "# a")}},
		{"go", "func a() { return `b` /* c\nd */ } // e", []string{span("k", "func"), span("s", "`b`"), span("c", "/* c\nd */"), span("c", "// e")}},
		{"ts", "const a = `b${c}` + \"d\\\"e\"", []string{span("k", "const"), span("s", "`b${c}`"), span("s", "&#34;d\\&#34;e&#34;")}},
		{"java", "public class A {} // b", []string{span("k", "public"), span("k", "class"), span("c", "// b")}},
		{"php", "ECHO $a; # b", []string{span("k", "ECHO"), span("nt", "$a"), span("c", "# b")}},
		{"python", "def a():\n  \"\"\"b\n\"c\" \"\"\" # d", []string{span("k", "def"), span("s", "&#34;&#34;&#34;b\n&#34;c&#34; &#34;&#34;&#34;"), span("c", "# d")}},
		{"sql", "SELECT a From b -- c", []string{span("k", "SELECT"), span("k", "From"), span("c", "-- c")}},
		{"html", "<!-- a-b --><a href=\"c\">it's</a>", []string{span("c", "&lt;!-- a-b --&gt;"), span("nt", "&lt;a"), span("s", "&#34;c&#34;"), "it&#39;s", span("nt", "&lt;/a")}},
		{"css", "a { color: #fff } /* b */", []string{span("nt", "color"), span("c", "/* b */")}},
		{"diff", "@@ -1 +1 @@\n-a\n+b\n c", []string{span("gd", "-a"), span("gi", "+b"), "\n c"}},
		{"text", "if 'a' # b", []string{"if &#39;a&#39; # b"}},
		{"brainfuck", "+'a' # b", []string{"<code>+&#39;a&#39; # b</code>"}},
		{"", "if", []string{"<code>if</code>"}},
	}
	r, check := markdown.New(), newChecker()
	for _, test := range tests {
		t.Run(test.language+" "+test.source, func(t *testing.T) {
			rendered := string(r.Code(test.source, test.language))
			check.safe(t, rendered)
			for _, want := range test.want {
				if !strings.Contains(rendered, want) {
					t.Errorf("no %s in %s", want, rendered)
				}
			}
		})
	}
}

func TestColouringChangesNoCharacter(t *testing.T) {
	r := markdown.New()
	for _, language := range languages() {
		for _, source := range append(costlyCode(300), attacks()...) {
			source = strings.NewReplacer("\x00", "", "\r", "").Replace(strings.ToValidUTF8(source, ""))
			rendered := string(r.Code(source, language))
			if got := words(t, rendered); got != source {
				t.Errorf("%s: got %q, want %q", language, got, source)
			}
		}
	}
}

func TestOnlySoMuchCodeIsColoured(t *testing.T) {
	r := markdown.New()
	block := func(lines int) string { return "```yaml\n" + strings.Repeat("a: 1\n", lines) + "```\n\n" }
	tests := map[string]struct {
		source string
		want   int
	}{
		"one that is short":             {block(10), 10},
		"one that is long":              {block(maxHighlighted/5 + 1), 0},
		"the first of two that are not": {block(maxHighlighted/10+1) + block(maxHighlighted/10+1), maxHighlighted/10 + 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rendered := string(r.HTML(test.source, prefix))
			if got := strings.Count(rendered, `class="nt"`); got != test.want {
				t.Errorf("%d keys are coloured, want %d", got, test.want)
			}
		})
	}
	if rendered := r.Code(strings.Repeat("a: 1\n", maxHighlighted), "yaml"); strings.Contains(string(rendered), "span") {
		t.Error("Code colours what is long")
	}
}
