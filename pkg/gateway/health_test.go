package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/route"
)

func TestHealthNeedsNoFunction(t *testing.T) {
	address, _ := function(t, func(http.ResponseWriter, *http.Request) { t.Error("a function was called") })
	for _, method := range []string{"GET", "HEAD"} {
		response, body := send(t, request(t, method, address+"/healthz", nil))
		if response.StatusCode != http.StatusOK || response.Header.Get("Cache-Control") != "no-store" || method == "GET" && body != `{"status":"ok"}`+"\n" {
			t.Errorf("%s: %d %v %s", method, response.StatusCode, response.Header, body)
		}
	}
}

func TestReadinessIsTheFunctionsAnswer(t *testing.T) {
	address, _ := function(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusServiceUnavailable)
		w.Write([]byte(r.URL.Path))
	})
	if response, body := send(t, request(t, "GET", address+"/readyz", nil)); response.StatusCode != http.StatusServiceUnavailable || body != "/readyz" || len(response.Header["Cache-Control"]) != 1 {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

func TestWhatIsNotReadyIsNamed(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	functions := make(map[string]string)
	for _, name := range route.Functions() {
		functions[name] = gone.URL
	}
	response, body := send(t, request(t, "GET", start(t, functions)+"/readyz", nil))
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Cache-Control") != "no-store" ||
		!strings.Contains(body, "The function query-latest does not answer.") || strings.Contains(body, strings.TrimPrefix(gone.URL, "http://")) {
		t.Errorf("%d %v %s", response.StatusCode, response.Header, body)
	}
}
