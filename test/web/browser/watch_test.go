package browser

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

func TestAGoodPageHasNoProblems(t *testing.T) {
	site := newSite(t, nil)
	for name, reader := range map[string]Reader{
		"desktop": {}, "dark": {Dark: true}, "phone": {Phone: true}, "Chinese": {Language: "zh-CN"}, "without JavaScript": {NoScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := chromium.Open(t, site, reader)
			p.Visit("/")
			p.Axe()
			p.Overflow()
			p.Structure(len(good))
		})
	}
}

func TestProblemsFailTheTest(t *testing.T) {
	neighbour := httptest.NewServer(http.NotFoundHandler()) // another site of this machine
	t.Cleanup(neighbour.Close)
	cases := map[string]struct{ path, body, want string }{
		"error on the console":      {"/open", `<script>console.error("bad", 7, {a: 1})</script>`, `console.error: bad 7 Object`},
		"warning on the console":    {"/open", `<script>console.warn("hm")</script>`, `console.warning: hm`},
		"assertion":                 {"/open", `<script>console.assert(1 > 2, "maths")</script>`, `console.assert: maths`},
		"exception":                 {"/open", `<script>throw new Error("thrown")</script>`, `exception: Uncaught Error: thrown`},
		"promise without catch":     {"/open", `<script>Promise.reject(new Error("rejected"))</script>`, `exception: Uncaught (in promise) Error: rejected`},
		"late exception":            {"/open", `<script>setTimeout(() => { throw "late" }, 0)</script>`, `exception: Uncaught late`},
		"inline script":             {"/page", `<script>alert(1)</script>`, `Content Security Policy`},
		"inline style":              {"/page", `<p style="color: red">red</p>`, `Content Security Policy`},
		"event handler":             {"/page", `<img src="/style.css" alt="" onerror="alert(1)">`, `Content Security Policy`},
		"image that is missing":     {"/page", `<img src="/missing.png" alt="">`, `status of 404`},
		"script that is missing":    {"/page", `<script src="/missing.js"></script>`, `status of 404`},
		"request that fails":        {"/page", `<img src="/broken" alt="">`, `request failed: http://127.0.0.1`},
		"forbidden host":            {"/page", `<img src="http://other.example/x.png" alt="">`, `Content Security Policy`},
		"image of another host":     {"/open", `<img src="http://other.example/x.png" alt="">`, `request to another host: http://other.example/x.png`},
		"image of a secure host":    {"/open", `<img src="https://other.example/x.png" alt="">`, `another host was called: CONNECT other.example:443`},
		"image of an address":       {"/open", `<img src="http://192.0.2.1/x.png" alt="">`, `another host was called: GET http://192.0.2.1/x.png`},
		"image of a neighbour":      {"/open", `<img src="` + neighbour.URL + `/x.png" alt="">`, `request to another host: ` + neighbour.URL},
		"frame of another host":     {"/open", `<iframe src="http://other.example/" title="x"></iframe>`, `request to another host: http://other.example/`},
		"fetch from another host":   {"/open", `<script>fetch("http://other.example/x").catch(() => 0)</script>`, `request to another host: http://other.example/x`},
		"socket to another host":    {"/open", `<script>new WebSocket("ws://other.example/x")</script>`, `request to another host: ws://other.example/x`},
		"a window of its own":       {"/open", `<script>window.open("/echo")</script>`, `a window was opened`},
		"navigation to another":     {"/open", `<script>setTimeout(() => { location = "http://other.example/go" }, 0)</script>`, `request to another host: http://other.example/go`},
		"style from another by CSS": {"/open", `<style>@import "http://other.example/x.css";</style>`, `request to another host: http://other.example/x.css`},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newSite(t, map[string]string{test.path: with(test.body)})
			said := failures(t, func(t testing.TB) { chromium.Open(t, site, Reader{}).Visit(test.path) })
			contains := func(s string) bool { return strings.Contains(s, test.want) }
			if !slices.ContainsFunc(said, contains) {
				t.Errorf("problems %q, want one with %q", said, test.want)
			}
		})
	}
}

func TestRequestsOfAWorkerAreSeen(t *testing.T) {
	site := newSite(t, map[string]string{
		"/open":           with(`<script>new Worker("/open/worker.js").onmessage = () => { document.querySelector(".said").textContent = "asked" }</script>`),
		"/open/worker.js": `fetch("http://other.example/x").finally(() => postMessage(0)).catch(() => 0)`,
	})
	said := failures(t, func(t testing.TB) {
		p := chromium.Open(t, site, Reader{})
		p.Visit("/open")
		p.WaitFor(".said", "asked")
	})
	if want := "another host was called: GET http://other.example/x"; !slices.Contains(said, want) {
		t.Errorf("problems %q, want %q", said, want)
	}
}

func TestACrashFailsTheTest(t *testing.T) {
	site := newSite(t, nil)
	said := failures(t, func(t testing.TB) {
		p := chromium.Open(t, site, Reader{})
		p.Visit("/")
		p.do("crash", func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, page.Crash, cdp.Empty{})
			return err
		})
	})
	if !slices.Contains(said, "the page crashed") {
		t.Errorf("a page that crashed: %q", said)
	}
}

func TestExpectedProblemsBelongToTheTest(t *testing.T) {
	site := newSite(t, map[string]string{"/page": with(`<img src="/missing.png" alt=""><img src="http://other.example/x" alt="">`)})
	visit := func(path string, expect ...string) []string {
		return failures(t, func(t testing.TB) {
			p := chromium.Open(t, site, Reader{})
			for _, text := range expect {
				p.Expect(text)
			}
			p.Visit(path)
		})
	}
	if said := visit("/page", "missing.png", "missing.png", "other.example"); len(said) > 0 {
		t.Errorf("both are expected, yet the test says %q", said)
	}
	if said := visit("/page", "missing.png"); len(said) == 0 || strings.Contains(strings.Join(said, ""), "missing.png") {
		t.Errorf("one of two is expected, and the test says %q", said)
	}
	if said := visit("/", "missing.png"); len(said) != 1 || !strings.Contains(said[0], "there was no problem") {
		t.Errorf("a problem is expected in vain, and the test says %q", said)
	}
	if said := visit("/nowhere", "status of 404"); len(said) > 0 {
		t.Errorf("a page that is not there is expected, yet the test says %q", said)
	}
}
