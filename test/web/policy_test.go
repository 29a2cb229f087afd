package web

import (
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// If a publisher's text became a part of a page all the same, the page's policy
// would stop what it tries, and says by which of its directives. The browser
// tells of each on the console, and of requests that it did not send.
func TestThePolicyStopsWhatATextTries(t *testing.T) {
	t.Parallel()
	const unsent = "csp" // why a request failed
	for name, test := range map[string]struct {
		directive, insert string
		expect            []string
	}{
		"script":                 {"script-src-elem", `e => { const s = document.createElement("script"); s.textContent = "window.marker = 1"; e.append(s) }`, nil},
		"script of another host": {"script-src-elem", `e => { const s = document.createElement("script"); s.src = "https://other.example/x.js"; e.append(s) }`, []string{"request to another host", unsent}},
		"script as data":         {"script-src-elem", `e => { const s = document.createElement("script"); s.src = "data:text/javascript,window.marker=1"; e.append(s) }`, []string{unsent}},
		"event handler":          {"script-src-attr", `e => { e.innerHTML = '<p onclick="window.marker = 1">x</p>'; e.firstChild.click() }`, nil},
		"style":                  {"style-src-elem", `e => { e.innerHTML = "<style>body { --marker: 1 }</style>" }`, nil},
		"style attribute":        {"style-src-attr", `e => { e.innerHTML = '<p style="--marker: 1">x</p>'; document.body.setAttribute("style", "--marker: 1") }`, nil},
		"style of another host":  {"style-src-elem", `e => { e.innerHTML = '<link rel="stylesheet" href="https://other.example/x.css">' }`, []string{"request to another host", unsent}},
		"frame":                  {"frame-src", `e => { e.innerHTML = '<iframe src="/login" title="x"></iframe>' }`, []string{"net::ERR_BLOCKED_BY_CSP"}},
		"request":                {"connect-src", `e => { fetch("https://other.example/x").catch(() => 0) }`, nil},
		"image without https":    {"img-src", `e => { e.innerHTML = '<img src="http://other.example/x.png" alt="">' }`, []string{"request to another host", unsent}},
		"base":                   {"base-uri", `e => { e.innerHTML = '<base href="https://other.example/">' }`, nil},
		"form":                   {"form-action", `e => { e.innerHTML = '<form method="post" action="http://127.0.0.1:1/"><button>x</button></form>'; e.querySelector("button").click() }`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := chromium.Open(t, shared.Registry, browser.Reader{})
			for _, text := range append(test.expect, "Content Security Policy") {
				p.Expect(text)
			}
			p.Visit("/packages/bare-plugin")
			browser.Call[bool](p, `() => {
				document.addEventListener("securitypolicyviolation", e => { document.querySelector("footer p").textContent = e.effectiveDirective });
				(`+test.insert+`)(document.querySelector("#readme"))
				return true
			}`)
			p.WaitFor("footer p", test.directive)
			if got := browser.Call[string](p, `() => window.marker + getComputedStyle(document.body).getPropertyValue("--marker")`); got != "undefined" {
				t.Errorf("it has an effect: %s", got)
			}
			if got := p.URL(); got != shared.Registry+"/packages/bare-plugin" {
				t.Errorf("it leads to %s", got)
			}
		})
	}
}
