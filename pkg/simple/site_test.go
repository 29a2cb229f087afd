package simple_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/simple"
	"github.com/fc-registry/fc-registry/pkg/zipball"
)

const address = "https://registry.example.com"

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // errors are expected
	os.Exit(m.Run())
}

func now() time.Time { return time.Unix(1_740_000_000, 0) }

// site is the dialect over an empty registry.
type site struct {
	http.Handler
	catalog    *memory.Catalog
	uploads    *memory.Uploads
	blobs      *memory.Blobs
	users      *identity.Users
	publishing *registry.Publishing
	ingesting  *registry.Ingesting
	counter    *registry.Counter
	tally      *memory.Tally
	token      string // of alice
}

func newSite(t *testing.T) *site {
	t.Helper()
	identities, organizations, attempts := memory.NewIdentities(), memory.NewOrganizations(), memory.NewAttempts()
	s := &site{catalog: memory.NewCatalog(), uploads: memory.NewUploads(), blobs: memory.NewBlobs()}
	t.Cleanup(func() { s.blobs.Close() })
	key := identity.Key(strings.Repeat("k", identity.MinKey))
	recorder := &registry.Recorder{Audit: memory.NewAudit(), Clock: now}
	s.users = &identity.Users{Store: identities, Key: key, Recorder: recorder}
	s.token = s.add(t, "alice")
	access, heads := &registry.Access{Organizations: organizations}, &registry.Heads{Catalog: s.catalog, Recorder: recorder}
	s.ingesting = &registry.Ingesting{Heads: heads, Uploads: s.uploads, Attempts: attempts, Blobs: s.blobs, ZIPs: s.blobs, Access: access, Canonicalize: manifest.Canonicalize, Disk: registry.NewDisk(registry.MaxZIP), Clock: now, Answers: memory.NewAnswers()}
	who := &identity.Authenticator{Store: identities, Key: key, Clock: now}
	tickets := &identity.Tickets{Key: key, Clock: now, TTL: time.Minute}
	queries, addresses := &registry.Queries{Catalog: s.catalog, Access: access}, &registry.Addresses{Base: address, Tickets: tickets}
	s.tally = memory.NewTally(s.catalog)
	s.counter = registry.NewCounter(s.tally, now)
	downloads := &registry.Downloads{Queries: queries, Blobs: s.blobs, Tickets: tickets, TTL: time.Minute}
	s.publishing = &registry.Publishing{
		Catalog: s.catalog, Uploads: s.uploads, Attempts: attempts, Blobs: s.blobs, Access: access,
		Organizing:  &registry.Organizing{Organizations: organizations, Recorder: recorder},
		CallbackURL: "http://127.0.0.1:1/", TTL: time.Minute, Clock: now,
	}
	s.Handler = routes(
		&simple.Queries{Queries: queries, Addresses: addresses, Authenticator: who},
		&zipball.Handler{
			Source:  registry.NewWrapping(downloads, s.blobs, manifest.WrapZIP, time.Minute),
			Counter: s.counter, Authenticator: who, Error: simple.Error, Redirect: simple.Redirect,
		},
		&simple.Publishing{
			Authenticator: who, Publishing: s.publishing,
			Deleting: &registry.Deleting{Heads: heads, Blobs: s.blobs, Access: access},
		},
		&simple.Catalog{
			Browsing:  &registry.Browsing{Index: s.catalog, Catalog: s.catalog, Organizations: organizations},
			Addresses: addresses, Authenticator: who,
		},
	)
	return s
}

func routes(q *simple.Queries, z *zipball.Handler, p *simple.Publishing, c *simple.Catalog) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simple/{name}/releases", q.All)
	mux.HandleFunc("GET /simple/{name}/releases/latest", q.Latest)
	mux.Handle("GET /simple/{name}/zipball/{version}", z)
	mux.HandleFunc("POST /package/publish", p.Publish)
	mux.HandleFunc("POST /package/delete", p.Delete)
	mux.HandleFunc("POST /center/package/publish", c.Own)
	return mux
}

// add makes a user and returns the token.
func (s *site) add(t *testing.T, user string) string {
	t.Helper()
	token, err := s.users.Add(t.Context(), registry.Caller{User: "admin"}, user)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// send sends what one client would, and returns the answer.
func (s *site) send(r *http.Request) *httptest.ResponseRecorder {
	r.Host = "evil.example.net" // which no answer repeats
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *site) get(target string) *httptest.ResponseRecorder {
	return s.send(httptest.NewRequest("GET", target, nil))
}

// post sends a form as the component registry does.
func (s *site) post(target string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(r)
}

// response returns what is in the envelope, after its status is checked.
func response[T any](t *testing.T, w *httptest.ResponseRecorder, status int) T {
	t.Helper()
	var e struct{ Response *T }
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Response == nil || w.Code != status {
		t.Fatalf("%d %s, %v; want %d", w.Code, w.Body, err, status)
	}
	if kind := w.Header().Get("Content-Type"); kind != "application/json; charset=utf-8" {
		t.Errorf("Content-Type %q", kind)
	}
	return *e.Response
}

// publishForm is what the component registry sends to publish a folder.
func publishForm(token string, files map[string]string) url.Values {
	return url.Values{
		"safety_code": {token}, "publish": {files["publish.yaml"]}, "version_body": {files["version.md"]},
		"readme": {files["readme.md"]}, "syaml": {files["src/s.yaml"]},
	}
}

// announce sends the form of a folder and returns the upload's id.
func (s *site) announce(t *testing.T, token string, files map[string]string) string {
	t.Helper()
	answer := response[struct{ URL string }](t, s.post("/package/publish", publishForm(token, files)), http.StatusOK)
	u, err := url.Parse(answer.URL)
	if err != nil || !u.IsAbs() {
		t.Fatalf("url %q: %v", answer.URL, err)
	}
	return strings.TrimSuffix(path.Base(u.Path), ".zip")
}

// publish brings a folder all the way, packed as 2.x packs it.
func (s *site) publish(t *testing.T, files map[string]string) []byte {
	t.Helper()
	below := make(map[string]string)
	for name, text := range files {
		below["package/"+name] = text
	}
	zip := registrytest.ZIP(below)
	id := s.announce(t, s.token, files)
	s.blobs.Put(registry.UploadKey(id), zip)
	if o, err := s.ingesting.Ingest(t.Context(), id); err != nil || !o.Released {
		t.Fatalf("%+v, %v", o, err)
	}
	return zip
}

func plugin(name, version string) map[string]string {
	return registrytest.Files(registry.Plugin, name, version)
}

// closed is a folder that not everybody may see.
func closed(files map[string]string) map[string]string {
	files["publish.yaml"] = strings.Replace(files["publish.yaml"], "Effective: Public", "Effective: Private", 1)
	return files
}
