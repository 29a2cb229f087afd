package markdown_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fc-registry/fc-registry/pkg/markdown"
)

func TestWordsAreWhatATextSays(t *testing.T) {
	tests := map[string]struct{ source, want string }{
		"marks":                       {"# A **b**\n\n- *c*d\n- [e](https://f.example/) `g`", "A b cd e g"},
		"code":                        {"```yaml\na: <b> & \"c\"\n```", `a: <b> & "c"`},
		"tags":                        {"<p align=\"center\">a<br>b</p>c <b>d</b>e <deploy>f</deploy>", "a b c de f"},
		"a table":                     {"|a|b|\n|-|-|\n|c|d|", "a b c d"},
		"scripts, comments and style": {"a<script>b</script>\n<!-- c -->\n<style>d</style>e", "a e"},
		"entities":                    {"&lt;a&gt; &amp;amp; &copy;", "<a> &amp; ©"},
		"Chinese":                     {"## 部署 & **体验**\n\n函数*计算*。", "部署 & 体验 函数计算。"},
		"characters that are none":    {"a\x00b\xffc\r\nd", "a\ufffdb\ufffdc d"},
		"nothing":                     {"\n", ""},
		"beyond the limits":           {strings.Repeat("- ", 1000) + "a <b>b</b><br>c &amp; d", strings.Repeat("- ", 1000) + "a b c & d"},
	}
	r := markdown.New()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := r.Words(test.source, 1<<20); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestWordsAreCutBetweenCharacters(t *testing.T) {
	r := markdown.New()
	for limit, want := range []string{"", "a", "a", "a", "a你", "a你", "a你", "a你好", "a你好"} {
		if got := r.Words("# a你好", limit); got != want {
			t.Errorf("%d bytes: got %q, want %q", limit, got, want)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, source := range attacks() {
		f.Add(source, 100)
	}
	r := markdown.New()
	f.Fuzz(func(t *testing.T, source string, limit int) {
		limit = max(limit, 0)
		if got := r.Words(source, limit); len(got) > limit || !utf8.ValidString(got) || got != strings.Join(strings.Fields(got), " ") {
			t.Errorf("%d bytes: %q", limit, got)
		}
	})
}
