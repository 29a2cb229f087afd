package ingest_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// logLines returns a function that hands over what has been logged since.
func logLines(t *testing.T) func() []map[string]any {
	t.Helper()
	var out bytes.Buffer
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	slog.SetDefault(slog.New(slog.NewJSONHandler(&out, nil)))
	return func() (lines []map[string]any) {
		for decoder := json.NewDecoder(&out); decoder.More(); {
			var line map[string]any
			if err := decoder.Decode(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		return lines
	}
}

// wantRejection requires exactly one line.
func wantRejection(t *testing.T, lines []map[string]any, want map[string]string) {
	t.Helper()
	if len(lines) != 1 || lines[0]["msg"] != "upload rejected" || lines[0]["level"] != "INFO" {
		t.Fatalf("logged %v, want one rejection", lines)
	}
	for key, words := range want {
		if got, ok := lines[0][key].(string); !ok || !strings.Contains(got, words) || words == "" && got != "" {
			t.Errorf("%s is %v, want %q", key, lines[0][key], words)
		}
	}
}

func TestARejectionIsLoggedOnce(t *testing.T) {
	s := newSite(t)
	id := s.upload(t, "2.0.0")
	logged := logLines(t)
	for range 2 {
		s.send(t, "POST", callback(id), http.StatusOK)
		if err := s.Object(t.Context(), registry.UploadKey(id)); err != nil {
			t.Fatal(err)
		}
	}
	wantRejection(t, logged(), map[string]string{
		"request_id": "1-abc", "upload": id, "package": "hello", "version": "1.0.0", "reason": `says Version "2.0.0"`,
	})
}

func TestARejectionIsLoggedWhenNoCallbackCame(t *testing.T) {
	s := newSite(t)
	id := s.upload(t, "2.0.0")
	logged := logLines(t)
	if err := s.Object(respond.WithRequestID(t.Context(), "1-def"), registry.UploadKey(id)); err != nil {
		t.Fatal(err)
	}
	wantRejection(t, logged(), map[string]string{
		"request_id": "1-def", "upload": id, "package": "hello", "version": "1.0.0", "reason": `says Version "2.0.0"`,
	})
}

func TestAnUploadOfNobodyIsLogged(t *testing.T) {
	const id = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	logged := logLines(t)
	newSite(t).send(t, "POST", callback(id), http.StatusOK)
	wantRejection(t, logged(), map[string]string{"upload": id, "package": "", "reason": "Nobody announced this upload"})
}

func TestAReleaseIsNoRejectionInTheLog(t *testing.T) {
	s := newSite(t)
	id := s.upload(t, "1.0.0")
	logged := logLines(t)
	s.send(t, "POST", callback(id), http.StatusOK)
	if lines := logged(); len(lines) > 0 {
		t.Errorf("logged %v", lines)
	}
}
