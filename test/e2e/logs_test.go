package e2e

import (
	"net/http"
	"strings"
	"testing"
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
	d.old(t)
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
