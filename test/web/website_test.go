package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// website starts another website, and returns the address of its page.
func website(t *testing.T) string {
	t.Helper()
	site := httptest.NewServer(http.FileServer(http.Dir("testdata/website")))
	t.Cleanup(site.Close)
	return site.URL + "/?" + url.Values{"registry": {shared.Registry}}.Encode()
}

// shows opens a page of another website and returns what it shows in the end.
func shows(p *browser.Page, address string) string {
	p.Expect("request to another host: ")
	p.Visit(address)
	p.WaitFor("#read:not(:empty)", "")
	return p.Text("#read")
}

// TestAnotherWebsiteReadsTheRegistry has a browser ask from another origin what
// the pages of the official website ask.
func TestAnotherWebsiteReadsTheRegistry(t *testing.T) {
	t.Parallel()
	var read struct {
		List, Releases, Categories, Providers, Tabs []string
		Latest                                      string
	}
	shown := shows(chromium.Open(t, shared.Registry, browser.Reader{}), website(t))
	if err := json.Unmarshal([]byte(shown), &read); err != nil {
		t.Fatalf("the website shows %q", shown)
	}
	today := shared.day.Format(time.DateOnly)
	queue := fmt.Sprintf("queue-worker|Component|%s|queue,messages,retries|阿里云|Messaging|%d|alice||Public", today, shared.downloads["queue-worker"])
	thumbnails := fmt.Sprintf("oss-thumbnails|Component|%s|图片处理,OSS,thumbnails|阿里云|图片处理|%d|alice|northwind|Public", today, shared.downloads["oss-thumbnails"])
	tab := fmt.Sprintf("oss-thumbnails|2.1.0|%s|%d|图片一上传到 OSS，就生成各种尺寸的缩略图", today, shared.downloads["oss-thumbnails"])
	if len(read.List) < 30 || read.List[0] != thumbnails || !slices.Contains(read.List, queue) {
		t.Errorf("the list is %q", read.List)
	}
	if hidden := slices.IndexFunc(read.List, func(p string) bool { return strings.HasPrefix(p, "payroll") || strings.HasPrefix(p, "northwind") }); hidden >= 0 {
		t.Errorf("the list has %q", read.List[hidden])
	}
	if len(read.Releases) != len(queueVersions) || read.Releases[1] != "1.10.0|"+today+"|- `drain` shows how many messages are left|/queue-worker/zipball/1.10.0" {
		t.Errorf("the releases are %q", read.Releases)
	}
	if want := "queue-worker|1.10.0|" + today + "|queue,messages,retries|阿里云|Messaging|函数计算,消息服务 MNS|https://example.com/queue-worker|# queue-worker"; read.Latest != want {
		t.Errorf("the latest release is %q, want %q", read.Latest, want)
	}
	if !slices.Contains(read.Categories, "Messaging") || slices.Contains(read.Categories, "Finance") || !slices.Contains(read.Providers, "其它") {
		t.Errorf("categories %q, providers %q", read.Categories, read.Providers)
	}
	if len(read.Tabs) != 10 || read.Tabs[0] != tab {
		t.Errorf("the front page has %q", read.Tabs)
	}
}

// What needs a right is out of another website's reach, also for whoever is
// signed in here.
func TestAnotherWebsiteReadsNothingElse(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	signIn(p, shared.tokens[alice])
	p.Expect("CORS")
	p.Expect("net::ERR_FAILED")
	if got := shows(p, website(t)+"&refused=1"); got != "[]" {
		t.Errorf("it is answered %s", got)
	}
	p.Visit("/settings")
	if got := p.Texts(".tokens h3"); slices.Contains(got, "stolen") {
		t.Errorf("tokens %q", got)
	}
}

// A page of the registry can't be laid into one of another website, where
// clicks could be stolen.
func TestThePagesAreNotFramed(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(`<!doctype html><html lang="en"><title>Frame</title><iframe src="` + shared.Registry + `/login" title="x"></iframe></html>`)) //nolint:errcheck // the test fails without it
	}))
	t.Cleanup(site.Close)
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Expect("frame-ancestors 'none'")
	p.Expect("net::ERR_BLOCKED_BY_RESPONSE")
	p.Expect("request to another host: ")
	p.Visit(site.URL)
}
