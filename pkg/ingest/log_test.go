package ingest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	if len(lines) != 1 || lines[0]["msg"] != "upload refused" || lines[0]["level"] != "WARN" {
		t.Fatalf("logged %v, want one refusal", lines)
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
		"request_id": "1-abc", "upload": id, "package": "hello", "version": "1.0.0", "publisher": "alice", "reason": `says Version "2.0.0"`,
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
		"request_id": "1-def", "upload": id, "package": "hello", "version": "1.0.0", "publisher": "alice", "reason": `says Version "2.0.0"`,
	})
}

// A refusal is logged though the publisher can't be told yet: the next report
// tells, and does not log it again.
func TestARefusalIsLoggedWhenItCannotBeTold(t *testing.T) {
	s := newSite(t)
	id := s.upload(t, "2.0.0")
	attempts := s.Ingesting.Attempts
	s.Ingesting.Attempts = untold{attempts}
	logged := logLines(t)
	if err := s.Object(t.Context(), registry.UploadKey(id)); err == nil {
		t.Error("it is not notified again")
	}
	wantRejection(t, logged(), map[string]string{"upload": id, "version": "1.0.0"})
	s.Ingesting.Attempts = attempts
	if err := s.Object(t.Context(), registry.UploadKey(id)); err != nil {
		t.Error(err)
	}
	if lines := logged(); len(lines) > 0 {
		t.Errorf("logged %v", lines)
	}
	if a, err := attempts.Attempt(t.Context(), "alice", "hello", "1.0.0"); err != nil || a.State != registry.AttemptRefused {
		t.Errorf("attempt %+v, %v", a, err)
	}
}

// untold keeps no refusal.
type untold struct{ registry.Attempts }

func (u untold) PutAttempt(ctx context.Context, a registry.Attempt) error {
	if a.State == registry.AttemptRefused {
		return errors.New("no disk")
	}
	return u.Attempts.PutAttempt(ctx, a)
}

func TestAnUploadOfNobodyIsLogged(t *testing.T) {
	const id = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	logged := logLines(t)
	newSite(t).send(t, "POST", callback(id), http.StatusOK)
	if lines := logged(); len(lines) != 1 || lines[0]["msg"] != "unknown upload" || lines[0]["level"] != "INFO" || lines[0]["upload"] != id {
		t.Errorf("logged %v", lines)
	}
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
