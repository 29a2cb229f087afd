package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

const hidden = "/packages/payroll-export" // alice's, Private

// unseen requires that a package that is there looks as if it were not.
func unseen(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	for _, path := range []string{"/packages/" + name, "/packages/" + strings.ToUpper(name), "/packages/" + name + "/versions/dev"} {
		p.Expect("status of 404 (Not Found) (" + shared.Registry + path + ")")
		p.Visit(path)
		if p.Status() != http.StatusNotFound || p.Text("h1") != "Nothing is here" {
			t.Errorf("%s is answered with %d %q", path, p.Status(), p.Text("h1"))
		}
	}
	for _, path := range []string{"/", "/search?sort=time", "/search?q=" + name, "/users/alice", "/orgs/northwind"} {
		p.Visit(path)
		if got := p.Texts("h3"); slices.Contains(got, name) {
			t.Errorf("%s shows %q", path, got)
		}
	}
}

func TestAPrivatePackageIsSeenByWhoSignsIn(t *testing.T) {
	t.Parallel()
	for _, reader := range []browser.Reader{{}, {Phone: true, NoScript: true}} {
		p := chromium.Open(t, shared.Registry, reader)
		unseen(t, p, "payroll-export")

		p.Visit(hidden)
		p.Click(".ways a[href^='/login']")
		p.Expect("status of 401")
		p.Fill("#token", shared.tokens[alice][:20])
		p.Click("main button")
		if got := p.Text("[role=alert]"); !strings.Contains(got, "not valid") || p.Status() != http.StatusUnauthorized || p.Value("#token") != "" {
			t.Errorf("a wrong token: %d %q, the field holds %q", p.Status(), got, p.Value("#token"))
		}
		p.Fill("#token", "  "+shared.tokens[alice]+" ") // as one copies it
		p.Click("main button")
		if got := p.Text("h1"); p.URL() != shared.Registry+hidden || got != "payroll-export 4.2.0 Private" {
			t.Fatalf("signing in leads to %s: %q", p.URL(), got)
		}
		p.Visit("/search?q=payroll")
		if got := p.Texts(".results h3"); !slices.Equal(got, []string{"payroll-export"}) || p.Text(".results .badge") != "Private" {
			t.Errorf("the search finds %q", got)
		}

		p.Visit(hidden)
		p.Click("form[action='/logout'] button")
		if got := p.Texts("header nav a"); p.URL() != shared.Registry+"/" || !slices.Contains(got, "Sign in") {
			t.Errorf("signing out leads to %s, where there are %q", p.URL(), got)
		}
		unseen(t, p, "payroll-export")
	}
}

func TestAnOrganizationsPackageIsSeenByItsMembers(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	unseen(t, p, "northwind-gateway")
	signIn(p, shared.tokens[carol])
	unseen(t, p, "northwind-gateway")
	signIn(p, shared.tokens[bob])
	unseen(t, p, "payroll-export")
	p.Visit("/packages/northwind-gateway")
	if got := p.Text("h1"); got != "northwind-gateway 0.9.0 Organization only" {
		t.Errorf("a member sees %q", got)
	}
	p.Visit("/search?q=gateway")
	if got := p.Texts(".results h3"); !slices.Equal(got, []string{"northwind-gateway"}) {
		t.Errorf("a member finds %q", got)
	}
}

func TestTheSessionIsKeptFromScriptsAndOtherSites(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	signIn(p, shared.tokens[bob])
	cookies := p.Cookies()
	if len(cookies) != 1 || !cookies[0].HTTPOnly || cookies[0].SameSite != "Lax" || strings.Contains(cookies[0].Value, shared.tokens[bob]) {
		t.Errorf("cookies %+v", cookies)
	}
	if got := browser.Call[string](p, `() => document.cookie`); got != "" {
		t.Errorf("a script reads the cookie %q", got)
	}
	if strings.Contains(string(p.HTML()), shared.tokens[bob]) {
		t.Error("the token is on the page")
	}
}

// Another website can't act for whoever is signed in here. It is one of the same
// machine: to those, browsers do send the cookie.
func TestAFormOfAnotherSiteDoesNothing(t *testing.T) {
	t.Parallel()
	const form = `<!doctype html><html lang="en"><title>Other</title><form method="post" action="%s"><input name="name" value="stolen"><input name="scope" value="all"><input name="token" value="%s"><button>Win</button></form></html>`
	token := shared.user(t, "victor")
	for _, target := range []string{"/settings/tokens", "/settings/tokens/default/revoke", "/logout", "/login"} {
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, form, shared.Registry+target, shared.tokens[bob])
		}))
		t.Cleanup(evil.Close)
		p := chromium.Open(t, shared.Registry, browser.Reader{})
		signIn(p, token)
		p.Expect("request to another host: " + evil.URL)
		p.Expect("status of 403 (Forbidden) (" + shared.Registry + target + ")")
		p.Visit(evil.URL)
		p.Click("button")
		if p.Status() != http.StatusForbidden || !strings.Contains(p.Text("main"), "sent from another site") {
			t.Errorf("%s from another site: %d %q", target, p.Status(), p.Text("main"))
		}
		p.Visit("/settings")
		if got := p.Texts(".tokens h3"); !slices.Equal(got, []string{"default this session"}) || p.Text("header nav a:last-of-type") != "victor" {
			t.Errorf("then there are the tokens %q of %q", got, p.Text("header nav a:last-of-type"))
		}
	}
}
