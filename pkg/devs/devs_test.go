package devs_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/devs"
	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

const (
	address   = "https://registry.example.com"
	requestID = "1-65f0-abc"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // errors are expected
	os.Exit(m.Run())
}

// site is the dialect over an empty registry.
type site struct {
	http.Handler
	catalog *memory.Catalog
	tally   *memory.Tally
	lists   *devs.Catalog
	uploads *memory.Uploads
	// attempts are of those who publish.
	attempts *memory.Attempts
	orgs     *registry.Organizing
	users    *identity.Users
	token    string // of alice
}

func now() time.Time { return time.Unix(1_740_000_000, 0) }

func newSite(t *testing.T) site {
	t.Helper()
	identities, attempts, blobs := memory.NewIdentities(), memory.NewAttempts(), memory.NewBlobs()
	t.Cleanup(func() { blobs.Close() })
	mux := http.NewServeMux()
	key := identity.Key(strings.Repeat("k", identity.MinKey))
	recorder := &registry.Recorder{Audit: memory.NewAudit(), Clock: now}
	s := site{
		Handler: mux, catalog: memory.NewCatalog(), uploads: memory.NewUploads(), attempts: attempts,
		orgs:  &registry.Organizing{Organizations: memory.NewOrganizations(), Recorder: recorder},
		users: &identity.Users{Store: identities, Key: key, Recorder: recorder},
	}
	s.token = s.add(t, "alice")
	s.tally = memory.NewTally(s.catalog)
	access := &registry.Access{Organizations: s.orgs.Organizations}
	who := &identity.Authenticator{Store: identities, Key: key, Clock: now}
	q := &devs.Queries{
		Queries:       &registry.Queries{Catalog: s.catalog, Access: access, Attempts: attempts},
		Addresses:     &registry.Addresses{Base: address, Tickets: &identity.Tickets{Key: key, Clock: now, TTL: time.Minute}},
		Authenticator: who,
	}
	p := &devs.Publishing{
		Authenticator: who,
		Users:         s.users,
		Publishing: &registry.Publishing{
			Catalog: s.catalog, Uploads: s.uploads, Attempts: attempts, Blobs: blobs, Access: access, Organizing: s.orgs,
			CallbackURL: "http://127.0.0.1:1/", TTL: time.Minute, Clock: now,
		},
		Deleting: &registry.Deleting{Heads: &registry.Heads{Catalog: s.catalog, Recorder: recorder}, Blobs: blobs, Access: access},
	}
	s.lists = &devs.Catalog{
		Browsing:      &registry.Browsing{Index: s.catalog, Catalog: s.catalog, Organizations: s.orgs.Organizations},
		Authenticator: who,
	}
	mux.HandleFunc("GET /v3/packages/releases", s.lists.List)
	mux.HandleFunc("GET /v3/package/user", s.lists.Own)
	mux.HandleFunc("GET /v3/common/categories", s.lists.Categories)
	mux.HandleFunc("GET /v3/common/providers", s.lists.Providers)
	mux.HandleFunc("GET /v3/console/1/tabs/5", s.lists.Tab)
	mux.HandleFunc("GET /v3/packages/{name}/release", q.All)
	mux.HandleFunc("GET /v3/packages/{name}/release/latest", q.Latest)
	mux.HandleFunc("GET /v3/packages/{name}/release/tags/{version}", q.Tag)
	mux.HandleFunc("DELETE /v3/packages/{name}/release/tags/{version}", p.Delete)
	mux.HandleFunc("POST /v3/packages/releases", p.Publish)
	mux.HandleFunc("POST /v3/user/token", p.Token)
	mux.HandleFunc("GET /v3/user/check", p.Check)
	return s
}

// add makes a user and returns the token.
func (s site) add(t *testing.T, user string) string {
	t.Helper()
	token, err := s.users.Add(t.Context(), registry.Caller{User: "admin"}, user)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// put stores a release, and a head with it as the latest.
func (s site) put(t *testing.T, r registry.Release) {
	t.Helper()
	if _, err := s.catalog.PutRelease(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	h, err := s.catalog.Head(t.Context(), r.Name, registry.Summary)
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		t.Fatal(err)
	}
	h.Package, h.Latest = registrytest.Package(r), &r
	if err := s.catalog.PutHead(t.Context(), h); err != nil {
		t.Fatal(err)
	}
}

// call sends a request and requires the status and the envelope; it returns
// the envelope's body. A body that is an error must be a text, and no other.
func (s site) call(t *testing.T, r *http.Request, status int) any {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r.WithContext(respond.WithRequestID(r.Context(), requestID)))
	if w.Code != status {
		t.Fatalf("status %d, want %d: %.2000s", w.Code, status, w.Body)
	}
	var e map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	body, ok := e["body"]
	if len(e) != 2 || !ok || e["request_id"] != requestID {
		t.Fatalf("envelope %v, want request_id and body", e)
	}
	if _, text := body.(string); text != (status >= 400) {
		t.Fatalf("status %d has the body %v", status, body)
	}
	return body
}

// get asks without a login, under a Host that no answer may repeat.
func (s site) get(t *testing.T, target string, status int) any {
	t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	r.Host = "evil.example.net"
	return s.call(t, r, status)
}

// bearer is a request with a token.
func bearer(method, target, token string, body io.Reader) *http.Request {
	r := httptest.NewRequest(method, target, body)
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

func wantWords(t *testing.T, message any, words ...string) {
	t.Helper()
	for _, w := range words {
		if text, ok := message.(string); !ok || !strings.Contains(text, w) {
			t.Errorf("message %q does not say %q", message, w)
		}
	}
}
