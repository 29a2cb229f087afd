package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/local"
	"github.com/fc-registry/fc-registry/test/web/browser"
)

func TestAPageThatIsMissingHelps(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Expect("status of 404 (Not Found)")
	for path, name := range map[string]string{
		"/packages/oss-thumbnail": "oss-thumbnail", "/packages/oss-thumbnails/versions/9.9.9": "oss-thumbnails", "/queue-worker": "queue-worker", "/orgs/none": "none",
		"/users/none": "none", "/some/where": "where", "/packages/": "packages", "/search/": "search", "/%22%3E%3Cscript%3Ewindow.marker=1%3C/script%3E": "script>",
	} {
		p.Visit(path)
		if p.Status() != http.StatusNotFound || p.Text("h1") != "Nothing is here" {
			t.Errorf("%s: %d %q", path, p.Status(), p.Text("h1"))
			continue
		}
		if got := p.Value("#q"); !strings.Contains(got, name) {
			t.Errorf("%s: one is offered to search for %q, want %q", path, got, name)
		}
	}
	p.Visit("/queue-worker")
	p.Submit("#q")
	if got := p.Text(".results h3"); got != "queue-worker" {
		t.Errorf("the search finds %q", got)
	}
	for link, want := range map[string]string{"a[href='/']": "/", "a[href='/search']": "/search", "a[href^='/login']": "/login?next=%2Fpackages%2Fnone"} {
		p.Visit("/packages/none")
		p.Click(".ways " + link)
		if got := p.URL(); !strings.EqualFold(got, shared.Registry+want) {
			t.Errorf("%s leads to %s", link, got)
		}
	}
}

func TestAQueryThatCannotBeIsRefusedInWords(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Expect("status of 400 (Bad Request)")
	for path, want := range map[string]string{
		"/search?page=0": "“0” is no page.", "/search?page=-1": "“-1” is no page.", "/search?page=two": "“two” is no page.", "/search?page=99999999999999999999": "is no page.",
		"/search?type=Function": "There is no type “Function”. Types are Component, Plugin and Project.", "/search?type=1": "There is no type “1”.",
		"/search?sort=name": "There is no order “name”. Orders are time and download.", "/packages/queue-worker?page=x": "“x” is no page.", "/users/alice?page=1.5": "“1.5” is no page.",
		"/search?type=" + url.QueryEscape("<img src=x onerror=window.marker=1>"): "There is no type “<img src=x onerror=window.marker=1>”.",
	} {
		p.Visit(path)
		if got := plain(p.Text("main")); p.Status() != http.StatusBadRequest || !strings.Contains(got, want) {
			t.Errorf("%s: %d %q, want %q", path, p.Status(), got, want)
		}
	}
	p.Expect("status of 404 (Not Found)")
	p.Visit("/search?page=900")
	if got := p.Text("main"); p.Status() != http.StatusNotFound || !strings.Contains(got, "There is no page 900; the last one is ") {
		t.Errorf("a page behind the last: %d %q", p.Status(), got)
	}
}

func TestAFailureOfTheRegistryIsAPageToo(t *testing.T) {
	t.Parallel()
	storage := new(fault.Plan)
	r := startFor(t, local.Options{Faults: local.Faults{Tablestore: storage}})
	storage.Add(fault.Rule{Action: fault.Fail, Failure: fault.Failure{Status: http.StatusForbidden, Code: "OTSAuthFailed", Message: "a secret of the storage"}})
	for _, reader := range []browser.Reader{{}, {Dark: true, Phone: true, Language: "zh"}} {
		p := chromium.Open(t, r.Registry, reader)
		p.Expect("status of 500 (Internal Server Error)")
		for _, path := range []string{"/", "/search", "/packages/oss-thumbnails", "/users/alice"} {
			p.Visit(path)
			if p.Status() != http.StatusInternalServerError || len(p.Text("main code")) < 10 || strings.Contains(string(p.HTML()), "secret") {
				t.Errorf("%s: %d %q", path, p.Status(), p.Text("main"))
			}
			p.Overflow()
		}
		p.Visit("/login") // needs no storage
		if p.Status() != http.StatusOK {
			t.Errorf("the sign-in page: %d", p.Status())
		}
		storage.Clear()
		p.Visit("/")
		if p.Status() != http.StatusOK || len(p.Texts(".empty")) != 1 {
			t.Errorf("when all is well again, and no package is there: %d %q", p.Status(), p.Text("main"))
		}
		p.Axe()
		p.Overflow()
		p.Structure(mostHTML)
		storage.Add(fault.Rule{Action: fault.Fail, Failure: fault.Failure{Status: http.StatusForbidden, Code: "OTSAuthFailed"}})
	}
}
