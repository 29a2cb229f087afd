package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

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
