package markdown_test

import (
	"fmt"
	"slices"
	"strings"
)

// costly returns texts of n bytes that cost a parser most for their size, by
// what they are: each has been slow in some Markdown or HTML parser.
func costly(n int) map[string]string {
	texts := map[string]string{
		"ever more backticks":           grow(n, func(i int) string { return strings.Repeat("`", i+1) + "a" }),
		"lists nested by lines":         grow(n, func(i int) string { return strings.Repeat("  ", i) + "- a\n" }),
		"many references":               grow(n, func(i int) string { return fmt.Sprintf("[a%d]: b\n", i) }),
		"emphasis that nothing closes":  strings.Repeat("*a ", n/6) + strings.Repeat("a_ ", n/6),
		"nested emphasis":               strings.Repeat("*a **a ", n/14) + strings.Repeat("a** a*", n/12),
		"nested brackets":               strings.Repeat("[", n/2) + "a" + strings.Repeat("]", n/2),
		"nested links":                  strings.Repeat("[", n/2) + "a" + strings.Repeat("](b)", n/8),
		"nested images":                 strings.Repeat("![", n/6) + "a" + strings.Repeat("](b)", n/6),
		"nested quotes and lines":       strings.Repeat(">", n/2) + "a\n" + strings.Repeat("a\n", n/4),
		"nested lists and lines":        strings.Repeat("- ", n/4) + "a\n" + strings.Repeat("a\n", n/4),
		"lists and lines":               strings.Repeat("- ", 11) + "a\n" + strings.Repeat("a bcdefghijk\n", n/14),
		"lists and empty lines":         strings.Repeat("- ", 11) + "a\n" + strings.Repeat("\n", min(n/2, 9900)),
		"lists again and again":         strings.Repeat(strings.Repeat("- ", 11)+"a\n", n/24),
		"quotes again and again":        strings.Repeat(strings.Repeat(">", 22)+"a\n\n", n/25),
		"a table of 1,000 columns":      strings.Repeat("a|", 1000) + "\n" + strings.Repeat("-|", 1000) + "\n" + strings.Repeat("a\n", n/8),
		"a table of 100 columns":        strings.Repeat("a|", 100) + "\n" + strings.Repeat("-|", 100) + "\n" + strings.Repeat("a\n", 97),
		"a reference repeated":          "[a]: " + strings.Repeat("b", n/2) + "\n\n" + strings.Repeat("[a]", n/12),
		"a title repeated":              "[a]: b '" + strings.Repeat("b", n/2) + "'\n\n" + strings.Repeat("![a]", n/12),
		"formatting that is left open":  "<b><i><u><s><code><em><strong><small><strike>" + strings.Repeat("a\n\n", min(n/3-20, 4900)),
		"an attribute many times":       "<div>\n<p " + strings.Repeat("align=left ", n/11) + ">",
		"many attributes":               "<div>\n<p " + grow(n, func(i int) string { return fmt.Sprintf("a%d ", i) }) + ">",
		"all marks that the budget has": strings.Repeat(strings.Repeat("*a*", 300)+"\n\n", 14),
	}
	for _, element := range []string{"table><tr><td", "details><summary", "pre><code class=language-go", "h1><b", "ul><li", "th", "div"} {
		name := "a lot in elements in each other: " + element
		texts[name] = "<div>\n" + strings.Repeat("<"+element+">", 39) + strings.Repeat("<br>", min(n/4-1000, 29_000))
	}
	for _, part := range markdownParts() {
		texts[fmt.Sprintf("%q repeated", part)] = strings.Repeat(part, n/len(part))
	}
	for _, part := range htmlParts() {
		texts[fmt.Sprintf("%q repeated", part)] = strings.Repeat(part, n/len(part))
		texts[fmt.Sprintf("%q repeated in a block", part)] = "<div>\n" + strings.Repeat(part, n/len(part)-6)
	}
	return texts
}

// grow joins parts up to n bytes.
func grow(n int, part func(int) string) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(part(i))
	}
	return b.String()[:n]
}

func markdownParts() []string {
	return []string{
		"[", "]", "[]", "[](", "[a](", "[a](<b", "![[]()", "[a][", "![", "[a](b \"", "[a](b '", "[a]: b\n", "[a]:\n", "[a", "[a]: \"",
		"[^1]: a\n", "]:", "[\n", "[a\n", "![a](b", "[a](b)[", "[a](b)]", "*[a](b)", "[[a](b)", "[a](https://b.c) ", "[![a](b)](c) ",
		"![](https://a.b)", "[*", "*]", "*a [", "[`", "`", "a`", "``a`", "*", "*a ", "*a_", "**a", "a**b", "_a", "a***b", "*a**b", "*a* ",
		"~~a", "~a", "&", "&#", "&#x", "&amp;", "&aaaa", "'", "\"", "\\", "\\*", "http://a ", "http://a.bc ", "http://a.bc/",
		"http://a.bc/&a;", "http://a.bc/(", "http://a.bc/)", "(http://", " www.a.bc", "*www.a.b", "www.", "a@", "a@b.c ", "a.", "_a@",
		"_a_", " (a@b", "~a@", "> ", ">", "> a\n>", ">\t", "- ", "* ", "1. ", "1) ", "-\t", "- \t", "* a\n", "- a\n\n", "- [ ] a\n",
		"- [x] ", "+ a\n\n  ", "# a\n", "#", "#\n", "a\n-\n", "a\n=\n", "==\n", "---\n", "a\n", "a\n\n", "a  \n", "a\\\n", "  \n", "\t",
		"a\n\n    ", "    a\n", "```\n", "~~~\n", "``` a\n", "a|", "|", "a|b\n-|-\n", "-|\n", "|-|\n",
		"\x00", "\xff", "\xed\xa0\x80", "你", "“", "\u00a0", "\r", "\r\n",
	}
}

func htmlParts() []string {
	return []string{
		"<", "</", "<a ", "<a x=\"", "<a x='", "<a\n", "<a x", "</a ", "</a\n", "<a@", "<http:", "<a:b", "<a@b.c", "<!--", "<!-- a\n",
		"<?", "<![CDATA[", "<!A", "<div\n", "<div a ", "<div a=b ", "<p", "<p>", "<p>\n", "<p><b>", "<p>a", "</p>", "<div>", "<div>\n\n",
		"<div>\n", "</div>", "<b>", "</b>", "a</b>", "<b>a</b>", "<b><i>", "<a href=x>", "<a href=https://x.y>a", "<ul>", "<ul><b>",
		"<ol><li>", "<li>", "<table>", "<tr>", "<table>a<tr>", "<table><td>", "<table><tr><td><p>a", "<h1>", "<h1>a</h1>", "<h1>a", "<h1><b>",
		"<details>", "<summary>", "<details><summary>a", "<pre>", "<pre>a</pre>", "<pre><code class=language-go>a", "<br>", "<hr>\n",
		"<img src=https://a.b>", "<img src=x alt=y>", "<blockquote>", "<script>\n", "<title>", "<iframe>", "<svg>", "<math>", "<select>",
		"<template>", "<object>", "<x>",
	}
}

// costlyCode returns code of n bytes that costs a lexer most.
func costlyCode(n int) []string {
	parts := []string{"a.", "1\"", "'", "\"", "\\\"", "/*/", "a: ", "1-", "-", "--", "- ", "$", "${", "<!--", "<", "`\n", "  #", "\"\"\"", "a:",
		"\"a\" ", "=\"", "a ", "あ,", "if ", "\n", " \n", "[", "a=", "#"}
	for i, part := range slices.Clone(parts) {
		parts[i] = strings.Repeat(part, n/len(part))
		parts = append(parts, part+strings.Repeat(" ", n-len(part)), strings.Repeat(" ", n-len(part))+part)
	}
	return parts
}
