package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// token makes one of a user's.
func (s *site) token(user, name string, scope registry.Scope) string {
	s.t.Helper()
	token, err := s.users.Issue(s.t.Context(), registry.Caller{User: "admin"}, user, identity.Grant{Name: name, Scope: scope})
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

func TestSignIn(t *testing.T) {
	s := newSite(t)
	s.user("alice")
	token := s.token("alice", "laptop", registry.Scope{})
	a := s.post("/login", url.Values{"token": {" " + token + "\n"}, "next": {"/packages/hello?page=2"}}, nil)
	a.want(t, http.StatusSeeOther)
	if to := a.Header.Get("Location"); to != "/packages/hello?page=2" {
		t.Errorf("leads to %q", to)
	}
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control: %q", a.Header.Get("Cache-Control"))
	}
	cookie := a.Cookies()[0]
	if cookie.Name != "__Host-session" || !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge != 12*3600 {
		t.Errorf("cookie %+v", cookie)
	}
	if strings.Contains(cookie.Value, token) {
		t.Error("the cookie holds the token")
	}
	s.get("/settings", cookie).want(t, 200, "Signed in as alice.", "laptop")
}

func TestOverHTTPTheCookieIsNotSecure(t *testing.T) {
	s := newSiteAt(t, "http://registry.example.com")
	token, err := s.users.Add(t.Context(), registry.Caller{}, "alice")
	if err != nil {
		t.Fatal(err)
	}
	a := s.post("/login", url.Values{"token": {token}}, nil, "Origin", "http://registry.example.com")
	if cookie := a.Cookies()[0]; cookie.Name != "session" || cookie.Secure {
		t.Errorf("cookie %+v", cookie)
	}
}

func TestAWrongTokenIsToldSo(t *testing.T) {
	s := newSite(t)
	for _, token := range []string{"", "fcr_wrong", strings.Repeat("x", 10_000), "\x00"} {
		a := s.post("/login", url.Values{"token": {token}, "next": {"/search?q=a"}}, nil)
		a.want(t, http.StatusUnauthorized, "This token is not valid", `name="next" value="/search?q=a"`, `aria-invalid="true"`)
		if token != "" {
			a.wantNot(t, token)
		}
		if len(a.Cookies()) > 0 || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("cookies %v, Cache-Control %q", a.Cookies(), a.Header.Get("Cache-Control"))
		}
	}
}

func TestATokenInTheAddressIsNotRead(t *testing.T) {
	s := newSite(t)
	s.user("alice")
	token := s.token("alice", "laptop", registry.Scope{})
	s.post("/login?token="+token, nil, nil).want(t, http.StatusUnauthorized)
	s.get("/login?token="+token, nil).want(t, 200)
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	s := newSite(t)
	s.user("alice")
	token := s.token("alice", "laptop", registry.Scope{})
	const settings = "/settings"
	tests := map[string]string{
		"":                              settings,
		"/":                             "/",
		"/packages/a?page=2":            "/packages/a?page=2",
		"/orgs/a%2Fb%20c":               "/orgs/a%2Fb%20c",
		"https://evil.example":          settings,
		"//evil.example":                settings,
		"//evil.example/%2f..":          settings,
		"/\\evil.example":               settings,
		"\\/evil.example":               settings,
		"/\t/evil.example":              settings,
		"/%5Cevil.example":              settings,
		"/%2F/evil.example":             settings,
		"javascript:alert(1)":           settings,
		"data:text/html,x":              settings,
		"evil.example":                  settings,
		"?x":                            settings,
		"/login?next=//evil.example":    settings,
		"http:evil.example":             settings,
		"/a\r\nSet-Cookie: x=1":         settings,
		"https://registry.example.com/": settings,
	}
	for next, want := range tests {
		a := s.post("/login", url.Values{"token": {token}, "next": {next}}, nil)
		if to := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || to != want {
			t.Errorf("next=%q leads to %d %q, want %q", next, a.StatusCode, to, want)
		}
		for _, href := range s.get("/login?next="+url.QueryEscape(next), nil).document(t).all("input") {
			if value := attribute(href, "value"); attribute(href, "name") == "next" && value != want {
				t.Errorf("next=%q is kept as %q, want %q", next, value, want)
			}
		}
	}
}

func TestPathsThatLookLikeHostsAreNotLinked(t *testing.T) {
	s := newSite(t)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL = &url.URL{Path: "//evil.example/x"}
	w := httptest.NewRecorder()
	s.pages.Error(w, r, registry.Errorf(registry.NotFound, "x"))
	a := answered{w.Result(), w.Body.String()}
	a.want(t, http.StatusNotFound, "中文")
	for _, href := range a.document(t).hrefs() {
		if strings.HasPrefix(href, "//") || strings.Contains(href, "evil") {
			t.Errorf("links to %q", href)
		}
	}
}

func TestSignOut(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	a := s.post("/logout", nil, session)
	a.want(t, http.StatusSeeOther)
	if cookie := a.Cookies()[0]; a.Header.Get("Location") != "/" || cookie.Name != session.Name || cookie.MaxAge >= 0 || cookie.Value != "" {
		t.Errorf("leads to %q, cookie %+v", a.Header.Get("Location"), cookie)
	}
}

func TestWithoutASessionOnesOwnPageAsksToSignIn(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	revoked := s.session(s.token("alice", "old", registry.Scope{}))
	if err := s.users.Revoke(t.Context(), registry.Caller{}, "alice", "old"); err != nil {
		t.Fatal(err)
	}
	forged := *session
	forged.Value = strings.Replace(forged.Value, "alice", "carol", 1)
	ask := func(session *http.Cookie) map[string]answered {
		return map[string]answered{
			"GET /settings":         s.get("/settings", session),
			"POST /settings/tokens": s.post("/settings/tokens", url.Values{"name": {"x"}, "scope": {"all"}}, session),
			"POST revoke":           s.post("/settings/tokens/default/revoke", nil, session),
		}
	}
	check := func(who string, session *http.Cookie) {
		for what, a := range ask(session) {
			if to := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || to != "/login?next=%2Fsettings" {
				t.Errorf("%s, %s: %d %q", who, what, a.StatusCode, to)
			}
		}
	}
	check("without a cookie", nil)
	check("revoked", revoked)
	check("forged", &forged)
	s.get("/", &forged).wantNot(t, "carol")
	s.now = s.now.Add(12 * time.Hour)
	check("ended", session)
	s.get("/", session).wantNot(t, "alice")
}

func TestOtherSitesCannotSendForms(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	token := s.token("alice", "laptop", registry.Scope{})
	forms := map[string]url.Values{
		"/login":                          {"token": {token}},
		"/logout":                         nil,
		"/settings/tokens":                {"name": {"evil"}, "scope": {"all"}},
		"/settings/tokens/laptop/revoke":  nil,
		"/settings/tokens/default/revoke": nil,
	}
	from := map[string]string{
		"Sec-Fetch-Site: cross-site": "cross-site", "Sec-Fetch-Site: same-site": "same-site",
	}
	for path, form := range forms {
		for name, site := range from {
			a := s.post(path, form, session, "Sec-Fetch-Site", site, "Origin", "https://evil.example")
			a.want(t, http.StatusForbidden, "The form was sent from another site")
			if len(a.Cookies()) > 0 {
				t.Errorf("%s with %s sets %v", path, name, a.Cookies())
			}
		}
		for _, origin := range []string{"https://evil.example", "null", "https://registry.example.com.evil.example", "http://registry.example.com"} {
			s.post(path, form, session, "Origin", origin).want(t, http.StatusForbidden)
		}
	}
	// The session and its tokens are as they were.
	page := s.get("/settings", session)
	page.want(t, 200, "laptop")
	page.wantNot(t, "evil")
}

func TestFormsThatAreTooLargeAreRefused(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/login", "/settings/tokens"} {
		session := (*http.Cookie)(nil)
		if path != "/login" {
			session = s.user("alice")
		}
		s.post(path, url.Values{"token": {strings.Repeat("x", 65<<10)}}, session).want(t, http.StatusRequestEntityTooLarge, "larger than 65536 bytes")
	}
	r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader("token=%zz"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	s.do(r, nil).want(t, http.StatusBadRequest)
}
