package web

import (
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// TestCopyButtonsCopy is one test: all pages have one clipboard in common.
func TestCopyButtonsCopy(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	copies := func(path, button, want string) {
		t.Helper()
		if path != "" {
			p.Visit(path)
		}
		before := p.Text(button)
		p.Click(button)
		p.WaitFor(button, "Copied")
		if got := p.Clipboard(); got != want {
			t.Errorf("%s on %s copies %q, want %q", button, p.URL(), got, want)
		}
		p.WaitFor(button, before) // a while later
	}
	copies("/", ".start li:nth-of-type(1) button", "s set registry "+shared.V3)
	copies("/packages/oss-thumbnails", "#snippet button", thumbnailsYAML+"\n")
	copies("", "aside .hash button", sumOf(t, "oss-thumbnails"))
	copies("/packages/start-nextjs-blog", "#snippet button", "s init --uri "+shared.Registry+"/start-nextjs-blog/zipball/0.3.2")

	signIn(p, shared.user(t, "judy"))
	token := makeToken(p, "ci", "all", "", "")
	copies("", "#made .command:has(#new-token) button", token)
	copies("", "#made .command:not(:has(#new-token)) button", "s registry login --token "+token)
}

// Without JavaScript there is no button that does nothing.
func TestThereAreNoCopyButtonsWithoutScript(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{NoScript: true})
	for _, path := range []string{"/", "/packages/oss-thumbnails"} {
		p.Visit(path)
		if seen := browser.Call[int](p, `() => [...document.querySelectorAll(".copy")].filter(e => e.checkVisibility()).length`); seen > 0 {
			t.Errorf("%s shows %d copy buttons", path, seen)
		}
	}
}
