package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// markStops numbers what the keyboard should reach, in the order of the page,
// and returns how much that is.
const markStops = `() => {
	window.stops = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
		.filter(e => e.checkVisibility() && !e.disabled && (e.type !== "radio" || e.checked))
	return window.stops.length
}`

// atStop tells where the keyboard is, and whether one sees that: its element is
// in the window, drawn otherwise than without the keyboard.
const atStop = `() => {
	const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e)
	return {
		stop: window.stops.indexOf(e),
		outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
		inWindow: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
	}
}`

type stop struct {
	Stop               int
	Outlined, InWindow bool
}

// TestTheKeyboardReachesEverything goes through pages by Tab.
func TestTheKeyboardReachesEverything(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path   string
		reader browser.Reader
	}{
		{"/", browser.Reader{}}, {"/", browser.Reader{Dark: true, Phone: true}}, {"/", browser.Reader{NoScript: true}},
		{"/search?q=queue", browser.Reader{}}, {"/packages/queue-worker", browser.Reader{Dark: true}}, {"/settings", browser.Reader{}},
	} {
		t.Run(fmt.Sprintf("%s %+v", test.path, test.reader), func(t *testing.T) {
			p := chromium.Open(t, shared.Registry, test.reader)
			if test.path == "/settings" {
				signIn(p, shared.tokens[bob])
			}
			p.Visit(test.path)
			count := browser.Call[int](p, markStops)
			if count < 10 {
				t.Fatalf("there are %d stops", count)
			}
			for want := range count {
				p.Press(kb.Tab)
				got := browser.Call[stop](p, atStop)
				if got.Stop != want {
					t.Fatalf("Tab %d leads to stop %d, %s", want+1, got.Stop, p.Focused())
				}
				if !got.Outlined || !got.InWindow {
					t.Errorf("at %s one can't see where the keyboard is: %+v", p.Focused(), got)
				}
			}
		})
	}
}

func TestTheSkipLinkLeadsToTheContent(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/search", "/packages/oss-thumbnails", "/login"} {
		p := chromium.Open(t, shared.Registry, browser.Reader{})
		p.Visit(path)
		p.Press(kb.Tab)
		if got := p.Focused(); got != `a "Skip to the content"` {
			t.Errorf("%s: the first stop is %s", path, got)
		}
		p.Press(kb.Enter)
		if got := p.URL(); !strings.HasSuffix(got, "#main") {
			t.Errorf("%s: it leads to %s", path, got)
		}
		p.Press(kb.Tab)
		if !browser.Call[bool](p, `() => document.querySelector("main").contains(document.activeElement) && document.activeElement.localName !== "main"`) {
			t.Errorf("%s: the next stop is %s", path, p.Focused())
		}
	}
}

// One signs in, makes a token and revokes it with the keyboard alone.
func TestTheKeyboardDoesEverything(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	token := shared.user(t, "ivan")
	tab := func(want string) {
		t.Helper()
		for range 60 {
			if strings.HasPrefix(p.Focused(), want) {
				return
			}
			p.Press(kb.Tab)
		}
		t.Fatalf("Tab never leads to %s", want)
	}
	p.Visit("/")
	tab(`a "Sign in"`)
	p.Press(kb.Enter)
	tab(`input "Token"`)
	p.Press(token + kb.Enter)
	tab(`a "ivan"`)
	p.Press(kb.Enter)
	tab(`input "Name`)
	p.Press("ci")
	tab(`input "Everything"`)
	p.Press(kb.ArrowDown) // to the next of the choices
	tab(`button "Make token"`)
	p.Press(" ")
	if got := listed(p, "ci"); !strings.Contains(got, "Only read") {
		t.Fatalf("the list says %q", got)
	}
	p.Visit("/settings")
	tab(`summary "Revoke ci"`)
	p.Press(kb.Enter)
	tab(`button "Revoke “ci”"`)
	p.Press(kb.Enter)
	if got := listed(p, "ci"); got != "" {
		t.Errorf("the list still says %q", got)
	}
}
