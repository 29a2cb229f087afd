package app

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/route"
)

// Scripts of other websites may see what everybody may read, and why it failed:
// here the storage is out of reach. What changes something, or knows who signed
// in, is not theirs.
func TestOtherWebsitesSeeWhatCanBeReadAndItsErrors(t *testing.T) {
	for name, f := range functions() {
		if len(route.Of(name)) == 0 {
			continue
		}
		h := build(t, f).HTTP
		for _, r := range route.Of(name) {
			for _, method := range []string{r.Method, http.MethodHead, http.MethodOptions} {
				if method != r.Method && r.Method != http.MethodGet {
					continue
				}
				w := httptest.NewRecorder()
				request := httptest.NewRequest(method, example(r), nil)
				request.Header.Set("Origin", "https://www.example.com")
				h.ServeHTTP(w, request)
				want := ""
				if r.Access == route.Read {
					want = "*"
				}
				if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
					t.Errorf("%s: %s %s is answered with %d, allowed to %q, want %q", name, method, r.Path, w.Code, got, want)
				}
			}
		}
	}
}
