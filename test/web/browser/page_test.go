package browser

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

func TestAPageIsRead(t *testing.T) {
	site := newSite(t, nil)
	p := chromium.Open(t, site, Reader{})
	p.Visit("/")
	if got, want := p.Text("#greeting"), "Hello, world"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if got, want := p.Texts("main a"), []string{"The next page", "the end", "An archive"}; !slices.Equal(got, want) {
		t.Errorf("texts %q, want %q", got, want)
	}
	if got, want := p.Attribute("form", "method"), "post"; got != want {
		t.Errorf("attribute %q, want %q", got, want)
	}
	if got := p.Attribute("form", "class"); got != "" {
		t.Errorf("an attribute that is not there is %q", got)
	}
	if got, want := p.Value("#name"), "old"; got != want {
		t.Errorf("value %q, want %q", got, want)
	}
	if got := string(p.HTML()); got != good {
		t.Errorf("HTML %q", got)
	}
	if got := p.Header().Get("Content-Type"); p.Status() != 200 || got != "text/html; charset=utf-8" {
		t.Errorf("status %d and Content-Type %q", p.Status(), got)
	}
	p.Expect("status of 404")
	p.Visit("/nowhere")
	if p.Status() != http.StatusNotFound || p.URL() != site+"/nowhere" {
		t.Errorf("status %d at %s", p.Status(), p.URL())
	}
}

func TestReadersSeeTheirPage(t *testing.T) {
	site := newSite(t, map[string]string{"/style.css": `
		body { width: 100vw } h1 { content: "light" } p { content: "desktop" }
		@media (prefers-color-scheme: dark) { h1 { content: "dark" } }
		@media (width = 390px) and (pointer: coarse) { p { content: "phone" } }`})
	look := func(r Reader) (seen []string) {
		p := chromium.Open(t, site, r)
		p.Visit("/")
		style := func(selector string) string {
			return Call[string](p, `s => JSON.parse(getComputedStyle(document.querySelector(s)).content)`, selector)
		}
		seen = append(seen, style("h1"), style("p"))
		seen = append(seen, p.Texts(".plain")...)
		p.Visit("/echo")
		return append(seen, p.Text(".language"))
	}
	for name, test := range map[string]struct {
		reader Reader
		want   []string
	}{
		"nothing said": {Reader{}, []string{"light", "desktop", "en"}},
		"dark":         {Reader{Dark: true}, []string{"dark", "desktop", "en"}},
		"phone":        {Reader{Phone: true}, []string{"light", "phone", "en"}},
		"Chinese":      {Reader{Language: "zh-CN"}, []string{"light", "desktop", "zh-CN"}},
		"no script":    {Reader{NoScript: true}, []string{"light", "desktop", "No script", "en"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := look(test.reader); !slices.Equal(got, test.want) {
				t.Errorf("the reader sees %q, want %q", got, test.want)
			}
		})
	}
}

func TestEachPageHasCookiesOfItsOwn(t *testing.T) {
	site := newSite(t, nil)
	first, second := chromium.Open(t, site, Reader{}), chromium.Open(t, site, Reader{})
	first.Visit("/echo")
	second.Visit("/")
	cookies := first.Cookies()
	if len(cookies) != 1 || cookies[0].Name != "seen" || !cookies[0].HTTPOnly || cookies[0].SameSite != "Strict" {
		t.Errorf("cookies of the page that got one: %+v", cookies)
	}
	if cookies := second.Cookies(); len(cookies) != 0 {
		t.Errorf("cookies of the other page: %+v", cookies)
	}
}

func TestClicksWaitForThePageTheyLeadTo(t *testing.T) {
	site := newSite(t, nil)
	for name, reader := range map[string]Reader{"script": {}, "no script": {NoScript: true}, "phone": {Phone: true}} {
		t.Run(name, func(t *testing.T) {
			p := chromium.Open(t, site, reader)
			for selector, want := range map[string]string{
				"a": "/echo", "a[href='#end']": "/#end", "form button": "/echo?method=POST&name=old", ".archive": "/", "#late": "/",
			} {
				p.Visit("/")
				p.Click(selector)
				if got := p.URL(); got != site+want {
					t.Errorf("after a click on %s: %s, want %s", selector, got, site+want)
				}
			}
		})
	}
}

func TestFormsAreFilledAndSent(t *testing.T) {
	site := newSite(t, nil)
	for name, reader := range map[string]Reader{"script": {}, "no script": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			p := chromium.Open(t, site, reader)
			for _, text := range []string{"new", "汉字 & more", ""} {
				p.Visit("/")
				p.Fill("#name", text)
				if got := p.Value("#name"); got != text {
					t.Errorf("the field holds %q, want %q", got, text)
				}
				p.Submit("#name")
				if got := p.Text(".method"); got != "POST" {
					t.Errorf("the form was sent by %q", got)
				}
				if got := p.Text(".name"); got != text {
					t.Errorf("the form sent %q, want %q", got, text)
				}
			}
		})
	}
}

func TestTheKeyboardMovesOn(t *testing.T) {
	p := chromium.Open(t, newSite(t, nil), Reader{})
	p.Visit("/")
	got := []string{p.Focused()}
	for range 6 {
		p.Press(kb.Tab)
		got = append(got, p.Focused())
	}
	want := []string{``, `a "The next page"`, `a "the end"`, `a "An archive"`, `input "Name"`, `button "Send"`, `button "Say it later"`}
	if !slices.Equal(got, want) {
		t.Errorf("the keyboard goes through %q, want %q", got, want)
	}
	p.Press(kb.Enter)
	p.WaitFor(".said", "Said late")
}

func TestWaitingSurvivesANavigation(t *testing.T) {
	site := newSite(t, map[string]string{"/open": with(`<script>setTimeout(() => { location = "/echo" }, 50)</script>`)})
	p := chromium.Open(t, site, Reader{})
	p.Visit("/open")
	p.WaitFor("h1", "Echo")
}

// inVain waits for less time than a test may; how the page ends still has all.
func inVain(wait func(p *Page)) func(p *Page) {
	return func(p *Page) {
		defer func(limit time.Duration) { p.limit = limit }(p.limit)
		p.limit = 5 * time.Second
		wait(p)
	}
}

func TestWhatIsNotThereEndsTheTest(t *testing.T) {
	site := newSite(t, nil)
	for name, test := range map[string]struct {
		do   func(p *Page)
		want string
	}{
		"text":      {func(p *Page) { p.Text(".absent") }, "no element matches .absent"},
		"attribute": {func(p *Page) { p.Attribute(".absent", "x") }, "no element matches .absent"},
		"click":     {func(p *Page) { p.Click(".absent") }, "no element matches .absent"},
		"unseen":    {inVain(func(p *Page) { p.Click("meta") }), "click meta: "},
		"fill":      {func(p *Page) { p.Fill(".absent", "x") }, "no element matches .absent"},
		"wait":      {inVain(func(p *Page) { p.WaitFor("h1", "Bad") }), `no h1 shows "Bad" within 5s, last seen: ["Good"]`},
		"visit":     {func(p *Page) { p.Expect("request failed"); p.Visit("/broken") }, "visit /broken: net::ERR_EMPTY_RESPONSE"},
		"selector":  {func(p *Page) { p.Text("((") }, "is not a valid selector"},
	} {
		t.Run(name, func(t *testing.T) {
			reached := false
			said := failures(t, func(t testing.TB) {
				p := chromium.Open(t, site, Reader{})
				p.Visit("/")
				test.do(p)
				reached = true
			})
			if reached || len(said) != 1 || !strings.Contains(said[0], test.want) {
				t.Errorf("the test goes on: %v; it says %q, want %q", reached, said, test.want)
			}
		})
	}
	said := failures(t, func(t testing.TB) { chromium.Open(t, site, Reader{}).Status() })
	if len(said) != 1 || !strings.Contains(said[0], "Visit comes first") {
		t.Errorf("the status of an empty page: %q", said)
	}
}
