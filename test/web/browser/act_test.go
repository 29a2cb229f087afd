package browser

import (
	"strings"
	"testing"
	"time"
)

func TestOptionsAreChosen(t *testing.T) {
	site := newSite(t, map[string]string{"/page": with(`<form action="/echo"><label>Size <select id="size" name="name">
		<option value="">every</option><option value="l">large</option></select></label> <button id="choose">Choose</button></form>`)})
	for name, reader := range map[string]Reader{"script": {}, "no script": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			p := chromium.Open(t, site, reader)
			p.Visit("/page")
			p.Select("#size", "l")
			if got := p.Value("#size"); got != "l" {
				t.Errorf("the box holds %q", got)
			}
			p.Click("#choose")
			if got := p.Text(".name"); got != "l" {
				t.Errorf("the form sent %q", got)
			}
		})
	}
	said := failures(t, func(t testing.TB) {
		p := chromium.Open(t, site, Reader{})
		p.Visit("/page")
		p.Select("#size", "xxl")
	})
	if len(said) != 1 || !strings.Contains(said[0], `#size has no option of value "xxl"`) {
		t.Errorf("an option that is not there: %q", said)
	}
}

func TestTheBrowserGoesBack(t *testing.T) {
	site := newSite(t, nil)
	p := chromium.Open(t, site, Reader{})
	p.Visit("/")
	p.Click("a[href='/echo']")
	p.Back()
	if got := p.Text("h1"); got != "Good" || p.URL() != site+"/" {
		t.Errorf("back at %q, %s", got, p.URL())
	}
	said := failures(t, func(t testing.TB) { chromium.Open(t, site, Reader{}).Back() })
	if len(said) != 1 || !strings.Contains(said[0], "this is the first page") {
		t.Errorf("back from the first page: %q", said)
	}
}

func TestAnotherSiteIsVisited(t *testing.T) {
	site, other := newSite(t, nil), newSite(t, nil)
	p := chromium.Open(t, site, Reader{})
	p.Expect("request to another host: " + other)
	p.Visit(other + "/echo")
	if got := p.URL(); got != other+"/echo" || p.Text("h1") != "Echo" {
		t.Errorf("the page is %s", got)
	}
}

func TestALinkLeadsToAnotherSite(t *testing.T) {
	site := newSite(t, map[string]string{"/page": with(`<p><a id="other" href="http://other.example/x">Other</a></p>`)})
	for _, reader := range []Reader{{}, {Phone: true}} {
		p := chromium.Open(t, site, reader)
		p.Expect("other.example")
		p.Visit("/page")
		p.Click("#other")
		if got := p.URL(); got != "http://other.example/x" {
			t.Errorf("the page is %s", got)
		}
	}
}

func TestFilesAreDownloaded(t *testing.T) {
	site := newSite(t, nil)
	p := chromium.Open(t, site, Reader{})
	p.Visit("/")
	for range 2 {
		if name, content := p.Download(".archive"); name != "archive.txt" || string(content) != "archive" {
			t.Errorf("downloaded %q: %q", name, content)
		}
	}
	if p.URL() != site+"/" {
		t.Errorf("the page is gone to %s", p.URL())
	}
	said := failures(t, func(t testing.TB) {
		p := chromium.Open(t, site, Reader{})
		p.Visit("/")
		p.limit = 5 * time.Second
		p.Download("#late")
	})
	if len(said) != 1 || !strings.Contains(said[0], "download by #late: it does not end") {
		t.Errorf("a button that downloads nothing: %q", said)
	}
}

func TestTheClipboardIsRead(t *testing.T) {
	site := newSite(t, map[string]string{"/open": with(`<button id="copy">Copy</button><script>
		document.querySelector("#copy").onclick = () => navigator.clipboard.writeText("two\nlines 汉字")</script>`)})
	p := chromium.Open(t, site, Reader{})
	p.Visit("/open")
	p.Click("#copy")
	if got, want := p.Clipboard(), "two\nlines 汉字"; got != want {
		t.Errorf("on the clipboard is %q, want %q", got, want)
	}
}

func TestAKeyThatThePageDealsWithDoesNothingElse(t *testing.T) {
	site := newSite(t, map[string]string{"/open": with(`<form action="/echo"><label>Word <input id="word" name="name"></label></form><script>
		document.querySelector("#word").onkeydown = event => { if (event.key === "Enter" || event.key === "x") event.preventDefault() }</script>`)})
	p := chromium.Open(t, site, Reader{})
	p.Visit("/open")
	p.Fill("#word", "")
	p.Press("axb\r")
	if got := p.Value("#word"); got != "ab" || p.URL() != site+"/open" {
		t.Errorf("the field holds %q at %s", got, p.URL())
	}
}
