package markdown_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/markdown"
)

func TestHeadingsAreBelowThePagesAndSkipNoLevel(t *testing.T) {
	tests := map[string]struct{ source, want string }{
		"as written, two lower":        {"# a\n## b\n### c\n## d", "h3 h4 h5 h4"},
		"the first is not the highest": {"### a\n## b\n# c", "h3 h3 h3"},
		"siblings stay siblings":       {"## a\n## b\n#### c\n#### d\n## e", "h3 h3 h4 h4 h3"},
		"levels are skipped":           {"# a\n###### b\n### c\n#### d", "h3 h4 h4 h5"},
		"deeper than HTML has":         {"# a\n## b\n### c\n#### d\n##### e\n###### f", "h3 h4 h5 h6 h6 h6"},
		"underlined":                   {"a\n=\n\nb\n-", "h3 h4"},
		"of HTML":                      {"<h1 align=\"center\">a</h1>\n\n<h2>b</h2>\n\n### c", "h3 h4 h5"},
		"in each other":                {"<h1><b><h2>a</h2></b></h1>", "h3"},
		"without words":                {"#\n\n## ![](http://a.example/x)\n\n### b", "h3"},
		"in what is folded away":       {"# a\n<details>\n\n## b\n\n</details>\n\n### c", "h3 h4 h4"},
		"in what is open":              {"# a\n<details open>\n\n## b\n\n</details>\n\n### c", "h3 h4 h5"},
	}
	r, check := markdown.New(), newChecker()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rendered := string(r.HTML(test.source, prefix))
			check.safe(t, rendered)
			var levels []string
			for _, match := range regexp.MustCompile(`<(h\d)`).FindAllStringSubmatch(rendered, -1) {
				levels = append(levels, match[1])
			}
			if got := strings.Join(levels, " "); got != test.want {
				t.Errorf("got %s, want %s: %s", got, test.want, rendered)
			}
		})
	}
}

func TestElementsAreFittedIntoThePage(t *testing.T) {
	const (
		https = ` rel="nofollow noopener noreferrer ugc"`
		image = ` loading="lazy" decoding="async" referrerpolicy="no-referrer"/>`
	)
	tests := map[string]struct{ source, want string }{
		"a link to a site":                  {"[a](https://b.example/c?d=e&f)", `<p><a href="https://b.example/c?d=e&amp;f"` + https + `>a</a></p>`},
		"a link to a file":                  {"[a **b**](./c.md)", `<p>a <strong>b</strong></p>`},
		"a link to a heading":               {"[a](#B-c!)\n\n# b c", "<p><a href=\"#readme-b-c\">a</a></p>\n<h3 id=\"readme-b-c\">b c</h3>"},
		"a link to a heading of that name":  {"[a](#b-1)\n\n# b\n\n# b", "<p><a href=\"#readme-b-1\">a</a></p>\n<h3 id=\"readme-b\">b</h3>\n<h3 id=\"readme-b-1\">b</h3>"},
		"a link to a heading that is not":   {"[a](#b)", `<p>a</p>`},
		"a link without words":              {"[](https://a.example/) b", "<p> b</p>"},
		"a link in a link":                  {`<div><a href="https://a.example/"><b><a href="https://b.example/">b</a></b></a></div>`, `<div><a href="https://a.example/"` + https + `><b>b</b></a></div>`},
		"an image":                          {`![a](https://b.example/c "d")`, `<p><img src="https://b.example/c" alt="a"` + image + `</p>`},
		"an image without a description":    {"![](https://b.example/c)", `<p><img src="https://b.example/c" alt=""` + image + `</p>`},
		"an image that is a link":           {"[![](https://a.example/b)](https://c.example/d)", `<p><a href="https://c.example/d"` + https + `><img src="https://a.example/b" alt="c.example"` + image + `</a></p>`},
		"an image over http":                {"![a](http://b.example/c)", `<p>a</p>`},
		"an image of the package":           {"![a](b.png)", `<p>a</p>`},
		"a task list":                       {"- [x] a\n- [ ] b", "<ul>\n<li>☑ a</li>\n<li>☐ b</li>\n</ul>"},
		"a list of other things":            {"<ul>a<p>b</p></ul>", "<ul><li>a</li><li><p>b</p></li></ul>"},
		"an element of no list":             {"<li>a</li>", "<div>a</div>"},
		"a table":                           {"|a|b|\n|-|:-:|\n|c|d|", "<div class=\"table\" tabindex=\"0\"><table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"center\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>c</td>\n<td align=\"center\">d</td>\n</tr>\n</tbody>\n</table></div>"},
		"a header that names nothing":       {"<table><tr><th></th><th>a</th><td>b</td></tr></table>", `<div class="table" tabindex="0"><table><tbody><tr><td></td><th>a</th><td>b</td></tr></tbody></table></div>`},
		"headers of nothing":                {"<table><tr><th>a</th></tr></table>", `<div class="table" tabindex="0"><table><tbody><tr><td>a</td></tr></tbody></table></div>`},
		"a table around Markdown":           {"<table>\n\n# a\n\n</table>", "<h3 id=\"readme-a\">a</h3>"},
		"tags that HTML does not know":      {"<deploy>\n\n<appdetail id=\"flushContent\">\n\na\n\n</appdetail>\n\n</deploy>", "<p>a</p>"},
		"comments":                          {"<!-- a -->\n\nb <!-- c --> d", "<p>b  d</p>"},
		"emphasis that is left open":        {"<b>a\n\nb", "<p><b>a</b></p>\n<p>b</p>"},
		"a summary without words":           {"<details><summary></summary>a</details>", "<details>a</details>"},
		"strikethrough and an address":      {"~~a~~ https://b.example", `<p><del>a</del> <a href="https://b.example"` + https + `>https://b.example</a></p>`},
		"indented code":                     {"    a <b>", "<pre class=\"chroma\" tabindex=\"0\"><code>a &lt;b&gt;\n</code></pre>"},
		"characters that are none":          {"a\x00\xff\r\nb", "<p>a\ufffd\ufffd\nb</p>"},
		"nothing":                           {" \n", ""},
		"details that are open, in Chinese": {"<details open><summary>更多</summary>内容</details>", `<details open=""><summary>更多</summary>内容</details>`},
	}
	r, check := markdown.New(), newChecker()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rendered := string(r.HTML(test.source, prefix))
			check.safe(t, rendered)
			if got := strings.TrimSpace(rendered); got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestTextsOfOnePageHaveTheirOwnIDs(t *testing.T) {
	got := string(markdown.New().HTML("# a\n\n[b](#a)", "notes-1.0.0-"))
	want := "<h3 id=\"notes-1.0.0-a\">a</h3>\n<p><a href=\"#notes-1.0.0-a\">b</a></p>\n"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestManyRenderAtOnce(t *testing.T) {
	r := markdown.New()
	sources := append(attacks(), read(t, "testdata/english.md"), read(t, "testdata/chinese.md"))
	want := map[string]string{}
	for _, source := range sources {
		want[source] = string(markdown.New().HTML(source, prefix))
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, source := range sources {
				if got := string(r.HTML(source, prefix)); got != want[source] {
					t.Errorf("%q: got %q, alone %q", source, got, want[source])
				}
			}
		})
	}
	group.Wait()
}
