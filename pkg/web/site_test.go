package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/web"
)

// site is a registry with a web page.
type site struct {
	t             *testing.T
	now           time.Time
	catalog       *memory.Catalog
	tally         *memory.Tally
	organizations *memory.Organizations
	audit         *memory.Audit
	users         *identity.Users
	webhooks      *memory.Webhooks
	outbox        *memory.Outbox
	attempts      *memory.Attempts
	calls         calls
	queries       *registry.Queries
	pages         *web.Pages
	handler       http.Handler
}

const base = "https://registry.example.com"

func newSite(t *testing.T) *site { return newSiteAt(t, base) }

func newSiteAt(t *testing.T, address string) *site {
	t.Helper()
	s := &site{
		t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		catalog: memory.NewCatalog(), organizations: memory.NewOrganizations(), audit: memory.NewAudit(),
		webhooks: memory.NewWebhooks(), outbox: memory.NewOutbox(), attempts: memory.NewAttempts(), calls: calls{},
	}
	s.tally = memory.NewTally(s.catalog)
	clock := func() time.Time { return s.now }
	key := identity.Key(strings.Repeat("k", identity.MinKey))
	catalog, organizations := countedCatalog{s.catalog, s.calls}, countedOrganizations{s.organizations, s.calls}
	store := countedIdentities{memory.NewIdentities(), s.calls}
	s.users = &identity.Users{Store: store, Key: key, Recorder: &registry.Recorder{Audit: s.audit, Clock: clock}}
	s.queries = &registry.Queries{Catalog: catalog, Access: &registry.Access{Organizations: organizations}}
	pages, err := web.New(web.Site{
		Base:          address,
		Browsing:      &registry.Browsing{Index: countedIndex{s.catalog, s.calls}, Catalog: catalog, Organizations: organizations},
		Queries:       s.queries,
		Attempts:      s.attempts,
		Tally:         countedTally{s.tally, s.calls},
		Addresses:     &registry.Addresses{Base: address, Tickets: &identity.Tickets{Key: key, Clock: clock, TTL: time.Minute}},
		Organizations: organizations,
		Users:         s.users,
		Sessions:      &identity.Sessions{Authenticator: &identity.Authenticator{Store: store, Key: key, Clock: clock}, TTL: 12 * time.Hour},
		Subscribing: &registry.Subscribing{
			Webhooks: s.webhooks, Outbox: s.outbox, Catalog: catalog, Access: &registry.Access{Organizations: organizations},
			Recorder: &registry.Recorder{Audit: s.audit, Clock: clock},
		},
		Secret: key.WebhookSecret,
		Clock:  clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for pattern, handler := range pages.Handlers() {
		mux.Handle(pattern, handler)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		pages.Error(w, r, registry.Errorf(registry.NotFound, "There is nothing at %q.", r.URL.Path))
	})
	s.pages, s.handler = pages, mux
	return s
}

// publish adds a release of alice's; alter changes it, and its package.
func (s *site) publish(name, version string, alter func(*registry.Package, *registry.Release)) {
	s.t.Helper()
	v, err := registry.ParseVersion(version)
	if err != nil {
		s.t.Fatal(err)
	}
	p := registry.Package{Name: name, Owner: "alice", Visibility: registry.Public}
	r := registry.Release{
		Name: name, Version: v, Type: registry.Component, Publisher: "alice", Upload: name + version,
		PublishTime: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
		ZIP:         registry.ZIP{Key: "zip", Digest: registry.Digest{Size: 1_234_567, SHA256: strings.Repeat("0f", 32)}, License: "Apache-2.0"},
		Manifest: registry.Manifest{
			Description: name + " 的描述", Category: "Web 框架", Providers: []string{"阿里云"}, Tags: []string{"你好"},
			Service:  map[string]registry.Service{"函数计算": {Authorities: []string{"AliyunFCFullAccess"}}},
			Commands: map[string]string{"deploy": "部署"},
		},
		Texts: registry.Texts{
			Publish:     "Parameters: {required: [region, code], properties: {region: {type: string, default: cn-hangzhou, description: 地域, enum: [cn-hangzhou, cn-beijing]}, code: {type: string | object}}}",
			Readme:      "# 说明文档\n\n你好",
			VersionBody: "- 修复了问题",
		},
	}
	if alter != nil {
		alter(&p, &r)
	}
	if _, err := s.catalog.PutRelease(s.t.Context(), r); err != nil {
		s.t.Fatal(err)
	}
	head, err := s.catalog.Head(s.t.Context(), name, registry.Full)
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		s.t.Fatal(err)
	}
	if head.Latest == nil || r.Version.Outranks(head.Latest.Version) {
		head.Latest = &r
	}
	head.Package = p
	if err := s.catalog.PutHead(s.t.Context(), head); err != nil {
		s.t.Fatal(err)
	}
}

// user adds a user and returns a cookie of a session with the first token.
func (s *site) user(name string) *http.Cookie {
	s.t.Helper()
	token, err := s.users.Add(s.t.Context(), registry.Caller{User: "admin"}, name)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.session(token)
}

// session signs in.
func (s *site) session(token string) *http.Cookie {
	s.t.Helper()
	w := s.post("/login", url.Values{"token": {token}}, nil)
	if w.StatusCode != http.StatusSeeOther || len(w.Cookies()) != 1 {
		s.t.Fatalf("signing in answers %d %v", w.StatusCode, w.Cookies())
	}
	return w.Cookies()[0]
}

// organization makes one with members.
func (s *site) organization(name string, members map[string]registry.Role) {
	s.t.Helper()
	if err := s.organizations.PutGroup(s.t.Context(), registry.Group{Name: name, Members: members}); err != nil {
		s.t.Fatal(err)
	}
}

// answered is a response whose body has been read.
type answered struct {
	*http.Response
	body string
}

// get asks for a page; session may be nil.
func (s *site) get(path string, session *http.Cookie, headers ...string) answered {
	s.t.Helper()
	return s.do(httptest.NewRequest(http.MethodGet, path, nil), session, headers...)
}

// post sends a form, as a page of the site would.
func (s *site) post(path string, form url.Values, session *http.Cookie, headers ...string) answered {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", base)
	return s.do(r, session, headers...)
}

// do sends a request with headers: names and values by turns.
func (s *site) do(r *http.Request, session *http.Cookie, headers ...string) answered {
	s.t.Helper()
	r.Host = "web.internal.example"
	if session != nil {
		r.AddCookie(session)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	response := w.Result()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answered{response, string(body)}
}

// want fails unless the answer has this status and its body these texts.
func (a answered) want(t *testing.T, status int, texts ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("status %d, want %d: %.300s", a.StatusCode, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("the page does not have %q", text)
		}
	}
}

// wantNot fails if the body has one of these texts.
func (a answered) wantNot(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			t.Errorf("the page has %q", text)
		}
	}
}

// many publishes a package with many versions.
func (s *site) many(name string, versions int, alter func(*registry.Package, *registry.Release)) {
	for i := range versions {
		s.publish(name, fmt.Sprintf("1.%d.0", i), alter)
	}
}
