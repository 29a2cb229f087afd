package registrytest

import (
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func testFilters(t *testing.T, c Indexed) {
	write(t, c,
		bare(t, "one", func(h *registry.Head) {
			h.Owner, h.Organization = "bob", `示例 "ACME" <&>`
			m := &h.Latest.Manifest
			m.Category, m.Tags, m.Providers = "Web 应用", []string{"API", "a b"}, []string{"阿里云", "Other"}
		}),
		bare(t, "two", func(h *registry.Head) {
			h.Latest.Type, h.Organization = registry.Plugin, "other"
			h.Latest.Manifest.Category, h.Latest.Manifest.Tags = "Web", []string{"api", "c"}
		}),
		bare(t, "three", func(h *registry.Head) {
			h.Latest.Type, h.Latest.Manifest.Providers = registry.Project, []string{"other"}
			h.Latest.Manifest.Description = "API of Web 应用 by bob"
		}),
	)
	tests := []struct {
		registry.Search
		want string
	}{
		{registry.Search{Type: registry.Component}, "one"},
		{registry.Search{Type: registry.Plugin}, "two"},
		{registry.Search{Type: "project"}, "three"},
		{registry.Search{Type: "Comp"}, ""},
		{registry.Search{Category: "Web 应用"}, "one"},
		{registry.Search{Category: "web 应用"}, "one"},
		{registry.Search{Category: "WEB"}, "two"},
		{registry.Search{Category: "应用"}, ""},
		{registry.Search{Tag: "API"}, "one two"},
		{registry.Search{Tag: "a b"}, "one"},
		{registry.Search{Tag: "a"}, ""},
		{registry.Search{Tag: "C"}, "two"},
		{registry.Search{Provider: "阿里云"}, "one"},
		{registry.Search{Provider: "OTHER"}, "one three"},
		{registry.Search{Owner: "bob"}, "one"},
		{registry.Search{Owner: "alice"}, "two three"},
		{registry.Search{Owner: "Carol"}, ""},
		{registry.Search{Organization: `示例 "ACME" <&>`}, "one"},
		{registry.Search{Organization: `示例 "acme" <&>`}, "one"},
		{registry.Search{Organization: "OTHER"}, "two"},
		{registry.Search{Organization: "acme"}, ""},
		{registry.Search{Tag: "api", Type: registry.Plugin}, "two"},
		{registry.Search{Tag: "api", Type: registry.Project}, ""},
		{registry.Search{Tag: "api", Category: "web", Owner: "alice", Organization: "other", Type: registry.Plugin}, "two"},
		{registry.Search{Tag: "api", Category: "web", Owner: "alice", Organization: "other", Type: registry.Plugin, Provider: "Other"}, ""},
		{registry.Search{Text: "api", Provider: "other"}, "one three"},
		{registry.Search{Text: "api", Provider: "other", Owner: "bob"}, "one"},
		{registry.Search{Text: "nothing", Tag: "api"}, ""},
	}
	for _, test := range tests {
		wantFound(t, c, test.Search, []string{everybody}, test.want)
	}
}

// hostileTexts are what people, or their programs, type into a search box;
// bounded by the domain before an index gets them.
func hostileTexts() []string {
	return []string{
		strings.Repeat("long ", 2<<10), strings.Repeat("x", 10<<10), strings.Repeat("函数", 2<<10), strings.Repeat("a ", 5<<10),
		"!!!", "...---...", "。，、？", `"`, `'`, `\`, `\\`, "*", "*?", "hel*", "%", "_", "-", "+", "()", "[", "{}", "<>", "/", "//", "~", "^", ":", "&&", "||", "!",
		"🚀", "👩‍👩‍👧‍👦 🚀", "é", "ａｐｉ", "İstanbul", "\u202ehello", "\u200b",
		"' OR 1=1; DROP TABLE packages; --", "\" OR *", "name:hello AND NOT type:x", "hello~2^5", "[a TO z]", "/.*/", `{"match_all":{}}`,
		"\x00", "a\x00b", "\x01\x02", "a\tb\r\nc", "\xff\xfe", "he\xffllo", string([]byte{0xe5, 0x87}), "null", "undefined", "-1",
	}
}

func testHostileText(t *testing.T, c Indexed) {
	write(t, c, bare(t, "hello"), bare(t, "other"))
	browsing := &registry.Browsing{Index: c, Catalog: c}
	for _, text := range hostileTexts() {
		for _, sort := range []registry.Sort{registry.ByRelevance, registry.ByTime} {
			pages, err := browsing.Find(t.Context(), registry.Anonymous, registry.Search{Text: text, Sort: sort, Limit: 10})
			if err != nil || len(pages) != 1 || pages[0].Total != len(pages[0].Packages) {
				t.Errorf("text %.40q: %+v, %v", text, pages, err)
			}
		}
	}
	for text, want := range map[string]string{
		`"hello"`: "hello", "hello!": "hello", "(hello)": "hello", "hello 🚀": "hello", "hello\x00": "hello", "\" OR *": "", "hel*": "", "h?llo": "",
		"hello OR other": "", "!!!": "", "*": "", "' OR 1=1 --": "",
	} {
		wantFound(t, c, registry.Search{Text: text}, []string{everybody}, want)
	}
}

func testHostileFilters(t *testing.T, c Indexed) {
	write(t, c, bare(t, "hello"), bare(t, "other"))
	for _, value := range hostileTexts() {
		for _, s := range []registry.Search{
			{Type: registry.Type(value)}, {Category: value}, {Tag: value}, {Provider: value}, {Owner: value}, {Organization: value},
		} {
			wantFound(t, c, s, []string{everybody}, "")
		}
	}
}
