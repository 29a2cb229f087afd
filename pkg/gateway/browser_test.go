package gateway_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/route"
)

const browsersAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

// named starts functions that answer with their name and what they were asked.
func named(t *testing.T) string {
	t.Helper()
	functions := make(map[string]string)
	for _, name := range route.Functions() {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, name, " ", r.Method, " ", r.RequestURI)
		}))
		t.Cleanup(server.Close)
		functions[name] = server.URL
	}
	return start(t, functions)
}

// Where nothing is, a person gets a page, and a program what it can read.
func TestWhoAsksForNothingIsAnsweredInItsLanguage(t *testing.T) {
	address := named(t)
	for _, target := range []string{"/nothing", "/v3/nothing", "/users", "/hello/", "/hello%2Fworld", "/./hello/releases", "/a/../b", "/nothing?a=%20b"} {
		for _, test := range []struct {
			method, accept string
			page           bool
		}{
			{"GET", browsersAccept, true}, {"GET", "text/html", true},
			{"GET", "", false}, {"GET", "*/*", false}, {"GET", "application/json", false}, {"POST", browsersAccept, false}, {"PUT", "text/html", false},
		} {
			r := request(t, test.method, address+target, nil)
			if test.accept != "" {
				r.Header.Set("Accept", test.accept)
			}
			response, body := send(t, r)
			if page := body == "web GET "+target; response.StatusCode != http.StatusNotFound || page != test.page {
				t.Errorf("%s %s, Accept %q: %d %s", test.method, target, test.accept, response.StatusCode, body)
			}
			if !test.page && !strings.HasPrefix(body, `{"message":"There is nothing at `) {
				t.Errorf("%s %s, Accept %q: %s", test.method, target, test.accept, body)
			}
		}
	}
}

// Whatever a path's function says, and that a method is wrong, stays as it is.
func TestABrowserThatAsksForSomethingGetsIt(t *testing.T) {
	address := named(t)
	for target, want := range map[string]string{
		"/hello/releases": "query-all GET /hello/releases", "/v3/packages/hello/release": "query-all GET /v3/packages/hello/release", "/search?q=x": "web GET /search?q=x",
	} {
		r := request(t, "GET", address+target, nil)
		r.Header.Set("Accept", browsersAccept)
		if _, body := send(t, r); body != want {
			t.Errorf("%s: %s, want %s", target, body, want)
		}
	}
	r := request(t, "GET", address+"/v3/user/token", nil)
	r.Header.Set("Accept", browsersAccept)
	if response, body := send(t, r); response.StatusCode != http.StatusMethodNotAllowed || !strings.HasPrefix(body, `{"message":`) {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

// The gateway itself answers a browser that asks whether it may ask.
func TestBrowsersQuestionsEndAtTheGateway(t *testing.T) {
	address, _ := function(t, func(http.ResponseWriter, *http.Request) { t.Error("the function was called") })
	r := request(t, "OPTIONS", address+"/v3/packages/releases?page=-1", nil)
	r.Header.Set("Origin", "https://www.example.com")
	if response, _ := send(t, r); response.StatusCode != http.StatusNoContent || response.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %v", response.StatusCode, response.Header)
	}
}

// The official website's scripts see why a list can't be read, and browsers want
// to be told once that they may.
func TestOtherWebsitesSeeAnswersAndFailures(t *testing.T) {
	origins := func(address, method, target string) []string {
		r := request(t, method, address+target, nil)
		r.Header.Set("Origin", "https://www.example.com")
		response, _ := send(t, r)
		return response.Header.Values("Access-Control-Allow-Origin")
	}
	serving, _ := function(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Access-Control-Allow-Origin", "*") })
	crashed, _ := function(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Fc-Error-Type", "UnhandledInvocationError")
		w.WriteHeader(http.StatusBadGateway)
	})
	for _, address := range []string{serving, crashed} {
		for target, want := range map[string]int{"/v3/packages/releases": 1, "/hello/releases": 1, "/login": 0, "/settings": 0} {
			if got := origins(address, "GET", target); len(got) != want {
				t.Errorf("%s: allowed to %q", target, got)
			}
		}
		if got := origins(address, "POST", "/v3/packages/releases"); len(got) > 0 {
			t.Errorf("a change is allowed to %q", got)
		}
	}
}
