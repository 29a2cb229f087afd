package web

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

const option = "#suggestions [role=option]"

// typed opens a page and types into its search field, until something is
// suggested.
func typed(t *testing.T, path, text, first string) *browser.Page {
	t.Helper()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Visit(path)
	p.Fill("#q", text)
	p.WaitFor(option, first)
	return p
}

// chosen is the marked suggestion, as a screen reader is told.
func chosen(p *browser.Page) string {
	id := p.Attribute("#q", "aria-activedescendant")
	if id == "" {
		return ""
	}
	if p.Attribute("#"+id, "aria-selected") != "true" {
		return "not marked: " + id
	}
	return p.Text("#" + id + " strong")
}

func TestSuggestionsAreChosenByArrowKeys(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/search", "/packages/log-archive"} {
		p := typed(t, path, "queue", "queue-worker")
		names := p.Texts(option + " strong")
		if len(names) < 2 || names[0] != "queue-worker" {
			t.Fatalf("%s: suggested is %q", path, names)
		}
		if p.Attribute("#q", "aria-expanded") != "true" || chosen(p) != "" {
			t.Errorf("%s: expanded %q, chosen %q", path, p.Attribute("#q", "aria-expanded"), chosen(p))
		}
		for _, step := range []struct{ key, want string }{
			{kb.ArrowDown, names[0]}, {kb.ArrowDown, names[1]}, {kb.ArrowUp, names[0]}, {kb.ArrowUp, ""}, {kb.ArrowUp, names[len(names)-1]}, {kb.ArrowDown, ""}, {kb.ArrowDown, names[0]},
		} {
			p.Press(step.key)
			if got := chosen(p); got != step.want {
				t.Errorf("%s: chosen is %q, want %q", path, got, step.want)
			}
		}
		p.Press(kb.Enter)
		if got := p.URL(); got != shared.Registry+"/packages/queue-worker" {
			t.Errorf("%s: Enter leads to %s", path, got)
		}
	}
}

func TestEscapeClosesTheSuggestions(t *testing.T) {
	t.Parallel()
	p := typed(t, "/", "oss-th", "oss-thumbnails")
	p.Press(kb.ArrowDown)
	p.Press(kb.Escape)
	if seen := p.Texts(option + ":not([hidden] *)"); len(seen) > 0 || p.Attribute("#q", "aria-expanded") != "false" || chosen(p) != "" {
		t.Errorf("after Escape there are %q, expanded %s, chosen %q", seen, p.Attribute("#q", "aria-expanded"), chosen(p))
	}
	if got := p.Focused(); got != `input "Search packages"` || p.Value("#q") != "oss-th" {
		t.Errorf("the keyboard is in %s, which holds %q", got, p.Value("#q"))
	}
	p.Press(kb.Enter)
	if got := p.URL(); got != shared.Registry+"/search?q=oss-th" {
		t.Errorf("Enter leads to %s", got)
	}
}

func TestEnterSearchesForWhatWasTyped(t *testing.T) {
	t.Parallel()
	p := typed(t, "/packages/queue-worker", "log", "log-archive")
	p.Press(kb.Enter)
	if got := p.URL(); got != shared.Registry+"/search?q=log" || !slices.Contains(p.Texts(".results h3"), "log-archive") {
		t.Errorf("Enter leads to %s, which shows %q", got, p.Texts(".results h3"))
	}
}

func TestASuggestionIsClicked(t *testing.T) {
	t.Parallel()
	p := typed(t, "/", "缩略图", "oss-thumbnails")
	p.Click(option)
	if got := p.URL(); got != shared.Registry+"/packages/oss-thumbnails" {
		t.Errorf("the suggestion leads to %s", got)
	}
}

func TestSuggestionsAreOfWhatOneMaySee(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Visit("/")
	p.Fill("#q", "payroll")
	p.WaitFor("form p[role=status]", "No suggestions.")
	signIn(p, shared.tokens[alice])
	p.Fill("#q", "payroll")
	p.WaitFor(option, "payroll-export")
}

func TestTheSearchFieldWorksWithoutScript(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/packages/log-archive"} {
		p := chromium.Open(t, shared.Registry, browser.Reader{NoScript: true})
		p.Visit(path)
		p.Fill("#q", "oss-th")
		p.Submit("#q")
		if got := p.Texts(".results h3"); !slices.Equal(got, []string{"oss-thumbnails"}) {
			t.Errorf("from %s the search finds %q", path, got)
		}
	}
}
