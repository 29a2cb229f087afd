package e2e

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

// step is one request of a day with the registry, and what its access line says.
type step struct {
	name           string
	method, path   string
	header         http.Header
	body           string
	status         int
	function       string // that answers behind the gateway; "" for the gateway itself
	route          string
	user, pkg      string
	take           func(a answer) // what later steps need of the answer
	tablestoreCall bool           // it must have called the tables
}

// TestTheLog is such a day. Each request has one access line in each function
// that it goes through, under one id; what the line says it took of the storage
// is what the storage counted; and no secret that was used is in any log.
func TestTheLog(t *testing.T) {
	t.Parallel()
	w := watch(t, "")
	d := &logDay{watched: w}
	d.publish(t)
	d.read(t)
	d.signIn(t)
	d.refusals(t)
	d.failure(t)
	d.outage(t)
	d.crowd(t)
	d.metrics(t)
	w.stop(t)
	for secret, what := range w.secrets {
		if len(secret) < 16 {
			t.Errorf("%s, %q, is too short to be looked for", what, secret)
		}
		if strings.Contains(w.log.text(), secret) {
			t.Errorf("the log holds %s: %s", what, secret)
		}
	}
	if len(w.secrets) < 25 {
		t.Errorf("only %d secrets were used: %v", len(w.secrets), w.secrets)
	}
	for _, form := range []string{"fcr_", "STS.", "ticket=", "x-oss-", "Bearer"} {
		if strings.Contains(w.log.text(), form) {
			t.Errorf("the log holds %s", form)
		}
	}
}

// logDay is what the steps hand on.
type logDay struct {
	*watched
	upload, zipball, object, cookie string
	made                            string // a token, on the web page
}

// do makes one request, and checks its lines.
func (d *logDay) do(t *testing.T, s step) {
	t.Helper()
	from := len(d.log.text())
	d.meter.Reset()
	if s.header == nil {
		s.header = http.Header{}
	}
	s.header.Set("User-Agent", "day/1")
	a := d.ask(t, s.method, s.path, strings.NewReader(s.body), s.header)
	if a.status != s.status {
		t.Fatalf("%s: status %d, want %d: %s", s.name, a.status, s.status, a.body)
	}
	lines := d.accessLines(t, from, 1)
	d.compare(t, s.name, lines, 0)
	id := a.header.Get("X-Fc-Request-Id")
	want := map[string]bool{"fc-registry-gateway": true}
	if s.function != "" {
		want["fc-registry-"+s.function] = true
	}
	for _, line := range lines {
		if !want[line.Printer] || line.RequestID != id || line.Function != line.Printer || (line.Invocation == id) != (line.Printer == "fc-registry-gateway") {
			t.Errorf("%s, request %s: line %+v", s.name, id, line)
		}
		delete(want, line.Printer)
		if line.Method != s.method || line.Route != s.route || line.Status != s.status || line.UserAgent != "day/1" || !strings.HasPrefix(line.Client, "127.") {
			t.Errorf("%s: line %+v", s.name, line)
		}
		if line.Printer != "fc-registry-gateway" && (line.User != s.user || line.Package != s.pkg) || line.Tablestore == 0 && s.tablestoreCall && line.Printer != "fc-registry-gateway" {
			t.Errorf("%s: line %+v, want user %q and package %q", s.name, line, s.user, s.pkg)
		}
	}
	if len(want) > 0 {
		t.Errorf("%s: no line of %v", s.name, want)
	}
	if s.take != nil {
		s.take(a)
	}
}

// compare requires that the lines tell what the services have counted, but for
// the client's own calls of the storage.
func (d *logDay) compare(t *testing.T, what string, lines []logged, ownCalls int64) {
	t.Helper()
	var sum logged
	for _, line := range lines {
		sum.Tablestore += line.Tablestore
		sum.OSS += line.OSS
		sum.ReadUnits += line.ReadUnits
		sum.WriteUnits += line.WriteUnits
	}
	sum.OSS += ownCalls
	if counted := d.used(); sum != counted {
		t.Errorf("%s: the lines say %+v, the services counted %+v", what, sum, counted)
	}
}

// publish publishes a public and a private package.
func (d *logDay) publish(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"hello": component("hello", "1.0.0"), "private": effective(component("private", "1.0.0"), "Private", ""),
	} {
		header := signed(d.Token, time.Now())
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		d.do(t, step{
			name: "announce " + name, method: "POST", path: announcing, header: header, body: form(files).Encode(), status: 200,
			function: "publish", route: "POST /v3/packages/releases", user: "dev", pkg: name, tablestoreCall: true,
			take: func(a answer) { d.upload = decode[envelope[struct{ URL string }]](t, a).Body.URL },
		})
		from := len(d.log.text())
		d.meter.Reset()
		a := d.ask(t, "PUT", d.upload, bytes.NewReader(pack(t, files)), nil)
		if o := decode[outcome](t, a); !o.Released {
			t.Fatal(o.Message)
		}
		lines := d.accessLines(t, from, 2) // the callback, and later the notification
		d.compare(t, "upload of "+name, lines, 1)
		for i, route := range []string{"callback", "event"} {
			if l := lines[i]; len(lines) != 2 || l.Printer != "fc-registry-ingest" || l.Route != route || l.Status != 200 || l.Package != name || l.Tablestore == 0 {
				t.Errorf("upload of %s: line %+v", name, l)
			}
		}
	}
}

// read reads and downloads the private package in every way.
func (d *logDay) read(t *testing.T) {
	const latest, detail = "/private/releases/latest", "/v3/packages/private/release/latest"
	d.do(t, step{name: "health", method: "GET", path: "/healthz", status: 200, route: "GET /healthz"})
	d.do(t, step{name: "readiness", method: "GET", path: "/readyz", status: 200, function: "query-latest", route: "GET /readyz", tablestoreCall: true})
	for _, s := range []step{
		{name: "nobody", status: 404},
		{name: "bearer", header: bearer(d.Token), status: 200, user: "dev", take: func(a answer) { d.zipball = decode[release](t, a).ZipballURL }},
		{name: "signed", header: signed(d.Token, time.Now()), status: 200, user: "dev"},
		{name: "a wrong token", header: bearer("fcr_wrong-0123456789"), status: 404},
		{name: "masked headers", header: masked(), status: 404},
	} {
		s.method, s.path, s.function, s.route, s.pkg, s.tablestoreCall = "GET", latest, "query-latest", "GET /{name}/releases/latest", "private", true
		d.do(t, s)
	}
	d.do(t, step{name: "details", method: "GET", path: detail, header: signed(d.Token, time.Now()), status: 200, function: "query-latest",
		route: "GET /v3/packages/{name}/release/latest", user: "dev", pkg: "private", tablestoreCall: true})
	d.do(t, step{name: "all", method: "HEAD", path: "/hello/releases", status: 200, function: "query-all", route: "GET /{name}/releases", pkg: "hello", tablestoreCall: true})
	for range 2 { // the first one writes what was counted
		d.do(t, step{name: "download by ticket", method: "GET", path: strings.TrimPrefix(d.zipball, d.Registry), status: 302, function: "download",
			route: "GET /{name}/zipball/{version}", pkg: "private", tablestoreCall: true, take: func(a answer) { d.object = a.header.Get("Location") }})
	}
	if a := d.ask(t, "GET", d.object, nil, nil); a.status != 200 {
		t.Errorf("the ZIP: %d %s", a.status, a.body)
	}
	d.do(t, step{name: "search", method: "GET", path: "/v3/packages/releases?search=hello", status: 200, function: "catalog", route: "GET /v3/packages/releases", tablestoreCall: true})
}

// signIn signs in to the web page, and makes and uses a token there.
func (d *logDay) signIn(t *testing.T) {
	posted := func(cookie string) http.Header {
		h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		if cookie != "" {
			h.Set("Cookie", cookie)
		}
		return h
	}
	d.do(t, step{name: "sign in with a wrong token", method: "POST", path: "/login", header: posted(""), body: "token=fcr_wrong-9876543210", status: 401, function: "web", route: "POST /login"})
	d.do(t, step{name: "sign in", method: "POST", path: "/login", header: posted(""), body: url.Values{"token": {d.Token}}.Encode(), status: 303,
		function: "web", route: "POST /login", user: "dev", tablestoreCall: true,
		take: func(a answer) { d.cookie, _, _ = strings.Cut(a.header.Get("Set-Cookie"), ";") }})
	d.do(t, step{name: "settings", method: "GET", path: "/settings", header: http.Header{"Cookie": {d.cookie}}, status: 200, function: "web", route: "GET /settings", user: "dev", tablestoreCall: true})
	d.do(t, step{name: "a page", method: "GET", path: "/packages/private", header: http.Header{"Cookie": {d.cookie}}, status: 200, function: "web",
		route: "GET /packages/{name}", user: "dev", pkg: "private", tablestoreCall: true})
	d.do(t, step{name: "make a token", method: "POST", path: "/settings/tokens", header: posted(d.cookie), body: "name=ci&scope=all", status: 200,
		function: "web", route: "POST /settings/tokens", user: "dev", tablestoreCall: true,
		take: func(a answer) { d.made = regexp.MustCompile(`fcr_[A-Za-z0-9_-]+`).FindString(string(a.body)) }})
	d.do(t, step{name: "renew it", method: "POST", path: "/v3/user/token", header: bearer(d.made), status: 200, function: "publish", route: "POST /v3/user/token",
		user: "dev", tablestoreCall: true, take: func(a answer) {
			d.made = decode[envelope[struct {
				Token string `json:"safety_code"`
			}]](t, a).Body.Token
		}})
	d.do(t, step{name: "delete with it", method: "DELETE", path: "/v3/packages/hello/release/tags/1.0.0", header: bearer(d.made), status: 200,
		function: "publish", route: "DELETE /v3/packages/{name}/release/tags/{version}", user: "dev", pkg: "hello", tablestoreCall: true})
	d.do(t, step{name: "revoke it", method: "POST", path: "/settings/tokens/ci/revoke", header: posted(d.cookie), status: 303, function: "web",
		route: "POST /settings/tokens/{token}/revoke", user: "dev", tablestoreCall: true})
}

// refusals are requests that are somehow wrong.
func (d *logDay) refusals(t *testing.T) {
	replay := signed(d.Token, time.Now())
	const missing = "/v3/packages/none/release/tags/1.0.0"
	remove := step{name: "delete what is not there", method: "DELETE", path: missing, header: replay.Clone(), status: 404, function: "publish",
		route: "DELETE /v3/packages/{name}/release/tags/{version}", user: "dev", pkg: "none", tablestoreCall: true}
	d.do(t, remove)
	remove.name, remove.header, remove.status = "the same signature again", replay.Clone(), 401
	d.do(t, remove)
	remove.name, remove.header, remove.user = "a wrong signature", signed("fcr_wrong-5555555555", time.Now()), ""
	d.do(t, remove)
	remove.name, remove.header = "a revoked token", bearer(d.made)
	d.do(t, remove)
	for _, s := range []step{
		{name: "a page that is no number", method: "GET", path: "/hello/releases?page=x&ticket=" + d.zipball[len(d.zipball)-40:], status: 422, function: "query-all", route: "GET /{name}/releases", pkg: "hello"},
		{name: "no such path", method: "GET", path: "/hello/" + d.made, status: 404, route: "none"},
		{name: "no such path, in a browser", method: "GET", path: "/hello/nothing", header: http.Header{"Accept": {"text/html"}}, status: 404, function: "web", route: "none"},
		{name: "a wrong method", method: "PUT", path: "/hello/releases", status: 405, route: "/{name}/releases"},
		{name: "a question of a script", method: "OPTIONS", path: "/hello/releases", status: 204, route: "OPTIONS /{name}/releases"},
	} {
		d.do(t, s)
	}
}

// failure lets the storage refuse a call: its error is logged once, where it
// happened, under the request's id and with the service's own.
func (d *logDay) failure(t *testing.T) {
	from := len(d.log.text())
	d.meter.Reset()
	d.tables.Add(fault.Rule{Operation: "GetRow", Action: fault.Fail, Failure: fault.Failure{Status: 403, Code: "OTSAuthFailed", Message: "by the test"}})
	a := d.ask(t, "GET", "/private/releases/latest", nil, bearer(d.Token))
	d.tables.Clear()
	if a.status != 500 || strings.Contains(string(a.body), "OTS") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if lines := d.accessLines(t, from, 2); len(lines) != 2 || lines[0].Status != 500 || lines[1].Status != 500 {
		t.Errorf("lines %+v", lines)
	}
	errors := 0
	for _, line := range d.log.lines(t, from) {
		if line.Message == "request failed" {
			errors++
			if line.Printer != "fc-registry-query-latest" || line.RequestID != a.header.Get("X-Fc-Request-Id") {
				t.Errorf("line %+v", line)
			}
		}
	}
	if text := d.log.text()[from:]; errors != 1 || !regexp.MustCompile(`OTSAuthFailed by the test [0-9A-Z]+-[0-9a-f]+`).MatchString(text) {
		t.Errorf("%d errors in %s", errors, text)
	}
}

// outage makes a function fail while a ticket is on its way to it: it is the
// gateway that logs why, once.
func (d *logDay) outage(t *testing.T) {
	from := len(d.log.text())
	d.functions.Add(fault.Rule{
		Operation: "InvokeFunction", Resource: "fc-registry-download", Action: fault.Fail,
		Failure: fault.Failure{Status: 503, Code: "ServiceUnavailable", Message: "by the test"},
	})
	a := d.ask(t, "GET", d.zipball, nil, nil)
	d.functions.Clear()
	if a.status != 503 {
		t.Errorf("%d %s", a.status, a.body)
	}
	var said []logged
	eventually(t, "the gateway has an access line", func() bool {
		said = d.log.lines(t, from)
		return len(said) > 0 && said[len(said)-1].Message == "access"
	})
	if len(said) != 2 || said[0].Message != "request failed" || said[0].RequestID != said[1].RequestID || said[1].Status != 503 {
		t.Errorf("lines %+v", said)
	}
}

// crowd asks many times at once: each request has its two lines.
func (d *logDay) crowd(t *testing.T) {
	from := len(d.log.text())
	d.meter.Reset()
	const many = 60
	ids := make([]string, many)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			a, err := exchange(t.Context(), "GET", d.Registry+"/v3/packages/private/release?n="+strconv.Itoa(i), nil, bearer(d.Token))
			if err != nil || a.status != 200 {
				t.Errorf("%d, %v", a.status, err)
				return
			}
			ids[i] = a.header.Get("X-Fc-Request-Id")
		})
	}
	all.Wait()
	lines := d.accessLines(t, from, 2*many)
	d.compare(t, "many at once", lines, 0)
	count := make(map[string]int)
	for _, line := range lines {
		count[line.RequestID+line.Printer]++
	}
	for _, id := range ids {
		if count[id+"fc-registry-gateway"] != 1 || count[id+"fc-registry-query-all"] != 1 {
			t.Errorf("request %q has %d and %d lines", id, count[id+"fc-registry-gateway"], count[id+"fc-registry-query-all"])
		}
	}
}

// metrics requires that every line was counted, at an address that is not the
// registry's.
func (d *logDay) metrics(t *testing.T) {
	if a := d.get(t, "/metrics"); a.status != 404 {
		t.Errorf("the registry shows metrics: %d %s", a.status, a.body)
	}
	lines := 0
	for _, line := range d.log.lines(t, 0) {
		if line.Message == "access" {
			lines++
		}
	}
	eventually(t, "the metrics count every line", func() bool {
		total := 0.0
		for _, sample := range regexp.MustCompile(`(?m)^registry_requests_total\{.*\} (\S+)$`).FindAllSubmatch(d.send(t, "GET", d.Metrics, nil, nil).body, -1) {
			n, err := strconv.ParseFloat(string(sample[1]), 64)
			if err != nil {
				t.Fatal(err)
			}
			total += n
		}
		return total >= float64(lines)
	})
}

// TestAWrongVariableIsSaidOnce gives one function an address that is none.
func TestAWrongVariableIsSaidOnce(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const good, bad = "REGISTRY_URL: ${env('REGISTRY_URL')}", "REGISTRY_URL: registry.example.com"
	spec := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(spec, []byte(strings.Replace(string(text), good, bad, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	w := watch(t, spec) // the first function with that variable is query-latest
	for range 5 {
		a := w.get(t, "/hello/releases/latest")
		fails(t, "/hello/releases/latest", a, http.StatusInternalServerError, a.header.Get("X-Fc-Request-Id"))
		if strings.Contains(string(a.body), "REGISTRY_URL") || strings.Contains(string(a.body), "environment") {
			t.Errorf("the client is told %s", a.body)
		}
	}
	if a := w.get(t, "/readyz"); a.status != http.StatusInternalServerError {
		t.Errorf("ready: %d %s", a.status, a.body)
	}
	if a := w.get(t, "/hello/releases"); a.status != http.StatusNotFound {
		t.Errorf("the other functions: %d %s", a.status, a.body)
	}
	w.accessLines(t, 0, 12)
	if got := len(regexp.MustCompile(`(?m)^.*REGISTRY_URL.*$`).FindAllString(w.log.text(), -1)); got != 1 {
		t.Errorf("%d lines name the variable in\n%s", got, w.log.text())
	}
	if strings.Contains(w.log.text(), "request failed") {
		t.Errorf("it is logged for each request:\n%s", w.log.text())
	}
}
