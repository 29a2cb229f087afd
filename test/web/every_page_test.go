package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	domain "github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/web/browser"
)

// mostHTML is how large the HTML of a page may be, in bytes.
const mostHTML = 60_000

// place is a page, and what it is called in the screenshots.
type place struct{ name, path string }

// open are the pages that everybody sees.
var open = []place{
	{"front", "/"},
	{"search", "/search"},
	{"search-words", "/search?q=queue"},
	{"search-filtered", "/search?type=Project&category=Web%E6%A1%86%E6%9E%B6&sort=download&page=2"},
	{"search-empty", "/search?q=nothing+of+this+kind&type=Plugin"},
	{"package", "/packages/oss-thumbnails"},
	{"package-many-versions", "/packages/queue-worker"},
	{"package-project", "/packages/start-nextjs-blog"},
	{"package-chinese", "/packages/log-archive"},
	{"package-bare", "/packages/bare-plugin"},
	{"version", "/packages/queue-worker/versions/1.5.0"},
	{"organization", "/orgs/northwind"},
	{"user", "/users/alice"},
	{"login", "/login"},
}

// failing are the pages that tell of a failure.
var failing = []struct {
	place
	status int
}{
	{place{"missing", "/packages/payroll-export"}, http.StatusNotFound},
	{place{"missing-path", "/some/where"}, http.StatusNotFound},
	{place{"bad-query", "/search?sort=stars"}, http.StatusBadRequest},
}

// own are the pages that alice sees when she has signed in.
var own = []place{
	{"settings", "/settings"},
	{"package-private", "/packages/payroll-export"},
	{"package-organization", "/packages/northwind-gateway"},
	{"organization-member", "/orgs/northwind"},
	{"user-self", "/users/alice"},
	{"login-again", "/login"},
}

// TestEveryPageInEveryWay looks at every page in both languages, both themes and
// both widths; at all in English, and at half in Chinese, closely. With -shots it
// saves screenshots of those.
func TestEveryPageInEveryWay(t *testing.T) {
	for _, language := range []string{"en", "zh-CN"} {
		for _, reader := range []browser.Reader{{}, {Dark: true}, {Phone: true}, {Phone: true, Dark: true}} {
			reader.Language = language
			t.Run(called(reader), func(t *testing.T) {
				t.Parallel()
				l := &look{chromium.Open(t, shared.Registry, reader), called(reader), language == "en" || reader.Phone == reader.Dark}
				for _, page := range open {
					l.at(page)
				}
				for _, page := range failing {
					l.Expect(fmt.Sprintf("status of %d (%s) (%s%s)", page.status, http.StatusText(page.status), shared.Registry, page.path))
					l.Visit(page.path)
					l.Overflow()
					l.Screenshot(page.name + "-" + l.reader)
				}
				l.signIn()
				for _, page := range own {
					l.at(page)
				}
				l.makeTokens()
				l.setWebhook(t)
			})
		}
	}
}

// called is a reader's part in the names of screenshots.
func called(r browser.Reader) string {
	theme, width := "light", "desktop"
	if r.Dark {
		theme = "dark"
	}
	if r.Phone {
		width = "phone"
	}
	return strings.Join([]string{width, theme, r.Language[:2]}, "-")
}

// look goes from page to page with one reader.
type look struct {
	*browser.Page
	reader  string
	closely bool // with what takes long: axe, and screenshots
}

func (l *look) at(page place) {
	l.Visit(page.path)
	l.check(page.name)
}

// check looks at the page that is shown.
func (l *look) check(name string) {
	l.Overflow()
	l.Structure(mostHTML)
	if l.closely {
		l.Axe()
		l.Screenshot(name + "-" + l.reader)
	}
}

// signIn gives a wrong token first, and then alice's.
func (l *look) signIn() {
	l.Expect("status of 401 (Unauthorized) (" + shared.Registry + "/login)")
	l.Visit("/login")
	l.Fill("#token", "fcr_wrong")
	l.Click("main button")
	l.check("login-wrong")
	signIn(l.Page, shared.tokens[alice])
}

// makeTokens fills in the form for a new token wrongly first.
func (l *look) makeTokens() {
	l.Expect("status of 400 (Bad Request) (" + shared.Registry + "/settings/tokens)")
	l.Visit("/settings")
	l.Fill("#name", "not a name")
	l.Click("#new button")
	l.check("settings-wrong")
	l.Fill("#name", "for-"+l.reader)
	l.Click("#new button")
	l.check("settings-made")
}

// setWebhook fills in the form for a new webhook wrongly first, and then looks at
// deliveries.
func (l *look) setWebhook(t *testing.T) {
	const path = "/packages/payroll-export/webhooks"
	l.Expect("status of 400 (Bad Request) (" + shared.Registry + path + ")")
	l.Visit(path)
	l.Fill("#url", "nowhere")
	l.Click("#new button")
	l.check("webhooks-wrong")
	l.Fill("#url", "https://ci.example.com/"+l.reader)
	l.Click("#new button")
	l.check("webhooks-made")
	hooks, err := shared.Subscribing.Of(t.Context(), domain.PackageSubject("payroll-export"))
	if err != nil || len(hooks) == 0 {
		t.Fatalf("set are %v, %v", hooks, err)
	}
	for i, state := range []domain.DeliveryState{domain.DeliveryDone, domain.DeliveryWaits, domain.DeliveryGivenUp} {
		err := shared.Subscribing.Outbox.PutDelivery(t.Context(), domain.Delivery{
			Webhook: hooks[0].ID, ID: fmt.Sprintf("006b03f9%02d3f5c8f0f3a1b2c3d4e5f6", i), Package: "payroll-export", Action: "publish", Version: "1.0.0",
			State: state, Tries: 3, Problem: "ci.example.com answers 503", Last: shared.day,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	l.Visit(path)
	l.Click(".deliveries summary")
	l.check("webhooks-deliveries")
}

// signIn signs in with a token, and ends on the page of one's own.
func signIn(p *browser.Page, token string) {
	p.Visit("/login")
	p.Fill("#token", token)
	p.Click("main button")
}
