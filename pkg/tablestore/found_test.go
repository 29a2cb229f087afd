package tablestore

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWordsOfAReadme(t *testing.T) {
	for readme, want := range map[string]string{
		"": "",
		"# 标题\n\n- one\n* `two`\t**three**\r\n": "# 标题 - one * `two` **three**",
		"<p align=\"center\">text</p><br/>more": "text more",
		"<img src='x' onerror=\n'alert(1)'> a":  "a",
		"a <!-- a hidden\nremark --> b":         "a b",
		"a <!-- left open":                      "a <!-- left open",
		"<!-- one --> a <!-- two --> b":         "a b",
		"1 < 2 and 3 > 2":                       "1 < 2 and 3 > 2",
		"see https://example.com/a?b=c#d now":   "see now",
		"[text](https://example.com/x_(y)) end": "[text]( )) end",
		"![badge](http://a/b.svg) 函数":           "![badge]( ) 函数",
		"<https://example.com> auto":            "auto",
		"ftp://example.com stays":               "ftp://example.com stays",
	} {
		if got := words(readme); got != want {
			t.Errorf("%q: %q, want %q", readme, got, want)
		}
	}
}

func TestWordsAreCutBetweenCharacters(t *testing.T) {
	for _, text := range []string{"函", "🚀", "é", "a", "<b>函</b> "} {
		for _, before := range []string{"", "x", "xx", "xxx"} {
			got := words(before + strings.Repeat(text, 1<<20))
			if len(got) > maxWords || len(got) < maxWords/4 || !utf8.ValidString(got) {
				t.Errorf("%d bytes of %s%s, valid %t", len(got), before, text, utf8.ValidString(got))
			}
		}
	}
	if got := words(strings.Repeat("<em>", 1<<20) + "the end is not looked at"); got != "" {
		t.Errorf("words are %.100q", got)
	}
}

func TestLabelsHaveNoCaseAndALimit(t *testing.T) {
	for value, want := range map[string]string{
		"API Gateway": "tag:api gateway", "Web 应用": "tag:web 应用", "": "tag:", "a:b": "tag:a:b", "\xff": "tag:\ufffd",
		strings.Repeat("标", 1000): "tag:" + strings.Repeat("标", (maxKeyword-4)/3),
	} {
		if got := label("tag", value); got != want || len(got) > maxKeyword {
			t.Errorf("%.40q: %.40q, want %.40q", value, got, want)
		}
	}
}

func TestDaysAreColumnsInTheirOrder(t *testing.T) {
	if got := dayColumn("2025-03-01"); got != "Day2025_03_01" || dayOf(got) != "2025-03-01" {
		t.Errorf("column %s of day %s", got, dayOf(got))
	}
	if dayColumn("2024-12-31") >= dayColumn("2025-01-01") || dayColumn("2025-01-31") >= dayColumn("2025-02-01") {
		t.Error("the order is another one")
	}
}
