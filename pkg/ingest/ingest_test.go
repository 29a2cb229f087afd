package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/ingest"
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // errors are expected
	os.Exit(m.Run())
}

// site takes reports of uploads to a registry in memory.
type site struct {
	ingest.API
	blobs      *memory.Blobs
	queries    *registry.Queries
	publishing *registry.Publishing
}

func newSite(t *testing.T) *site {
	t.Helper()
	catalog, uploads, attempts, blobs := memory.NewCatalog(), memory.NewUploads(), memory.NewAttempts(), memory.NewBlobs()
	t.Cleanup(func() { blobs.Close() })
	access := &registry.Access{Organizations: memory.NewOrganizations()}
	recorder := &registry.Recorder{Audit: memory.NewAudit(), Clock: time.Now}
	return &site{
		blobs:      blobs,
		queries:    &registry.Queries{Catalog: catalog, Access: access},
		publishing: &registry.Publishing{Catalog: catalog, Uploads: uploads, Attempts: attempts, Blobs: blobs, Access: access, CallbackURL: "http://127.0.0.1:1/", TTL: time.Minute, Clock: time.Now},
		API: ingest.API{Ingesting: &registry.Ingesting{
			Heads: &registry.Heads{Catalog: catalog, Recorder: recorder}, Uploads: uploads, Attempts: attempts, Blobs: blobs, ZIPs: blobs, Access: access,
			Canonicalize: manifest.Canonicalize, Disk: registry.NewDisk(registry.MaxZIP), Clock: time.Now, Answers: memory.NewAnswers(),
		}},
	}
}

// announce announces hello 1.0.0 and returns the upload's id.
func (s *site) announce(t *testing.T) string {
	t.Helper()
	announced, err := s.publishing.Announce(t.Context(), registry.Caller{User: "alice"}, registry.Submission{
		Name: "hello", Version: "1.0.0", InZIP: "1.0.0", Type: registry.Plugin, Manifest: registry.Manifest{Visibility: registry.Public},
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(announced.URL)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(path.Base(u.Path), ".zip")
}

// upload announces hello 1.0.0 and uploads the ZIP of a version.
func (s *site) upload(t *testing.T, version string) string {
	t.Helper()
	id := s.announce(t)
	s.blobs.Put(registry.UploadKey(id), registrytest.ZIP(registrytest.Files(registry.Plugin, "hello", version)))
	return id
}

func (s *site) released(t *testing.T) bool {
	t.Helper()
	_, _, err := s.queries.Latest(t.Context(), registry.Anonymous, "hello", registry.Summary)
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		t.Fatal(err)
	}
	return err == nil
}

type answer struct {
	Released bool
	Message  string
}

// send posts a callback and requires the status.
func (s *site) send(t *testing.T, method, body string, status int) answer {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	s.ServeHTTP(w, r.WithContext(respond.WithRequestID(r.Context(), "1-abc")))
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != status {
		t.Fatalf("%d, want %d: %s (%v)", w.Code, status, w.Body, err)
	}
	return a
}

func callback(id string) string { return fmt.Sprintf(`{"upload":%q}`, id) }

func TestACallbackReleasesTheUpload(t *testing.T) {
	s := newSite(t)
	body := callback(s.upload(t, "1.0.0"))
	for range 2 { // it may come twice
		if a := s.send(t, "POST", body, http.StatusOK); a != (answer{Released: true}) {
			t.Errorf("answer %+v", a)
		}
	}
	if !s.released(t) {
		t.Error("nothing was released")
	}
}

func TestARejectionIsToldWithStatus200(t *testing.T) {
	s := newSite(t)
	lying := s.upload(t, "2.0.0")
	broken := s.announce(t)
	s.blobs.Put(registry.UploadKey(broken), []byte("no ZIP"))
	tests := map[string]struct{ id, words string }{
		"a ZIP that says otherwise": {lying, `says Version "2.0.0", but "1.0.0" was announced`},
		"no ZIP":                    {broken, "not a readable ZIP"},
		"an upload of nobody":       {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "Nobody announced this upload, or it came too late. Publish again."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if a := s.send(t, "POST", callback(test.id), http.StatusOK); a.Released || !strings.Contains(a.Message, test.words) {
				t.Errorf("answer %+v, want %q", a, test.words)
			}
		})
	}
	if s.released(t) {
		t.Error("something was released")
	}
}

func TestWhatIsNoCallbackIsRefused(t *testing.T) {
	s := newSite(t)
	id := s.upload(t, "1.0.0")
	tests := map[string]struct{ method, body string }{
		"GET":                 {"GET", callback(id)},
		"PUT":                 {"PUT", callback(id)},
		"nothing":             {"POST", ""},
		"no JSON":             {"POST", "upload=" + id},
		"no object":           {"POST", `["` + id + `"]`},
		"no id":               {"POST", "{}"},
		"an empty id":         {"POST", callback("")},
		"an id in lower case": {"POST", callback(strings.ToLower(id))},
		"an id with more":     {"POST", callback(id + "/../x")},
		"a new line after":    {"POST", callback(id + "\n")},
		"a number":            {"POST", `{"upload":1}`},
		"too large":           {"POST", `{"x":"` + strings.Repeat("x", 4<<10) + `","upload":"` + id + `"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if a := s.send(t, test.method, test.body, http.StatusBadRequest); a.Released || !strings.Contains(a.Message, "takes the storage's reports of uploads, and nothing else") {
				t.Errorf("answer %+v", a)
			}
		})
	}
	if s.released(t) {
		t.Error("something was released")
	}
}

func TestAFailureIsNoRejection(t *testing.T) {
	s := newSite(t)
	id := s.upload(t, "1.0.0")
	s.Ingesting.Canonicalize = func(context.Context, io.Writer, io.ReaderAt, int64, registry.Type) (registry.Inspected, error) {
		return registry.Inspected{}, errors.New("row 7 is broken")
	}
	a := s.send(t, "POST", callback(id), http.StatusInternalServerError)
	if a.Released || strings.Contains(a.Message, "row 7") || !strings.Contains(a.Message, "1-abc") {
		t.Errorf("answer %+v", a)
	}
	if err := s.Object(t.Context(), registry.UploadKey(id)); err == nil || !strings.Contains(err.Error(), "row 7") {
		t.Errorf("the notification's error is %v", err)
	}
	s.Ingesting.Canonicalize = manifest.Canonicalize // the next notification succeeds
	if err := s.Object(t.Context(), registry.UploadKey(id)); err != nil || !s.released(t) {
		t.Errorf("released %v, %v", s.released(t), err)
	}
}

func TestAnAnnouncedUploadThatIsNotThere(t *testing.T) {
	s := newSite(t)
	id := s.announce(t)
	if a := s.send(t, "POST", callback(id), http.StatusNotFound); a.Released || a.Message == "" {
		t.Errorf("answer %+v", a)
	}
	if err := s.Object(t.Context(), registry.UploadKey(id)); err == nil {
		t.Error("the notification is not asked for again")
	}
}

func TestANotificationReleasesTheUpload(t *testing.T) {
	s := newSite(t)
	key := registry.UploadKey(s.upload(t, "1.0.0"))
	for range 2 { // at least once
		if err := s.Object(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if !s.released(t) {
		t.Error("nothing was released")
	}
}

func TestARejectionIsNotNotifiedAgain(t *testing.T) {
	s := newSite(t)
	if err := s.Object(t.Context(), registry.UploadKey(s.upload(t, "2.0.0"))); err != nil || s.released(t) {
		t.Errorf("released %v, %v", s.released(t), err)
	}
}

func TestObjectsThatAreNoUploads(t *testing.T) {
	const id = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	s := newSite(t)
	for _, key := range []string{
		"", "uploads/", "uploads/.zip", id, id + ".zip", "uploads/" + id, "packages/" + id + ".zip", "uploads/" + id + ".zip.zip",
		"uploads/uploads/" + id + ".zip", "uploads/" + strings.ToLower(id) + ".zip", "uploads/" + id + "A.zip", "uploads%2F" + id + ".zip",
	} {
		err := s.Object(t.Context(), key)
		if err == nil || !strings.Contains(err.Error(), key+" is no upload; the OSS trigger's prefix must be uploads/") {
			t.Errorf("%q: %v", key, err)
		}
	}
}
