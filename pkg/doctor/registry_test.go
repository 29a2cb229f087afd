package doctor

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// registry is one that answers as the real one does, as far as doctor asks it,
// but for what a test breaks.
type registry struct {
	*httptest.Server
	breaks func(w http.ResponseWriter, r *http.Request) bool // true: it has answered

	mu       sync.Mutex
	zipballs string // where zipball_url leads
	name     string // of the package that was announced
	zip      []byte
	token    string
	missing  []string
}

func start(t *testing.T, breaks func(w http.ResponseWriter, r *http.Request) bool) *registry {
	t.Helper()
	g := &registry{breaks: breaks}
	g.Server = httptest.NewServer(g)
	g.zipballs = g.URL
	t.Cleanup(g.Close)
	return g
}

func (g *registry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w.Header().Set("Access-Control-Allow-Origin", "*")
	if g.breaks != nil && g.breaks(w, r) {
		return
	}
	mine := g.zip != nil && r.Header.Get("Authorization") == "Bearer "+g.token && g.token != ""
	package_ := "/v3/packages/" + g.name + "/release"
	release := map[string]string{"tag_name": "1.0.0", "zipball_url": g.zipballs + "/" + g.name + "/zipball/1.0.0?ticket=t", "sha256": fmt.Sprintf("%x", sha256.Sum256(g.zip))}
	switch path := r.Method + " " + r.URL.Path; {
	case path == "GET /healthz", path == "GET /readyz":
		fmt.Fprint(w, `{"status": "ok"}`)
	case path == "GET /":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!doctype html>")
	case path == "POST /v3/packages/releases":
		_, rest, _ := strings.Cut(r.FormValue("publish"), "Name: ")
		g.name, _, _ = strings.Cut(rest, "\n")
		devs(w, 200, map[string]string{"url": g.URL + "/bucket/upload.zip"})
	case path == "PUT /bucket/upload.zip":
		g.zip, _ = io.ReadAll(r.Body)
		fmt.Fprint(w, `{"released":true}`)
	case path == "GET "+package_+"/latest" && mine:
		devs(w, 200, release)
	case path == "GET "+package_ && mine:
		devs(w, 200, []any{release})
	case path == "DELETE "+package_+"/tags/1.0.0" && mine:
		g.zip = nil
		devs(w, 200, map[string]string{})
	case path == "GET /v3/package/user" && mine:
		devs(w, 200, []any{map[string]any{"name": g.name, "id": 7}})
	case path == "GET /"+g.name+"/zipball/1.0.0" && r.FormValue("ticket") == "t":
		http.Redirect(w, r, g.URL+"/bucket/package.zip", http.StatusFound)
	case path == "GET /simple/"+g.name+"/zipball/1.0.0" && r.FormValue("ticket") == "t":
		http.Redirect(w, r, g.URL+"/bucket/simple.zip", http.StatusFound)
	case path == "GET /bucket/package.zip", path == "GET /bucket/simple.zip":
		w.Write(g.zip) //nolint:errcheck
	case path == "GET /v3/packages/releases":
		devs(w, 200, []any{})
	case strings.HasPrefix(r.URL.Path, "/v3/"):
		devs(w, 404, "There is no such package.")
	case strings.HasPrefix(r.URL.Path, "/simple/"):
		w.WriteHeader(404)
		fmt.Fprint(w, `{"Response": {"Error": {"Code": "NotFound", "Message": "There is no such package."}}}`)
	default:
		w.WriteHeader(404)
		fmt.Fprint(w, `{"message": "There is no such package."}`)
	}
}

// devs answers in the dialect below /v3.
func devs(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"request_id": "1", "body": body}) //nolint:errcheck
}

// doctor examines the registry by an address of its own port, which is taken for
// one that s can publish to.
func (g *registry) doctor() *Doctor {
	client := *g.Client()
	client.Timeout = 10 * time.Second
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Doctor{
		URL: g.URL, HTTP: &client, Clock: time.Now, Wait: time.Second,
		Missing: func(context.Context) ([]string, error) { return g.missing, nil },
		Overdue: func(context.Context, time.Duration) (int, error) { return 0, nil },
		AddUser: func(ctx context.Context, name string) (string, error) {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.token = "token of " + name
			return g.token, ctx.Err()
		},
		RemoveUser: func(ctx context.Context, name string) error {
			g.mu.Lock()
			defer g.mu.Unlock()
			if g.token != "" && g.token != "token of "+name {
				return errors.New("that is another user")
			}
			g.token = ""
			return ctx.Err()
		},
		Clashes: func(ctx context.Context) (map[string]string, error) { return nil, ctx.Err() },
	}
}

// left is what an examination left behind.
func (g *registry) left() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.zip != nil {
		return "a package"
	}
	if g.token != "" {
		return "a user"
	}
	return ""
}
