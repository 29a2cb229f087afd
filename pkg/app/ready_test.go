package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/memory"
)

func TestReadyWhenTheTablesAnswer(t *testing.T) {
	w := httptest.NewRecorder()
	ready(memory.NewCatalog())(w, httptest.NewRequest("GET", "/readyz", nil))
	if w.Code != http.StatusOK || w.Body.String() != `{"status":"ready"}`+"\n" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestNotReadyWhenTheTablesDoNotAnswer(t *testing.T) {
	message := send(t, build(t, QueryLatest).HTTP, "GET", "/readyz", http.StatusServiceUnavailable)
	if !strings.Contains(message, "The registry's tables do not answer.") || strings.Contains(message, "127.0.0.1") {
		t.Errorf("message %q", message)
	}
}
