package web

import (
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

func TestTheFrontPageTellsWhatThereIs(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Visit("/")
	if got, want := p.Text("h1"), "Serverless packages, in one place"; plain(got) != want {
		t.Errorf("heading %q, want %q", got, want)
	}
	if got, want := p.Text(".start code"), "s set registry "+shared.V3; got != want {
		t.Errorf("the command is %q, want %q", got, want)
	}
	newest, most := p.Texts("[aria-labelledby=newest] h3"), p.Texts("[aria-labelledby=most] h3")
	slices.Sort(newest)
	if want := []string{"bare-plugin", "deploy-notify", "log-archive", "oss-thumbnails", "queue-worker", "start-nextjs-blog"}; !slices.Equal(newest, want) {
		t.Errorf("the newest packages are %q, want %q", newest, want)
	}
	if want := []string{"oss-thumbnails", "example-express", "example-django", "example-spring-boot", "queue-worker", "example-fastapi"}; !slices.Equal(most, want) {
		t.Errorf("the most used packages are %q, want %q", most, want)
	}
}

func TestTheFrontPageLeadsOn(t *testing.T) {
	t.Parallel()
	for selector, want := range map[string]string{
		"[aria-labelledby=newest] h3 a":     "/packages/oss-thumbnails",
		"#newest a":                         "/search?sort=time",
		"#most a":                           "/search?sort=download",
		"footer a":                          "/search",
		"nav a[rel~=nofollow]:last-of-type": "/login?next=%2F",
	} {
		p := chromium.Open(t, shared.Registry, browser.Reader{})
		p.Visit("/")
		p.Click(selector)
		if got := p.URL(); !strings.EqualFold(got, shared.Registry+want) || p.Status() != 200 {
			t.Errorf("%s leads to %s (%d), want %s", selector, got, p.Status(), want)
		}
		p.Click("a.brand")
		if got := p.URL(); got != shared.Registry+"/" {
			t.Errorf("the name of the site leads to %s", got)
		}
	}
}
