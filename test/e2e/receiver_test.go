package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	domain "github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
)

// receiver takes what webhooks are told, and checks each signature.
type receiver struct {
	*httptest.Server
	host string

	mu      sync.Mutex
	secrets map[string]string // by path
	answer  http.HandlerFunc  // nil: 204
	got     []delivered       // also what was not answered well
}

// delivered is a delivery as it came.
type delivered struct {
	path, id, body string
	told           told
	accepted       bool
}

// told is a delivery's body.
type told struct {
	ID, Event, Package, Version, Detail, User, Registry string
	Time                                                time.Time
}

func (d delivered) String() string {
	return strings.TrimSpace(d.told.Event + " " + d.told.Package + " " + d.told.Version)
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{secrets: make(map[string]string)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) { r.receive(t, w, request) }))
	r.host = r.Listener.Addr().String()
	t.Cleanup(func() {
		r.CloseClientConnections()
		r.Close()
	})
	return r
}

func (r *receiver) receive(t *testing.T, w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	d := delivered{path: request.URL.Path, id: request.Header.Get("X-Registry-Delivery"), body: string(body)}
	if err == nil {
		err = json.Unmarshal(body, &d.told)
	}
	r.mu.Lock()
	secret, answer := r.secrets[d.path], r.answer
	r.mu.Unlock()
	timestamp := request.Header.Get("X-Registry-Timestamp")
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, timestamp+"."+string(body))
	if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); secret != "" && request.Header.Get("X-Registry-Signature") != want {
		t.Errorf("the signature of %s is %q, want %q", body, request.Header.Get("X-Registry-Signature"), want)
	}
	if err != nil || request.Method != "POST" || d.told.ID != d.id || d.told.Event != request.Header.Get("X-Registry-Event") {
		t.Errorf("%s %s %v %s: %v", request.Method, request.URL, request.Header, body, err)
	}
	d.accepted = answer == nil
	r.mu.Lock()
	r.got = append(r.got, d)
	r.mu.Unlock()
	if answer != nil {
		answer(w, request)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// trusts lets the receiver check what comes at a path.
func (r *receiver) trusts(path, secret string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets[path] = secret
}

// replies sets how deliveries are answered; nil: well.
func (r *receiver) replies(h http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = h
}

// at lists what came at a path.
func (r *receiver) at(path string) []delivered {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.got), func(d delivered) bool { return d.path != path })
}

// heard lists what was accepted at a path of a package.
func (r *receiver) heard(path, name string) []string {
	var all []string
	for _, d := range r.at(path) {
		if d.accepted && d.told.Package == name {
			all = append(all, d.String())
		}
	}
	return all
}

// patience is how long a busy machine may take for a delivery, which may itself
// take ten seconds.
const patience = 5 * time.Minute

// awaits waits until all of a package has been heard at a path, and requires its
// order.
func (r *receiver) awaits(t *testing.T, path, name string, want ...string) {
	t.Helper()
	within(t, patience, "all is heard of "+name, func() bool { return len(r.heard(path, name)) >= len(want) })
	if got := r.heard(path, name); !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
}

// tables are the registry's, as its administrator reads them.
func (r *registry) tables() *tablestore.Client {
	return tablestore.New(tablestore.Config{
		Endpoint: r.Tablestore, Instance: r.Instance,
		Credentials: credentials.Fixed(credentials.Credentials{AccessKeyID: r.AccessKeyID, AccessKeySecret: r.AccessKeySecret}),
	})
}

// hurry lets the pauses of all that is owed be over, and the leases.
func (r *registry) hurry(t *testing.T) {
	t.Helper()
	store := r.tables()
	for o, err := range store.AllOwed(t.Context()) {
		if err == nil {
			o.Due, o.Leased = time.Time{}, time.Time{}
			_, err = store.PutOwed(t.Context(), o)
		}
		if domain.CodeOf(err) == domain.Conflict { // it is being worked at
			r.hurry(t)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
