package route_test

import (
	"net/http/httptest"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

func TestTheAccessLineIsToldThePatternAndThePackage(t *testing.T) {
	h := serve(route.Table())
	for _, test := range []struct{ method, target, route, pkg string }{
		{"GET", "/hello/zipball/1.0.0?ticket=x", "GET /{name}/zipball/{version}", "hello"},
		{"HEAD", "/hello/releases", "GET /{name}/releases", "hello"},
		{"PUT", "/hello/releases", "/{name}/releases", "hello"},
		{"OPTIONS", "/hello/releases", "OPTIONS /{name}/releases", "hello"},
		{"GET", "/v3/packages/hello/release/latest", "GET /v3/packages/{name}/release/latest", "hello"},
		{"GET", "/packages/hello", "GET /packages/{name}", "hello"},
		{"GET", "/simple/hello/releases", "GET /simple/{name}/releases", "hello"},
		{"GET", "/simple/devsapp/hello/zipball/1.0.0?ticket=x", "GET /simple/{provider}/{name}/zipball/{version}", "hello"},
		{"GET", "/simple/hello/zipball/releases", "GET /simple/{name}/zipball/{version}", "hello"},
		{"GET", "/orgs/acme", "GET /orgs/{name}", ""},
		{"GET", "/users/ann", "GET /users/{name}", ""},
		{"POST", "/settings/tokens/ci/revoke", "POST /settings/tokens/{token}/revoke", ""},
		{"GET", "/", "GET /{$}", ""},
		{"GET", "/nothing/here", "", ""},
		{"GET", "//hello//releases", "GET /{name}/releases", "hello"},
		{"GET", "/v3//packages/hello/release", "GET /v3/packages/{name}/release", "hello"},
		{"GET", "/./hello/releases", "", ""},
	} {
		of := new(trace.Request)
		r := httptest.NewRequest(test.method, test.target, nil)
		h.ServeHTTP(httptest.NewRecorder(), r.WithContext(trace.With(r.Context(), of)))
		if of.Route != test.route || of.Package != test.pkg {
			t.Errorf("%s %s: route %q, package %q; want %q, %q", test.method, test.target, of.Route, of.Package, test.route, test.pkg)
		}
	}
}
