package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// examine returns the problems as "check: says. mend", and all checks.
func examine(t *testing.T, d *Doctor) (problems, checks []string) {
	t.Helper()
	err := d.Examine(t.Context(), func(f Finding) {
		checks = append(checks, string(f.State)+" "+f.Check)
		// A test's registry has a port of its own.
		if f.State == Problem && !strings.HasPrefix(f.Says, "s sends POST and DELETE to port ") {
			problems = append(problems, f.Check+": "+f.Says+". "+f.Mend)
		}
	})
	if err != nil {
		t.Error(err)
	}
	return problems, checks
}

func TestAHealthyRegistryHasNoProblems(t *testing.T) {
	g := start(t, nil)
	problems, checks := examine(t, g.doctor())
	if len(problems) > 0 {
		t.Errorf("problems: %q", problems)
	}
	for _, check := range []string{
		"storage", "webhooks", "health", "clock", "cors", "ready", "function query-latest", "function query-all", "function download",
		"function publish", "function catalog", "function web", "function simple",
		"probe user", "probe publish", "probe read", "probe download", "probe simple", "probe list", "probe delete",
	} {
		if !slices.Contains(checks, "ok "+check) {
			t.Errorf("no check %s in %q", check, checks)
		}
	}
	if left := g.left(); left != "" {
		t.Errorf("%s is left", left)
	}
}

// at breaks what answers a method and a part of a path.
func at(method, path string, answer http.HandlerFunc) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		hit := r.Method == method && strings.Contains(r.URL.RequestURI(), path)
		if hit {
			answer(w, r)
		}
		return hit
	}
}

func fails(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}

func TestDefectsAreFound(t *testing.T) {
	broken := fails(500, `{"message": "The registry failed on this request."}`)
	for name, c := range map[string]struct {
		breaks func(http.ResponseWriter, *http.Request) bool
		alter  func(*registry, *Doctor)
		want   []string // parts of the one problem
	}{
		"health fails":                    {breaks: at("GET", "/healthz", broken), want: []string{"health: /healthz answers 500", "fc-registry-gateway"}},
		"a clock ahead":                   {alter: func(_ *registry, d *Doctor) { d.Clock = later(90 * time.Second) }, want: []string{"clock: this machine's clock is 1m", "ahead", "NTP"}},
		"a clock behind":                  {alter: func(_ *registry, d *Doctor) { d.Clock = later(-90 * time.Second) }, want: []string{"clock: this machine's clock is 1m", "behind", "NTP"}},
		"no tables":                       {breaks: at("GET", "/readyz", fails(503, `{"message": "The registry's tables do not answer."}`)), want: []string{"ready: /readyz answers 503", "TABLESTORE_ENDPOINT"}},
		"a function fails":                {breaks: once(at("GET", "/zipball/", broken)), want: []string{"function download: /doctor-probe-nothing/zipball/1.0.0 answers 500", "log of function fc-registry-download", "variable", "role"}},
		"another fails":                   {breaks: at("GET", "/v3/user/check", broken), want: []string{"function publish: /v3/user/check answers 500", "fc-registry-publish"}},
		"one is missing":                  {breaks: at("GET", "/v3/packages/releases", fails(503, `{"request_id":"1","body":"The registry is overloaded or being updated."}`)), want: []string{"function catalog: /v3/packages/releases answers 503 Service Unavailable The registry is overloaded", "s deploy catalog"}},
		"a silent upstream":               {breaks: at("GET", "/doctor-probe-nothing/", fails(503, `{"message": "Package \"doctor-probe-nothing\" is not in this registry, and https://up.example/v3, which may have it, does not answer as it should. Try again in some seconds."}`)), want: []string{"upstream: asked for a package that is not here, the registry answers 503", "https://up.example/v3", "UPSTREAMS"}},
		"a page of another":               {breaks: at("GET", "-nothing/releases/latest", fails(404, "<html>404</html>")), want: []string{"function query-latest:", "not the registry's", "custom domain"}},
		"another dialect":                 {breaks: at("GET", "/v3/user/check", fails(404, `{"message": "no"}`)), want: []string{"function publish:", "not the registry's"}},
		"old clients get another dialect": {breaks: at("GET", "/simple/", fails(404, `{"message": "There is nothing"}`)), want: []string{"function simple:", "not the registry's"}},
		"no page":                         {breaks: root, want: []string{"function web: / answers 200", "not the registry's"}},
		"no CORS": {breaks: func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Del("Access-Control-Allow-Origin")
			return false
		}, want: []string{"cors: scripts of other websites can't read the answers of query-latest, query-all, download, publish, catalog"}},
		"no table":        {alter: func(g *registry, _ *Doctor) { g.missing = []string{"create table packages"} }, want: []string{"storage: admin bootstrap would create table packages", "Run it"}},
		"storage refuses": {alter: func(_ *registry, d *Doctor) { d.Missing = refuses }, want: []string{"storage: Tablestore answers no"}},
		"nobody delivers": {alter: func(_ *registry, d *Doctor) {
			d.Overdue = func(context.Context, time.Duration) (int, error) { return 3, nil }
		}, want: []string{"webhooks: 3 webhooks have waited over 15m0s", "timer trigger", "fc-registry-deliver"}},
		"no user": {alter: func(_ *registry, d *Doctor) {
			d.AddUser = func(context.Context, string) (string, error) { return "", errors.New("no rights") }
		}, want: []string{"probe user: no rights"}},
		"publish is refused": {breaks: at("POST", "/v3/packages/releases", fails(500, `{"request_id":"1","body":"The registry failed"}`)), want: []string{"probe publish: POST /v3/packages/releases: the answer is 500", "fc-registry-publish"}},
		"upload is refused":  {breaks: at("PUT", "/bucket/", fails(403, "<Code>AccessDenied</Code>")), want: []string{"probe publish: PUT to 127.0.0.1", "403", "OSS_PUBLIC_ENDPOINT", "oss:PutObject"}},
		"never released":     {breaks: at("PUT", "/bucket/", fails(203, "CallbackFailed")), want: []string{"probe publish: the ZIP was uploaded, and not released within 1s", "203", "fc-registry-ingest", "INGEST_URL"}},
		"another address":    {alter: func(g *registry, _ *Doctor) { g.zipballs = "http://elsewhere" }, want: []string{"probe read: function fc-registry-query-", "sends clients to http://elsewhere/", "REGISTRY_URL"}},
		"seen by everybody":  {alter: func(g *registry, _ *Doctor) { g.breaks = g.careless }, want: []string{"probe read: somebody without a token is answered 200"}},
		"no redirect":        {breaks: at("GET", "?ticket=t", fails(403, `{"message": "no"}`)), want: []string{"probe download: zipball_url answers 403", "fc-registry-download"}},
		"storage is hidden":  {breaks: at("GET", "/bucket/", fails(403, "<Code>AccessDenied</Code>")), want: []string{"probe download: the storage answers 403", "oss:GetObject"}},
		"other bytes":        {breaks: at("GET", "/bucket/", fails(200, "PK")), want: []string{"probe download: what comes back has SHA-256", "admin verify"}},
		"other files": {alter: func(g *registry, _ *Doctor) {
			g.breaks = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPut {
					g.zip = []byte("PK\x05\x06" + strings.Repeat("\x00", 18)) // an empty ZIP
					fmt.Fprint(w, `{"released":true}`)
				}
				return r.Method == http.MethodPut
			}
		}, want: []string{"probe download: what comes back does not unpack to the files that were sent", "log of function fc-registry-ingest"}},
		"no ZIP for s 2": {breaks: at("GET", "/bucket/simple.zip", fails(200, "<html>")), want: []string{"probe simple: what comes back is no ZIP", "fc-registry-simple"}},
		"no right to simple": {breaks: func(w http.ResponseWriter, r *http.Request) bool {
			return r.FormValue("ticket") == "t" && at("GET", "/simple/", fails(500, `{"Response":{}}`))(w, r)
		}, want: []string{"probe simple: the address below /simple answers 500", "oss:PutObject of simple/"}},
		"never listed":        {breaks: at("GET", "/v3/package/user", fails(200, `{"request_id":"1","body":[]}`)), want: []string{"probe list: is not in the list of its user after 1s", "search index"}},
		"deletion is refused": {breaks: once(at("DELETE", "/v3/", fails(500, `{"request_id":"1","body":"The registry failed"}`))), want: []string{"probe delete: DELETE answers 500", "oss:DeleteObject"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := start(t, c.breaks)
			d := g.doctor()
			if c.alter != nil {
				c.alter(g, d)
			}
			problems, _ := examine(t, d)
			if len(problems) != 1 {
				t.Fatalf("%d problems: %q", len(problems), problems)
			}
			for _, w := range c.want {
				if !strings.Contains(problems[0], w) {
					t.Errorf("%q does not say %q", problems[0], w)
				}
			}
			if left := g.left(); left != "" {
				t.Errorf("%s is left", left)
			}
		})
	}
}

func later(d time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(d) } }

func refuses(context.Context) ([]string, error) { return nil, errors.New("Tablestore answers no") }

// root breaks the front page alone.
func root(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path == "/" {
		fmt.Fprint(w, `{"hello": "world"}`)
	}
	return r.URL.Path == "/"
}

// careless shows the package to everybody.
func (g *registry) careless(_ http.ResponseWriter, r *http.Request) bool {
	r.Header.Set("Authorization", "Bearer "+g.token)
	return false
}

// once breaks one request.
func once(breaks func(http.ResponseWriter, *http.Request) bool) func(http.ResponseWriter, *http.Request) bool {
	done := false
	return func(w http.ResponseWriter, r *http.Request) bool {
		hit := !done && breaks(w, r)
		done = done || hit
		return hit
	}
}

func TestARegistryThatDoesNotAnswerInTime(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	d := start(t, nil).doctor()
	d.URL, d.HTTP.Timeout = server.URL, 50*time.Millisecond
	problems, checks := examine(t, d)
	if len(problems) != 1 || !strings.Contains(problems[0], "Timeout exceeded") || slices.Contains(checks, "ok probe user") {
		t.Errorf("problems %q", problems)
	}
}

func TestWhatCouldNotBeTakenBackIsTold(t *testing.T) {
	g := start(t, at("DELETE", "/v3/", fails(500, `{"request_id":"1","body":"The registry failed"}`)))
	d := g.doctor()
	d.RemoveUser = func(context.Context, string) error { return errors.New("no rights") }
	problems, _ := examine(t, d)
	if len(problems) != 3 || !strings.Contains(problems[1], "private, may be there still: DELETE answers 500") ||
		!strings.Contains(problems[1], "admin package owner doctor-probe-") || !strings.Contains(problems[2], "Run admin user remove doctor-probe-") {
		t.Errorf("problems %q", problems)
	}
}

// Stopped anywhere, everything is taken back.
func TestAnInterruptedExaminationCleansUp(t *testing.T) {
	for _, path := range []string{"POST /v3/packages/releases", "PUT /bucket/", "GET /v3/package/user", "DELETE /v3/"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			ctx, interrupt := context.WithCancel(t.Context())
			g := start(t, func(_ http.ResponseWriter, r *http.Request) bool {
				if strings.HasPrefix(r.Method+" "+r.URL.Path, path) {
					interrupt()
				}
				return false
			})
			err := g.doctor().Examine(ctx, func(f Finding) {
				if f.State == Problem && f.Check != "address" {
					t.Errorf("%+v", f)
				}
			})
			if !errors.Is(err, context.Canceled) || g.left() != "" {
				t.Errorf("%v; left: %q", err, g.left())
			}
		})
	}
}

func TestClashesWithUpstreamsAreNoted(t *testing.T) {
	d := start(t, nil).doctor()
	d.Clashes = func(context.Context) (map[string]string, error) {
		return map[string]string{"b": "https://b.example/v3", "a": "https://a.example/v3"}, nil
	}
	var notes []string
	err := d.Examine(t.Context(), func(f Finding) {
		if f.Check == "upstream" {
			notes = append(notes, string(f.State)+" "+f.Says+" "+f.Mend)
		}
	})
	if err != nil || len(notes) != 2 || !strings.Contains(notes[0], `note package "a" is published here, and came from https://a.example/v3`) || !strings.Contains(notes[0], "forget a") {
		t.Errorf("notes %q, %v", notes, err)
	}
	d.Clashes = func(context.Context) (map[string]string, error) { return nil, errors.New("the table does not answer") }
	if problems, _ := examine(t, d); len(problems) != 1 || !strings.Contains(problems[0], "the table does not answer") {
		t.Errorf("problems %q", problems)
	}
}
