package web

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// TestHostileReadmesShowNothing opens packages whose every text is meant to run
// a script, to load something, to lead elsewhere, or to pass for the page. Of
// that, nothing happens: not when they are opened, and not when their links are
// clicked. The kit fails the test for each request to another host, and for each
// message on the console, such as that of a script which the policy stopped.
func TestHostileReadmesShowNothing(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/hostile/*.md")
	if err != nil || len(paths) < 10 {
		t.Fatalf("hostile readmes: %q, %v", paths, err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".md")
		t.Run(name, func(t *testing.T) {
			p := chromium.Open(t, shared.Registry, browser.Reader{Phone: true})
			if name == "images" { // the pictures of other hosts are all that is asked for
				for _, expected := range []string{"https://pictures.example/a.png", "https://pictures.example/b.png", "CONNECT pictures.example:443"} {
					p.Expect(expected)
				}
			}
			page := "/packages/hostile-" + name
			for _, path := range []string{page + "/versions/1.0.0", page} {
				p.Visit(path)
				harmless(t, p)
			}
			p.Axe()
			p.Overflow()
			p.Structure(mostHTML)
			p.Screenshot("hostile-" + name)
			clickAll(t, p, page)
		})
	}
}

// The lists that name such a package are as harmless.
func TestHostilePackagesInListsShowNothing(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{Phone: true})
	for _, path := range []string{"/search?q=hostile-style", "/search?q=script&sort=time", "/users/mallory", "/search?category=" + "%3C%2Foption%3E%3C%2Fselect%3E%3Cscript%3Ewindow.marker+%3D+1%3C%2Fscript%3E"} {
		p.Visit(path)
		if len(p.Texts(".results h3")) == 0 {
			t.Errorf("%s shows nothing: %s", path, p.URL())
		}
		harmless(t, p)
		p.Axe()
		p.Overflow()
		p.Structure(mostHTML)
	}
	p.Screenshot("hostile-search")
	p.Visit("/")
	p.Fill("#q", "hostile-style")
	p.WaitFor(option, "hostile-style")
	harmless(t, p)
}

// foreign finds what a publisher's text may not be made of: an element, an
// attribute or an address that is not listed here.
const foreign = `() => {
	const elements = new Set(("a img div pre span p td th ol details h3 h4 h5 h6 blockquote hr br ul li summary table thead tbody tfoot tr " +
		"b strong i em u s strike del ins small mark code kbd samp var sub sup q cite").split(" "))
	const attributes = {
		href: (e, v) => e.localName === "a" && /^(https?:\/\/[^/]|mailto:|#(readme|notes)-)/.test(v),
		rel: (e, v) => e.localName === "a" && v.includes("nofollow") && v.includes("noopener"),
		src: (e, v) => e.localName === "img" && /^https:\/\/[^/]/.test(v),
		alt: e => e.localName === "img", loading: e => e.localName === "img", decoding: e => e.localName === "img", referrerpolicy: e => e.localName === "img",
		width: (e, v) => e.localName === "img" && /^\d+(px|%)?$/.test(v), height: (e, v) => e.localName === "img" && /^\d+(px|%)?$/.test(v),
		id: (e, v) => /^h[3-6]$/.test(e.localName) && /^(readme|notes)-/.test(v),
		class: (e, v) => /^(chroma|text|table|c|k|s|m|nt|gi|gd)$/.test(v),
		tabindex: (e, v) => v === "0" && (e.localName === "pre" || e.className === "table"),
		align: (e, v) => /^(left|center|right)$/.test(v),
		colspan: (e, v) => /^\d+$/.test(v), rowspan: (e, v) => /^\d+$/.test(v), start: (e, v) => /^\d+$/.test(v), open: e => e.localName === "details",
	}
	const found = []
	// The page itself adds a link to all of the notes.
	for (const e of document.querySelectorAll(".markdown *, .notes :not(p:has(> [href$='/1.0.0#notes']), [href$='/1.0.0#notes'])")) {
		if (!elements.has(e.localName) || e.namespaceURI !== "http://www.w3.org/1999/xhtml" || e.shadowRoot) found.push(e.outerHTML)
		for (const a of e.attributes) if (!attributes[a.name]?.(e, a.value)) found.push(e.localName + " " + a.name + "=" + a.value)
	}
	return found
}`

// active finds what runs, loads or frames something, anywhere on the page, and
// is not the page's own.
const active = `() => [...document.querySelectorAll(
	"script:not([src^='/assets/']), iframe, frame, object, embed, applet, base, meta[http-equiv], style, link[rel=stylesheet]:not([href^='/assets/']), [style], " +
	"form:not([action='/search'], [action^='/settings/'], [action='/login'], [action='/logout']), video, audio, svg script, svg a, math, template, dialog, [srcdoc], [autofocus], [popover]",
)].map(e => e.outerHTML.slice(0, 200))
	.concat([...document.querySelectorAll("*")].flatMap(e => [...e.attributes].filter(a => /^on/i.test(a.name) || /^\s*(javascript|vbscript|data):/i.test(a.value) && a.name !== "value" && a.name !== "content")
		.map(a => e.localName + " " + a.name + "=" + a.value)))`

// harmless requires that nothing of a publisher's became a part of the page.
func harmless(t *testing.T, p *browser.Page) {
	t.Helper()
	if got := browser.Call[string](p, `() => String(window.marker)`); got != "undefined" {
		t.Errorf("%s: a script ran: marker is %s", p.URL(), got)
	}
	for _, look := range []string{foreign, active} {
		for _, found := range browser.Call[[]string](p, look) {
			t.Errorf("%s: found %s", p.URL(), found)
		}
	}
	// The page goes on below the text, and is no other text's.
	if got := browser.Call[[]string](p, `() => ["main", "footer", "#main", "#q"].map(s => document.querySelectorAll(s).length + s)`); !slices.Equal(got, []string{"1main", "1footer", "1#main", "1#q"}) {
		t.Errorf("%s: parts of the page: %q", p.URL(), got)
	}
	if got := p.Text("footer a"); got != "All packages" || !browser.Call[bool](p, `() => document.querySelector("footer").checkVisibility()`) {
		t.Errorf("%s: below it stands %q", p.URL(), got)
	}
}

// clickAll clicks each link in the texts of a package, which must lead where it
// says: within the page, or to the other site that the readme names.
func clickAll(t *testing.T, p *browser.Page, path string) {
	t.Helper()
	const link = ".markdown a, .notes a"
	addresses := browser.Call[[]string](p, `s => [...document.querySelectorAll(s)].map(e => e.href)`, link)
	for i, address := range addresses {
		if strings.HasPrefix(address, "http://other.example/") {
			p.Expect("other.example") // which can't be reached
		} else if !strings.HasPrefix(address, shared.Registry+path+"#") && address != shared.Registry+path+"/versions/1.0.0#notes" {
			t.Errorf("there is a link to %s", address)
		}
		p.Visit(path)
		browser.Call[bool](p, `(s, i) => document.querySelectorAll(s)[i].toggleAttribute("data-next")`, link, i)
		p.Click("[data-next]")
		if got := p.URL(); got != address {
			t.Errorf("a link to %s leads to %s", address, got)
		}
	}
}

// The lookout above does find what it looks for.
func TestWhatIsHostileIsFound(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Expect("Content Security Policy")
	p.Visit("/packages/queue-worker")
	for _, test := range []struct{ html, look string }{
		{`<p onclick="x()">x</p>`, foreign}, {`<p onclick="x()">x</p>`, active}, {`<p style="color: red">x</p>`, active}, {`<a href="javascript:x()">x</a>`, active},
		{`<a href=" JavaScript:x()">x</a>`, foreign}, {`<a href="/logout">x</a>`, foreign}, {`<iframe></iframe>`, active}, {`<iframe></iframe>`, foreign}, {`<form action="http://other.example/"></form>`, active},
		{`<svg><script></script></svg>`, active}, {`<svg></svg>`, foreign}, {`<p class="copy">x</p>`, foreign}, {`<p id="main">x</p>`, foreign}, {`<script>x()</script>`, active}, {`<base>`, active},
		{`<img alt="x" srcset="">`, foreign}, {`<style></style>`, active}, {`<textarea></textarea>`, foreign}, {`<x-y></x-y>`, foreign}, {`<input autofocus>`, active},
	} {
		insert := `html => document.querySelector("#readme .markdown").insertAdjacentHTML("beforeend", html)`
		before := len(browser.Call[[]string](p, test.look))
		browser.Call[bool](p, `html => { (`+insert+`)(html); return true }`, test.html)
		if after := len(browser.Call[[]string](p, test.look)); after <= before {
			t.Errorf("%s is not found", test.html)
		}
	}
}
