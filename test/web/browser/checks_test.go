package browser

import (
	"bytes"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// one checks that a test failed once, or not at all where want is "".
func one(t *testing.T, said []string, want string) {
	t.Helper()
	if want == "" && len(said) > 0 || want != "" && (len(said) != 1 || !strings.Contains(said[0], want)) {
		t.Errorf("the test says %q, want %q", said, want)
	}
}

func TestAxeFindsBarriers(t *testing.T) {
	small := `button { padding: 0; height: 16px; width: 16px; overflow: hidden; border: 0; margin: 0; font-size: 8px } p, form { line-height: 1 }`
	for name, test := range map[string]struct {
		body, style string
		reader      Reader
		want        string
	}{
		"picture without words": {`<img src="/favicon.ico">`, "", Reader{}, "axe: image-alt (critical) at img:"},
		"field without a label": {`<input name="other">`, "", Reader{}, "axe: label (critical) at input[name=\"other\"]:"},
		"heading left out":      {`<h3>Third</h3>`, "", Reader{}, "axe: heading-order (moderate) at h3:"},
		"without JavaScript":    {`<h3>Third</h3>`, "", Reader{NoScript: true}, "axe: heading-order (moderate) at h3:"},
		"pale in the light":     {"", `@media (prefers-color-scheme: light) { h1 { color: #aaa } }`, Reader{}, "axe: color-contrast (serious) at h1:"},
		"pale in the dark":      {"", `@media (prefers-color-scheme: dark) { h1 { color: #444 } }`, Reader{Dark: true}, "axe: color-contrast (serious) at h1:"},
		"pale in the other":     {"", `@media (prefers-color-scheme: dark) { h1 { color: #444 } }`, Reader{}, ""},
		"too small for fingers": {`<button>a</button><button>b</button>`, small, Reader{Phone: true}, "axe: target-size (serious)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newSite(t, map[string]string{"/page": with(test.body), "/style.css": goodStyle + test.style})
			said := failures(t, func(t testing.TB) {
				p := chromium.Open(t, site, test.reader)
				p.Visit("/page")
				p.Axe()
			})
			if name == "too small for fingers" { // each of the two
				said = said[:min(1, len(said))]
			}
			one(t, said, test.want)
		})
	}
}

func TestPagesWiderThanTheWindowAreFound(t *testing.T) {
	scrolling := `<div class="wide"><p class="hold">x</p></div>`
	style := goodStyle + `.wide { width: 600px } .hold { width: 2000px } div.wide { overflow-x: auto; max-width: 100% }`
	for name, test := range map[string]struct {
		body   string
		reader Reader
		want   string
	}{
		"fits a desktop":             {`<p id="table" class="wide">x</p>`, Reader{}, ""},
		"sticks out of a phone":      {`<p id="table" class="wide">x</p>`, Reader{Phone: true}, "608 pixels wide, the window 390; out stick p#table.wide"},
		"sticks out of a desktop":    {`<p class="hold">x</p>`, Reader{}, "2008 pixels wide, the window 1280; out stick p.hold"},
		"scrolls within the page":    {scrolling, Reader{Phone: true}, ""},
		"is drawn for desktops only": {``, Reader{Phone: true}, "980 pixels wide, the window 390"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := with(test.body)
			if test.body == "" {
				page = strings.Replace(good, `name="viewport"`, `name="other"`, 1)
			}
			site := newSite(t, map[string]string{"/page": page, "/style.css": style})
			one(t, failures(t, func(t testing.TB) {
				p := chromium.Open(t, site, test.reader)
				p.Visit("/page")
				p.Overflow()
			}), test.want)
		})
	}
}

func TestFaultsOfTheHTMLAreFound(t *testing.T) {
	replaced := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the good page has no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, test := range map[string]struct{ html, want string }{
		"good":                     {good, ""},
		"no language":              {replaced(` lang="en"`, ""), "there is no lang of html"},
		"no title":                 {replaced(`<title>Good</title>`, ""), "there is no title"},
		"blank title":              {replaced(`<title>Good`, "<title> "), "there is no title"},
		"title of a drawing":       {replaced(`<title>Good</title>`, "<svg><title>Good</title></svg>"), "there is no title"},
		"no description":           {replaced(`name="description"`, ""), "there is no meta description"},
		"no canonical":             {replaced(`rel="canonical"`, `rel="other"`), "link rel=canonical has \"\""},
		"relative canonical":       {replaced(`https://registry.example/`, `/`), "link rel=canonical has \"/\""},
		"no heading":               {replaced(`<h1>Good</h1>`, ""), "there are 0 h1, want 1"},
		"two headings":             {with(`<h1>Other</h1>`), "there are 2 h1, want 1"},
		"script":                   {with(`<script>x()</script>`), "inline script: x()"},
		"data as script":           {with(`<script type="application/ld+json">{}</script>`), "inline script: {}"},
		"style":                    {with(`<style>p{}</style>`), "inline style: p{}"},
		"style for some":           {with(`<noscript><style>p{}</style></noscript>`), "inline style: p{}"},
		"style of a drawing":       {with(`<svg><style>p{}</style></svg>`), "inline style: p{}"},
		"style attribute":          {with(`<p style="color:red">x</p>`), `inline style="color:red" of p`},
		"event handler":            {with(`<p OnClick="x()">x</p>`), `inline onclick="x()" of p`},
		"link to script":           {with(`<a href="javascript:x()">x</a>`), `inline href="javascript:x()" of a`},
		"link to disguised script": {with("<a href=' Java\tScript:x()'>x</a>"), `of a`},
		"too large":                {good + strings.Repeat(" ", 100_000), "more than 50000"},
	} {
		t.Run(name, func(t *testing.T) { one(t, faults([]byte(test.html), 50_000), test.want) })
	}
}

func TestStructureReadsWhatTheSiteSent(t *testing.T) {
	// What a script adds later, the Content-Security-Policy lets pass.
	site := newSite(t, map[string]string{
		"/script.js": `document.body.style.color = "black"; document.querySelector("main").append(document.createElement("h1"))`,
		"/two":       with(`<h1>Other</h1>`),
	})
	visit := func(path string, maxBytes int) []string {
		return failures(t, func(t testing.TB) {
			p := chromium.Open(t, site, Reader{})
			p.Visit(path)
			p.Structure(maxBytes)
		})
	}
	one(t, visit("/", len(good)), "")
	one(t, visit("/", len(good)-1), "/: the HTML is ")
	one(t, visit("/two", 50_000), "/two: there are 2 h1, want 1")
}

func TestScreenshotsShowTheWholePage(t *testing.T) {
	folder := t.TempDir()
	b := *chromium
	b.Shots = filepath.Join(folder, "shots")
	p := b.Open(t, newSite(t, nil), Reader{Phone: true})
	p.Visit("/")
	p.Screenshot("good")
	content, err := os.ReadFile(filepath.Join(b.Shots, "good.png"))
	if err != nil {
		t.Fatal(err)
	}
	shot, err := png.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if shot.Width != 390 || shot.Height < 1500 {
		t.Errorf("the screenshot is %d by %d pixels, want 390 by more than 1500", shot.Width, shot.Height)
	}
}

func TestPicturesKeepToTheirSize(t *testing.T) {
	site, path := newSite(t, nil), filepath.Join(t.TempDir(), "good.webp")
	p := chromium.Open(t, site, Reader{})
	p.Visit("/")
	sizes := make([]int, 0, 2)
	for _, limit := range []int{50_000, 8_000} {
		p.Picture(path, limit)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if kind := http.DetectContentType(content); kind != "image/webp" || len(content) > limit {
			t.Errorf("the picture is %s of %d bytes, want image/webp of at most %d", kind, len(content), limit)
		}
		sizes = append(sizes, len(content))
	}
	if slices.Min(sizes) == slices.Max(sizes) {
		t.Errorf("pictures of %v bytes: the limit changed nothing, so that this test needs another one", sizes)
	}
	one(t, failures(t, func(t testing.TB) {
		p := chromium.Open(t, site, Reader{})
		p.Visit("/")
		p.Picture(path, 100)
	}), "a legible picture takes more than 100 bytes")
}
