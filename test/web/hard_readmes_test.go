package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// Readmes that are hard to render are shown, as text if need be.
func TestAReadmeThatIsHardToRenderIsShown(t *testing.T) {
	t.Parallel()
	token := shared.user(t, "oscar")
	p := chromium.Open(t, shared.Registry, browser.Reader{Phone: true})
	signIn(p, token)
	for name, readme := range map[string]string{
		"hard-large":     "# Begin\n\n" + strings.Repeat("A paragraph with *emphasis* and `code`.\n\n", 24_000),
		"hard-nested":    "# Begin\n\n" + strings.Repeat("- ", 10_000) + "x\n",
		"hard-quotes":    "# Begin\n\n" + strings.Repeat("> ", 10_000) + "x\n",
		"hard-broken":    "# Begin\n\n\xff\xfe \xc3\x28 broken \x00 text \xed\xa0\x80\n",
		"hard-links":     "# Begin\n\n" + strings.Repeat("[", 20_000) + "x" + strings.Repeat("](", 20_000),
		"hard-table":     "# Begin\n\n|" + strings.Repeat(" a |", 2_000) + "\n|" + strings.Repeat(" - |", 2_000) + "\n|" + strings.Repeat(" b |", 2_000) + "\n",
		"hard-one-line":  "# Begin\n\n" + strings.Repeat("word", 50_000),
		"hard-emoji":     "# Begin\n\n" + strings.Repeat("👩‍👩‍👧‍👦🏳️‍🌈", 2_000) + strings.Repeat("Z̸̡͔̓͒a̷l̵g̶o̴", 500),
		"hard-direction": "# Begin\n\n\u202e\u2066\u202d reversed \u061c\u200f",
	} {
		f := smallProject(name, "Hard", "Go")
		f["publish.yaml"] = strings.Replace(f["publish.yaml"], "Effective: Public", "Effective: Private", 1)
		f["readme.md"] = readme
		shared.release(t, token, f)
		p.Visit("/packages/" + name)
		if got := p.Text("#readme"); p.Status() != http.StatusOK || !strings.Contains(got, "Begin") || p.Text("#versions h3") != "0.1.0" {
			t.Errorf("%s: %d %.200q, below it %q", name, p.Status(), got, p.Text("#versions h3"))
		}
		p.Overflow()
	}
}
