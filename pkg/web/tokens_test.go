package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var tokenForm = regexp.MustCompile(`fcr_[\w-]{20,}`)

func (s *site) makeToken(session *http.Cookie, name, scope, packages, days string) answered {
	s.t.Helper()
	return s.post("/settings/tokens", url.Values{"name": {name}, "scope": {scope}, "packages": {packages}, "days": {days}}, session)
}

func TestATokenIsMadeAndShownOnce(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	a := s.makeToken(session, "ci", "publish", "hello, World", "90")
	a.want(t, 200, "Token “ci” is ready", "Copy it now")
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("ETag") != "" {
		t.Errorf("headers %v", a.Header)
	}
	token := tokenForm.FindString(a.body)
	if !strings.Contains(a.body, `data-copy="s registry login --token `+token+`"`) {
		t.Error("the command to copy is missing")
	}
	again := s.get("/settings", session)
	again.want(t, 200, "ci", "Publish", "<code>hello</code>", "<code>world</code>", "30 May 2026")
	again.wantNot(t, token)
	if s.session(token).Value == session.Value {
		t.Error("the new token opens the old session")
	}
	again.wantNot(t, `<span class="badge">ended</span>`)
	s.now = time.Date(2026, 5, 30, 12, 0, 0, 0, time.UTC)
	s.get("/settings", s.session(s.token("alice", "later", registry.Scope{}))).want(t, 200, `<h3>ci <span class="badge">ended</span></h3>`)
}

func TestMakingTokensIsRecorded(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	s.post("/settings/tokens", url.Values{"name": {"ci"}, "scope": {"read"}}, session, "X-Forwarded-For", "203.0.113.9").want(t, 200)
	s.post("/settings/tokens/ci/revoke", nil, session, "X-Forwarded-For", "203.0.113.9").want(t, 303)
	var actions []string
	for e, err := range s.audit.Events(t.Context(), "user/alice") {
		if err != nil {
			t.Fatal(err)
		}
		if e.User == "admin" {
			continue
		}
		actions = append(actions, e.Action)
		if e.User != "alice" || e.Token != "default" || e.From != "203.0.113.9" {
			t.Errorf("recorded %+v", e)
		}
	}
	if strings.Join(actions, ", ") != "token, token revoke" {
		t.Errorf("recorded %q", actions)
	}
}

func TestMistakesInTheFormOfATokenAreTold(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	long := strings.Repeat("a", 65)
	tests := map[string]struct{ name, scope, packages, days, want, field string }{
		"no name":             {"", "all", "", "", "Name: use 1 to 64", "name"},
		"a name with spaces":  {"my laptop", "all", "", "", "Name: use 1 to 64", "name"},
		"a long name":         {long, "all", "", "", "Name: use 1 to 64", "name"},
		"a name with HTML":    {"<b>", "all", "", "", "Name: use 1 to 64", "name"},
		"a name that is used": {"default", "all", "", "", "you have a token of this name", "name"},
		"no scope":            {"x", "", "", "", "Choose what the token may do", ""},
		"a strange scope":     {"x", "everything", "", "", "Choose what the token may do", ""},
		"no packages":         {"x", "publish", " , ", "", "write the names of packages", "packages-of"},
		"bad packages":        {"x", "publish", "a, b/c", "", "write the names of packages", "packages-of"},
		"no number of days":   {"x", "all", "", "soon", "Days: write a number", "days"},
		"no days":             {"x", "all", "", "0", "Days: write a number", "days"},
		"too many days":       {"x", "all", "", "3651", "Days: write a number", "days"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.makeToken(session, test.name, test.scope, test.packages, test.days)
			a.want(t, http.StatusBadRequest, test.want, `role="alert"`)
			a.wantNot(t, "is ready", "<b>")
			for _, input := range a.document(t).all("input") {
				if id := attribute(input, "id"); (attribute(input, "aria-invalid") == "true") != (id != "" && id == test.field) {
					t.Errorf("the field %q is marked: %q", id, attribute(input, "aria-invalid"))
				}
			}
		})
	}
	s.get("/settings", session).wantNot(t, "not used yet")
}

func TestThereIsALimitOfTokens(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	for i := range 49 {
		s.token("alice", "t"+string(rune('a'+i/10))+string(rune('0'+i%10)), registry.Scope{})
	}
	s.makeToken(session, "more", "all", "", "").want(t, http.StatusBadRequest, "as many tokens as are allowed")
}

func TestATokenIsRevoked(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	token := s.token("alice", "old.one", registry.Scope{})
	other := s.session(token)
	a := s.post("/settings/tokens/old.one/revoke", nil, session)
	if to := a.Header.Get("Location"); a.StatusCode != 303 || to != "/settings#tokens" || len(a.Cookies()) > 0 {
		t.Errorf("%d %q %v", a.StatusCode, to, a.Cookies())
	}
	s.get("/settings", session).wantNot(t, "old.one")
	s.get("/settings", other).want(t, 303)
	s.post("/login", url.Values{"token": {token}}, nil).want(t, 401)
	s.post("/settings/tokens/old.one/revoke", nil, session).want(t, 303) // once more
}

func TestRevokingTheSessionsTokenEndsIt(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	s.get("/settings", session).want(t, 200, "you are signed out here")
	a := s.post("/settings/tokens/default/revoke", nil, session)
	if to := a.Header.Get("Location"); a.StatusCode != 303 || to != "/login" || a.Cookies()[0].MaxAge >= 0 {
		t.Errorf("%d %q %v", a.StatusCode, to, a.Cookies())
	}
	s.get("/settings", session).want(t, 303)
}

func TestATokenOfLimitedScopeChangesNoTokens(t *testing.T) {
	s := newSite(t)
	s.user("alice")
	for _, scope := range []registry.Scope{{Limited: true}, {Limited: true, Packages: []string{"hello"}}} {
		session := s.session(s.token("alice", "ci", scope))
		page := s.get("/settings", session)
		page.want(t, 200, "token of scope "+scope.String()+", which can’t make or revoke tokens")
		page.wantNot(t, `action="/settings/tokens`)
		s.makeToken(session, "another", "all", "", "").want(t, http.StatusForbidden, "This is not allowed", "has scope "+scope.String())
		s.post("/settings/tokens/default/revoke", nil, session).want(t, http.StatusForbidden)
	}
	page := s.get("/settings", s.session(s.token("alice", "full", registry.Scope{})))
	page.want(t, 200, "default")
	page.wantNot(t, "another")
}
