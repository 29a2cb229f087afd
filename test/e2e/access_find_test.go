package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// found are the routes that answer many packages at once, and the pages, and
// who finds what there.
func (s *accessSite) found() map[string]check {
	return map[string]check{
		"GET /v3/packages/releases": s.checkLists(sees, "/v3/packages/releases", "/v3/packages/releases?page=-1",
			"/v3/packages/releases?search={name}", "/v3/packages/releases?search=tool&sort=time&type=1", "/v3/packages/releases?sort=download"),
		"GET /v3/package/user":                    s.checkLists(owns, "/v3/package/user", "/v3/package/user?page=-1&search={name}"),
		"GET /v3/common/categories":               s.checkLists(nowhere, "/v3/common/categories"),
		"GET /v3/common/providers":                s.checkLists(nowhere, "/v3/common/providers"),
		"GET /v3/console/1/tabs/5":                s.checkLists(ofAll, "/v3/console/1/tabs/5"),
		"GET /{$}":                                s.checkPages(ofAll, "/"),
		"GET /search":                             s.checkPages(sees, "/search", "/search?q=tool&sort=time", "/search?type=Component"),
		"GET /search/suggest":                     s.checkPages(sees, "/search/suggest?q=tool"),
		"GET /orgs/{name}":                        s.checkPages(sees, "/orgs/acme"),
		"GET /users/{name}":                       s.checkPages(sees, "/users/owner"),
		"GET /settings":                           s.checkPages(owns, "/settings"),
		"GET /login":                              s.checkPages(nowhere, "/login"),
		"GET /assets/{file}":                      s.checkPages(nowhere, "/assets/none.css"),
		"GET /favicon.ico":                        s.checkPages(nowhere, "/favicon.ico"),
		"GET /robots.txt":                         s.checkPages(nowhere, "/robots.txt"),
		"GET /healthz":                            s.checkLists(nowhere, "/healthz"),
		"GET /readyz":                             s.checkLists(nowhere, "/readyz"),
		"GET /packages/{name}":                    s.checkPackagePages("/packages/{name}", "/packages/{NAME}"),
		"GET /packages/{name}/versions/{version}": s.checkPackagePages("/packages/{name}/versions/1.0.0", "/packages/{name}/versions/dev.0.1"),

		"GET /packages/{name}/webhooks":                                  s.checkWebhooks,
		"GET /orgs/{name}/webhooks":                                      s.checkOrganizationWebhooks,
		"POST /packages/{name}/webhooks":                                 s.checkForms("/packages/tool-pub/webhooks"),
		"POST /packages/{name}/webhooks/{webhook}/remove":                s.checkForms("/packages/tool-pub/webhooks/W/remove"),
		"POST /packages/{name}/webhooks/{webhook}/deliveries/{delivery}": s.checkForms("/packages/tool-pub/webhooks/W/deliveries/1"),
		"POST /orgs/{name}/webhooks":                                     s.checkForms("/orgs/acme/webhooks"),
		"POST /orgs/{name}/webhooks/{webhook}/remove":                    s.checkForms("/orgs/acme/webhooks/W/remove"),
		"POST /orgs/{name}/webhooks/{webhook}/deliveries/{delivery}":     s.checkForms("/orgs/acme/webhooks/W/deliveries/1"),

		"POST /login":                          s.checkForms("/login"),
		"POST /logout":                         s.checkForms("/logout"),
		"POST /settings/tokens":                s.checkForms("/settings/tokens"),
		"POST /settings/tokens/{token}/revoke": s.checkForms("/settings/tokens/none/revoke"),
	}
}

// finds tells whether somebody finds the package of a visibility.
type finds func(c caller, visibility string) bool

func sees(c caller, visibility string) bool { return strings.Contains(c.sees, visibility) }

// owns is for who owns or maintains the packages: nobody else sees all of them.
func owns(c caller, _ string) bool { return c.sees == every }

func ofAll(_ caller, visibility string) bool { return visibility == public }

func nowhere(caller, string) bool { return false }

// checkLists looks for a package in lists.
func (s *accessSite) checkLists(may finds, addresses ...string) check {
	return func(t *testing.T, c caller, visibility string) int {
		name := packageOf(visibility)
		for _, address := range addresses {
			got := s.send(t, "GET", s.fill(address, name), nil, c.header())
			if strings.HasPrefix(address, "/v3/package/user") && !c.known {
				fails(t, address, got, http.StatusUnauthorized, "You are not logged in")
				continue
			}
			wantFound(t, address, got, name, may(c, visibility))
		}
		return len(addresses)
	}
}

func wantFound(t *testing.T, address string, got answer, name string, want bool) {
	t.Helper()
	if found := strings.Contains(string(got.body), name); found != want || got.status >= 500 {
		t.Errorf("%s: %s found: %t, want %t\n%d %s", address, name, found, want, got.status, got.body)
	}
}

// session signs in with a caller's token, and returns the cookie: none for who
// is not known.
func (s *accessSite) session(t *testing.T, c caller) http.Header {
	t.Helper()
	h := http.Header{}
	if c.token == nil {
		return h
	}
	form := url.Values{"token": {*c.token}}
	got := s.send(t, "POST", "/login", strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	if c.known != (got.status == http.StatusSeeOther) || (!c.known && got.status != http.StatusUnauthorized) {
		t.Fatalf("sign in: status %d", got.status)
	}
	cookie, _, _ := strings.Cut(got.header.Get("Set-Cookie"), ";")
	if cookie != "" {
		h.Set("Cookie", cookie)
	}
	return h
}

// checkPages looks for a package on pages.
func (s *accessSite) checkPages(may finds, addresses ...string) check {
	return func(t *testing.T, c caller, visibility string) int {
		name, session := packageOf(visibility), s.session(t, c)
		for _, address := range addresses {
			got := s.send(t, "GET", address, nil, session)
			wantFound(t, address, got, "/packages/"+name, may(c, visibility))
			if kept := got.header.Get("Cache-Control"); session.Get("Cookie") != "" && strings.HasPrefix(kept, "public") && strings.Contains(string(got.body), "<html") {
				t.Errorf("%s, signed in: Cache-Control is %s", address, kept)
			}
		}
		return len(addresses)
	}
}

// checkPackagePages requires the page of a package, or that of a missing one.
func (s *accessSite) checkPackagePages(addresses ...string) check {
	return func(t *testing.T, c caller, visibility string) int {
		name, session := packageOf(visibility), s.session(t, c)
		for _, address := range addresses {
			got := s.send(t, "GET", s.fill(address, name), nil, session)
			if !sees(c, visibility) {
				none := s.send(t, "GET", s.fill(address, packageOf(missing)), nil, session)
				sameAnswer(t, address, got.text(name), none.text(packageOf(missing)))
				continue
			}
			if got.status != http.StatusOK || !strings.Contains(string(got.body), "<h1>"+name) {
				t.Errorf("%s: %d %s", address, got.status, got.body)
			}
			if kept := got.header.Get("Cache-Control"); visibility != public && !strings.HasPrefix(kept, "private") {
				t.Errorf("%s: Cache-Control is %s", address, kept)
			}
		}
		return len(addresses)
	}
}

// checkForms requires that a form which another site sends does nothing.
func (s *accessSite) checkForms(address string) check {
	return func(t *testing.T, c caller, _ string) int {
		h := s.session(t, c)
		h.Set("Content-Type", "application/x-www-form-urlencoded")
		h.Set("Origin", "https://evil.example.com")
		h.Set("Sec-Fetch-Site", "cross-site")
		got := s.send(t, "POST", address, strings.NewReader("name=x&scope=all"), h)
		if got.status != http.StatusForbidden || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s from another site: %d %v", address, got.status, got.header)
		}
		return 1
	}
}
