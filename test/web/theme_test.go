package web

import (
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// colours are those of a page's background and text, by how bright they are,
// from 0 to 255, and of a word of code.
type colours struct {
	Background, Text float64
	Code, Scheme     string
}

const readColours = `() => {
	const bright = colour => { const [r, g, b] = colour.match(/[\d.]+/g).map(Number); return 0.3 * r + 0.6 * g + 0.1 * b }
	const style = getComputedStyle(document.body)
	return {
		background: bright([document.body, document.documentElement].map(e => getComputedStyle(e).backgroundColor).find(c => c !== "rgba(0, 0, 0, 0)")),
		text: bright(style.color),
		code: getComputedStyle(document.querySelector("pre .nt")).color,
		scheme: getComputedStyle(document.documentElement).colorScheme,
	}
}`

func TestThePageFollowsTheTheme(t *testing.T) {
	t.Parallel()
	seen := make(map[bool]colours)
	for _, dark := range []bool{false, true} {
		p := chromium.Open(t, shared.Registry, browser.Reader{Dark: dark})
		p.Visit("/packages/oss-thumbnails")
		seen[dark] = browser.Call[colours](p, readColours)
	}
	if c := seen[false]; c.Background < 230 || c.Text > 80 {
		t.Errorf("light: %+v", c)
	}
	if c := seen[true]; c.Background > 50 || c.Text < 180 {
		t.Errorf("dark: %+v", c)
	}
	if seen[false].Code == seen[true].Code || seen[true].Scheme != "light dark" {
		t.Errorf("code is %s in the light and %s in the dark, color-scheme is %q", seen[false].Code, seen[true].Code, seen[true].Scheme)
	}
}
