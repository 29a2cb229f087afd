package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestARegistryIsNamedByItsVariables(t *testing.T) {
	cases := map[string]struct{ text, key, endpoint string }{
		"lines":                 {"MASTER_KEY=a=b\nOSS_ENDPOINT=https://oss\n", "a=b", "https://oss"},
		"quotes, as in a shell": {"export MASTER_KEY='a b'\n  OSS_ENDPOINT=\"https://oss\"", "a b", "https://oss"},
		"comments":              {"# mine\n\nMASTER_KEY=a#b\r\nOSS_ENDPOINT=\"\r\n", "a#b", `"`},
		"a -ready file":         {`{"master_key": "a", "oss": "http://127.0.0.1:1"}`, "a", "http://127.0.0.1:1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			getenv, err := environment(write(t, c.text))
			if err != nil {
				t.Fatal(err)
			}
			if key, endpoint := getenv("MASTER_KEY"), getenv("OSS_ENDPOINT"); key != c.key || endpoint != c.endpoint || getenv("PATH") != "" {
				t.Errorf("got %q and %q, want %q and %q", key, endpoint, c.key, c.endpoint)
			}
		})
	}
	for _, text := range []string{"MASTER_KEY", "\n=x", "{"} {
		if _, err := environment(write(t, text)); err == nil || !strings.Contains(err.Error(), "file") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSelections(t *testing.T) {
	var o options
	f := o.flags()
	words, err := split(f, []string{"export", "-package", "a,b", "dir", "-since", "2026-01-31", "-package", "c"})
	if err != nil || !slices.Equal(words, []string{"export", "dir"}) {
		t.Fatalf("%v, %v", words, err)
	}
	s, err := o.selection()
	if err != nil || !slices.Equal(s.Packages, []string{"a", "b", "c"}) || !s.Since.Equal(time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := (&options{}).selection(); err != nil || s.Packages != nil || !s.Since.IsZero() {
		t.Errorf("of nothing: %+v, %v", s, err)
	}
	if _, err := (&options{since: "soon"}).selection(); err == nil {
		t.Error("soon is a time")
	}
}

func TestProgressIsOneLine(t *testing.T) {
	p := new(registry.Progress)
	if got, want := state(p, time.Second, true), "0 of 0 releases, 0 B of 0 B, 0 B/s, 0 were there"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.ToDo.Store(4)
	p.Done.Store(1)
	p.Skipped.Store(1)
	p.Bytes.Store(1_500_000)
	p.ToDoBytes.Store(3_000_000_000)
	line := "1 of 4 releases, 1.5 MB of 3.0 GB, 750.0 KB/s, 1 were there"
	if got := state(p, 2*time.Second, false); got != line {
		t.Errorf("%q, want %q", got, line)
	}
	bar := "[" + strings.Repeat("=", barWidth/2) + strings.Repeat(" ", barWidth/2) + "] "
	if got := state(p, 2*time.Second, true); got != bar+line {
		t.Errorf("%q, want %q", got, bar+line)
	}
}
