package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/local"
)

// printed is all that functions have printed.
type printed struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (p *printed) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(text)
}

func (p *printed) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// logged is a JSON line of a function's log.
type logged struct {
	Printer    string `json:"-"` // the function that printed it
	Message    string `json:"msg"`
	RequestID  string `json:"request_id"`
	Invocation string `json:"invocation_id"`
	Function   string
	Method     string
	Route      string
	Status     int
	Bytes      int
	Tablestore int64 `json:"tablestore_calls"`
	OSS        int64 `json:"oss_calls"`
	ReadUnits  int64 `json:"read_units"`
	WriteUnits int64 `json:"write_units"`
	User       string
	Package    string
	Client     string
	UserAgent  string `json:"user_agent"`
}

// lines reads what was printed behind the first bytes.
func (p *printed) lines(t *testing.T, from int) []logged {
	t.Helper()
	var all []logged
	for text := range strings.Lines(p.text()[from:]) {
		function, rest, _ := strings.Cut(strings.TrimPrefix(text, "["), "] ")
		if !strings.HasPrefix(rest, "{") {
			continue
		}
		line := logged{Printer: function}
		if err := json.Unmarshal([]byte(rest), &line); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		all = append(all, line)
	}
	return all
}

// watched is a registry whose log, costs and secrets are watched.
type watched struct {
	*registry
	log     *printed
	meter   *meter.Meter
	tables  *fault.Plan
	cloud   *local.Cloud
	secrets map[string]string // what each is, by its text
}

func watch(t *testing.T, spec string) *watched {
	t.Helper()
	w := &watched{log: new(printed), meter: new(meter.Meter), tables: new(fault.Plan), secrets: make(map[string]string)}
	functions := new(fault.Plan)
	cloud, err := local.Start(t.Context(), local.Options{
		Root: root, Spec: spec, Addr: freeAddress(t), Output: w.log, Meter: w.meter, Metrics: true, NoTimers: true, Patience: slowness,
		Faults: local.Faults{Tablestore: w.tables, FC: functions},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.cloud, w.registry = cloud, &registry{cloud.Ready, functions}
	t.Cleanup(func() { w.stop(t) })
	w.secret("the first token", w.Token)
	w.secret("the master key", w.MasterKey)
	w.secret("the account's secret", w.AccessKeySecret)
	return w
}

// stop ends all functions, which then have said all.
func (w *watched) stop(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.cloud.Close(ctx); err != nil {
		t.Error(err)
	}
	if t.Failed() {
		t.Logf("the functions' log:\n%s", w.log.text())
	}
}

func (w *watched) secret(what, text string) {
	if text != "" && !strings.Contains(text, "***") { // masked
		w.secrets[text] = what
	}
}

// ask sends one request, and notes the secrets in it and in its answer.
func (w *watched) ask(t *testing.T, method, address string, body io.Reader, header http.Header) answer {
	t.Helper()
	if header == nil {
		header = http.Header{}
	}
	for name, what := range map[string]string{"Token": "a token's hash", "Sign_code": "a signature", "Cookie": "a cookie"} {
		w.secret(what, header.Get(name))
	}
	w.secret("a bearer token", strings.TrimPrefix(header.Get("Authorization"), "Bearer "))
	w.noteAddress(t, address)
	a := w.send(t, method, address, body, header)
	cookie, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	_, value, _ := strings.Cut(cookie, "=")
	w.secret("a cookie's value", value)
	if location := a.header.Get("Location"); location != "" {
		w.noteAddress(t, location)
	}
	for _, found := range regexp.MustCompile(`https?://[^\s"<>\\]+|fcr_[A-Za-z0-9_-]+`).FindAllString(string(a.body), -1) {
		if strings.HasPrefix(found, "fcr_") {
			w.secret("a token that was made", found)
			continue
		}
		w.noteAddress(t, found)
	}
	return a
}

// noteAddress notes what an address carries; of a signed one, also the secret
// that signed it.
func (w *watched) noteAddress(t *testing.T, address string) {
	u, err := url.Parse(address)
	if err != nil {
		return // it is none
	}
	query := u.Query()
	for _, name := range []string{"ticket", "x-oss-signature", "x-oss-security-token", "callback"} {
		w.secret(name, query.Get(name))
	}
	key, _, _ := strings.Cut(query.Get("x-oss-credential"), "/")
	if key == "" {
		return
	}
	w.secret("a temporary key", key)
	secret, err := w.cloud.Functions.Account.Secret(key, query.Get("x-oss-security-token"))
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	w.secret("a temporary key's secret", secret)
}

// accessLines waits until each invocation that was counted since the meter was
// set to zero has its access line, and there are at least so many.
func (w *watched) accessLines(t *testing.T, from, atLeast int) []logged {
	t.Helper()
	var access []logged
	eventually(t, "every invocation has an access line", func() bool {
		access = nil
		count := make(map[string]int64)
		for _, line := range w.log.lines(t, from) {
			if line.Message == "access" {
				access = append(access, line)
				count[line.Printer]++
			}
		}
		for _, row := range w.meter.Snapshot() {
			if row.Service == "fc" && count[row.Resource] != row.Calls {
				return false
			}
		}
		return len(access) >= atLeast
	})
	return access
}

// used sums up what the services have counted.
func (w *watched) used() (all logged) {
	for _, row := range w.meter.Snapshot() {
		switch row.Service {
		case "tablestore":
			all.Tablestore += row.Calls
			all.ReadUnits += row.Read
			all.WriteUnits += row.Write
		case "oss":
			all.OSS += row.Calls
		}
	}
	return all
}
