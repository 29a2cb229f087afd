package respond_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// capture collects what is logged until the test ends.
func capture(t *testing.T) *bytes.Buffer {
	t.Helper()
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &log
}

// line decodes the one line that was logged.
func line(t *testing.T, log *bytes.Buffer) map[string]string {
	t.Helper()
	var fields map[string]string
	if err := json.Unmarshal(log.Bytes(), &fields); err != nil {
		t.Fatalf("log is not one line: %v: %s", err, log)
	}
	return fields
}

func request(id string) *http.Request {
	r := httptest.NewRequest("GET", "/hello/releases", nil)
	return r.WithContext(respond.WithRequestID(r.Context(), id))
}

func TestEachCodeHasItsStatus(t *testing.T) {
	capture(t)
	tests := map[registry.Code]int{
		registry.Internal:        http.StatusInternalServerError,
		registry.Invalid:         http.StatusUnprocessableEntity,
		registry.Malformed:       http.StatusBadRequest,
		registry.Unauthenticated: http.StatusUnauthorized,
		registry.Forbidden:       http.StatusForbidden,
		registry.NotFound:        http.StatusNotFound,
		registry.NotAllowed:      http.StatusMethodNotAllowed,
		registry.Conflict:        http.StatusConflict,
		registry.Unavailable:     http.StatusServiceUnavailable,
		registry.Code(99):        http.StatusInternalServerError,
	}
	for code, want := range tests {
		if status, _ := respond.Failure(request("id"), registry.Errorf(code, "Words.")); status != want {
			t.Errorf("code %d has status %d, want %d", code, status, want)
		}
	}
}

func TestTheClientIsToldTheMessageAndTheLogTheCause(t *testing.T) {
	secret := errors.New("row 7 of table packages")
	told := &registry.Error{Code: registry.NotFound, Message: "Package x is missing.", Err: secret}
	busy := &registry.Error{Code: registry.Unavailable, Message: "Storage is busy.", Err: secret}
	internal := &registry.Error{Code: registry.Internal, Message: "Not for clients.", Err: secret}
	tests := map[string]struct {
		err    error
		status int
		words  string
		level  string // of the log line, "" for none
	}{
		"the client's own doing":     {told, 404, "Package x is missing.", ""},
		"wrapped on its way":         {fmt.Errorf("find: %w", told), 404, "Package x is missing.", ""},
		"storage that is busy":       {busy, 503, "Storage is busy.", "WARN"},
		"an error without a code":    {secret, 500, "request id 1-abc", "ERROR"},
		"an error that is internal":  {internal, 500, "request id 1-abc", "ERROR"},
		"internal, wrapped on a way": {fmt.Errorf("at work: %w", internal), 500, "request id 1-abc", "ERROR"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			log := capture(t)
			status, message := respond.Failure(request("1-abc"), test.err)
			if status != test.status || !strings.Contains(message, test.words) {
				t.Errorf("got %d %q, want %d and %q", status, message, test.status, test.words)
			}
			if strings.Contains(message, "row 7") || strings.Contains(message, "Not for clients") {
				t.Errorf("the client is told internals: %q", message)
			}
			if test.level == "" {
				if log.Len() > 0 {
					t.Errorf("the client's own doing was logged: %s", log)
				}
				return
			}
			got := line(t, log)
			if got["level"] != test.level || got["request_id"] != "1-abc" || got["method"] != "GET" || got["path"] != "/hello/releases" {
				t.Errorf("logged %v", got)
			}
			if !strings.Contains(got["error"], "row 7 of table packages") {
				t.Errorf("the log does not have the cause: %v", got)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	tests := map[string]struct {
		status     int
		value      any
		wantStatus int
		wantBody   string
		retry      string
	}{
		"an object":              {201, map[string]int{"n": 1}, 201, `{"n":1}`, ""},
		"URLs as they are":       {200, "http://h/?a=1&b=<2>", 200, `"http://h/?a=1&b=<2>"`, ""},
		"busy, with a time":      {503, "busy", 503, `"busy"`, "5"},
		"what can't be encoded":  {200, func() {}, 500, `{}`, ""},
		"text beyond any markup": {200, "包\u2028\x00", 200, `"包\u2028\u0000"`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			capture(t)
			w := httptest.NewRecorder()
			respond.JSON(w, test.status, test.value)
			if body := strings.TrimSpace(w.Body.String()); w.Code != test.wantStatus || body != test.wantBody {
				t.Errorf("got %d %s, want %d %s", w.Code, body, test.wantStatus, test.wantBody)
			}
			h := w.Header()
			if h.Get("Content-Type") != "application/json; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Retry-After") != test.retry {
				t.Errorf("header %v", h)
			}
		})
	}
}

func TestARequestWithoutAnIDHasAnEmptyOne(t *testing.T) {
	if id := respond.RequestID(t.Context()); id != "" {
		t.Errorf("got %q", id)
	}
}
