package fcrun

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aliyun/fc-runtime-go-sdk/fccontext"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// loggedBy returns what a function logs, line by line.
func loggedBy(t *testing.T, run func()) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewJSONHandler(&out, nil)))
	run()
	var lines []map[string]any
	for decoder := json.NewDecoder(&out); decoder.More(); {
		var line map[string]any
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

// wantLine requires one access line with these fields.
func wantLine(t *testing.T, lines []map[string]any, want map[string]any) {
	t.Helper()
	if len(lines) != 1 || lines[0]["msg"] != "access" || lines[0]["level"] != "INFO" {
		t.Fatalf("logged %v, want one access line", lines)
	}
	for name, value := range want {
		if lines[0][name] != value {
			t.Errorf("%s is %v, want %v", name, lines[0][name], value)
		}
	}
	if ms, ok := lines[0]["duration_ms"].(float64); !ok || ms < 0 || ms > 60_000 {
		t.Errorf("duration_ms is %v", lines[0]["duration_ms"])
	}
	for _, name := range []string{"time", "tablestore_calls", "oss_calls", "read_units", "write_units", "user", "package"} {
		if _, ok := lines[0][name]; !ok {
			t.Errorf("%s is missing in %v", name, lines[0])
		}
	}
}

// served is a handler that takes something of the storage.
func served(w http.ResponseWriter, r *http.Request) {
	of := trace.From(r.Context())
	of.ID, of.Route, of.User, of.Package = "of-the-gateway", "GET /{name}/releases", "ann", "hello"
	of.CountTablestore(3, 2)
	of.CountOSS()
	w.WriteHeader(http.StatusNotFound)
	io.WriteString(w, "12345")
}

func TestARequestHasOneLineInEitherRuntime(t *testing.T) {
	t.Setenv("FC_FUNCTION_NAME", "registry-query-all")
	want := map[string]any{
		"request_id": "of-the-gateway", "invocation_id": "1-abc", "function": "registry-query-all", "route": "GET /{name}/releases",
		"method": "GET", "status": 404.0, "bytes": 5.0, "tablestore_calls": 1.0, "oss_calls": 1.0, "read_units": 3.0, "write_units": 2.0,
		"user": "ann", "package": "hello", "client": "198.51.100.7", "user_agent": "s/3.1.10",
	}
	s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(served)}
	t.Run("custom", func(t *testing.T) {
		wantLine(t, loggedBy(t, func() {
			ask(s, "GET", "/hello/releases", "", "User-Agent", "s/3.1.10", "X-Forwarded-For", "198.51.100.7")
		}), want)
	})
	t.Run("go1", func(t *testing.T) {
		ctx := fccontext.NewContext(t.Context(), &fccontext.FcContext{RequestID: "1-abc"})
		event := `{"rawPath":"/hello/releases","headers":{"User-Agent":"s/3.1.10","X-Forwarded-For":"198.51.100.7"},"requestContext":{"http":{"method":"GET"}}}`
		wantLine(t, loggedBy(t, func() {
			if _, err := invoke(ctx, s, []byte(event)); err != nil {
				t.Error(err)
			}
		}), want)
	})
}

func TestTheStatusAndTheSizeAreThoseSent(t *testing.T) {
	tests := map[string]struct {
		method  string
		handler http.HandlerFunc
		status  float64
		bytes   float64
	}{
		"nothing written":     {"GET", func(http.ResponseWriter, *http.Request) {}, 200, 0},
		"a body alone":        {"GET", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ab") }, 200, 2},
		"HEAD":                {"HEAD", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ab") }, 200, 0},
		"a panic":             {"GET", func(http.ResponseWriter, *http.Request) { panic("no good") }, 500, 0},
		"a panic, half done":  {"GET", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "a"); panic("no good") }, 200, 1},
		"the first one wins":  {"GET", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); w.WriteHeader(500) }, 201, 0},
		"no pattern, no user": {"PURGE", http.NotFound, 404, 19},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := Service{Role: new(credentials.Role), HTTP: test.handler}
			lines := loggedBy(t, func() {
				defer func() { _ = recover() }()
				ask(s, test.method, "/", "")
			})
			wantLine(t, lines, map[string]any{"method": test.method, "status": test.status, "bytes": test.bytes, "route": "none", "user": "", "package": ""})
		})
	}
}

func TestAnAnnouncementIsNoAnswer(t *testing.T) {
	s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
	})}
	lines := loggedBy(t, func() {
		server := httptest.NewServer(http.HandlerFunc(s.serve))
		defer server.Close() // waits for the handler
		response, err := http.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	})
	wantLine(t, lines, map[string]any{"status": 418.0})
}

func TestALineHoldsNoSecretAndIsShort(t *testing.T) {
	long := strings.Repeat("x", 99) + "é" + strings.Repeat("y", 5000)
	s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		trace.From(r.Context()).Package = long
	})}
	lines := loggedBy(t, func() {
		ask(s, "GET", "/SECRET/zipball/1.0.0?ticket=SECRET", "SECRET", "Authorization", "Bearer SECRET", "token", "SECRET", "sign_code", "SECRET",
			"nonce", "SECRET", "Cookie", "session=SECRET", "X-Fc-Access-Key-Id", "SECRET", "X-Fc-Access-Key-Secret", "SECRET",
			"X-Fc-Security-Token", "SECRET", "Referer", "http://x/?ticket=SECRET", "User-Agent", long, "X-Forwarded-For", long)
	})
	wantLine(t, lines, map[string]any{"user_agent": long[:99], "package": long[:128], "client": long[:64]})
	if text, err := json.Marshal(lines); err != nil || bytes.Contains(text, []byte("SECRET")) {
		t.Errorf("logged %s, %v", text, err)
	}
}

func TestEventsHaveALine(t *testing.T) {
	unread := Service{Role: new(credentials.Role)}
	of := fccontext.NewContext(t.Context(), &fccontext.FcContext{RequestID: "1-abc"})
	wantLine(t, loggedBy(t, func() { _, _ = invoke(of, unread, []byte("{")) }), map[string]any{"route": "event", "status": 500.0})
	for _, test := range []struct {
		err    error
		status float64
	}{{nil, 200}, {errors.New("no good"), 500}} {
		do := func(ctx context.Context) error { trace.From(ctx).CountTablestore(1, 0); return test.err }
		s := Service{Role: new(credentials.Role), Stop: do, Object: func(ctx context.Context, _ string) error { return do(ctx) }}
		ctx := fccontext.NewContext(t.Context(), &fccontext.FcContext{RequestID: "1-abc"})
		for name, test := range map[string]struct {
			route string
			run   func()
		}{
			"go1, object":    {"event", func() { _, _ = invoke(ctx, s, ossEvent("uploads/a.zip")) }},
			"custom, object": {"event", func() { ask(s, "POST", "/invoke", string(ossEvent("uploads/a.zip"))) }},
			"go1, stop":      {"stop", func() { s.stop(ctx) }},
			"custom, stop":   {"stop", func() { ask(s, "GET", "/pre-stop", "") }},
		} {
			t.Run(name, func(t *testing.T) {
				lines := loggedBy(t, test.run)
				if len(lines) == 0 {
					t.Fatal("nothing was logged")
				}
				want := map[string]any{"request_id": "1-abc", "route": test.route, "tablestore_calls": 1.0, "read_units": 1.0}
				wantLine(t, lines[:1], want)
			})
		}
		if lines := loggedBy(t, func() { s.stop(ctx) }); lines[0]["status"] != test.status {
			t.Errorf("status %v, want %v", lines[0]["status"], test.status)
		}
	}
}
