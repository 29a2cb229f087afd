package route_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/route"
)

// FuzzHandler sends any method and path: every request is answered by exactly
// one route or refused in the dialect's form, and none is redirected.
func FuzzHandler(f *testing.F) {
	for _, r := range route.Table() {
		f.Add(r.Method, r.Path)
	}
	f.Add("GET", "/a//b")
	f.Add("GET", "/%2e%2e/releases")
	f.Add("GET", "/a%2Fb/releases/latest")
	f.Add("CONNECT", "*")
	f.Add("OPTIONS", "/hello/releases")
	f.Add("OPTIONS", "/users/hello")
	f.Fuzz(func(t *testing.T, method, path string) {
		address, err := url.ParseRequestURI("/" + strings.TrimPrefix(path, "/"))
		if err != nil {
			return
		}
		answers := 0
		handler := route.Handler(route.Table(), func(route.Route) http.Handler {
			return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				answers++
				if name := r.PathValue("name"); strings.Contains(r.URL.Path, "/releases") && !strings.Contains(r.URL.Path, name) {
					t.Errorf("name %q is not in path %q", name, r.URL.Path)
				}
			})
		}, func(_ http.ResponseWriter, _ *http.Request, err error) {
			answers++
			if c := registry.CodeOf(err); c != registry.NotFound && c != registry.NotAllowed {
				t.Errorf("refused with %v", err)
			}
		})
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, &http.Request{Method: method, URL: address, RequestURI: address.RequestURI(), Header: http.Header{}})
		if method == http.MethodOptions && w.Code == http.StatusNoContent && answers == 0 {
			return // a browser's question
		}
		if answers != 1 || w.Code != http.StatusOK {
			t.Errorf("%q %q: %d answers, status %d of the mux itself", method, path, answers, w.Code)
		}
	})
}
