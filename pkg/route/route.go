// Package route is the registry's route table as data: the gateway forwards by
// it, each function serves its part of it, and whoever has a balancer with path
// patterns can set that up from it.
package route

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// The functions behind the gateway, by their names in s.yaml.
const (
	QueryLatest = "query-latest"
	QueryAll    = "query-all"
	Download    = "download"
	Publish     = "publish"
)

// Functions returns the names of all functions behind the gateway.
func Functions() []string { return []string{QueryLatest, QueryAll, Download, Publish} }

// Access is the permission that a route needs.
type Access string

// Read needs none for a public package; Write needs a login.
const (
	Read  Access = "read"
	Write Access = "write"
)

// Route says which function answers a method and path (a pattern of
// net/http.ServeMux).
type Route struct {
	Method   string
	Path     string
	Function string
	Access   Access
}

// Table returns all routes.
func Table() []Route {
	return []Route{
		{"GET", "/{name}/releases", QueryAll, Read},
		{"GET", "/{name}/releases/latest", QueryLatest, Read},
		{"GET", "/{name}/releases/tags/{version}", QueryLatest, Read},
		{"GET", "/{name}/zipball/{version}", Download, Read},

		{"POST", "/v3/packages/releases", Publish, Write},
		{"GET", "/v3/packages/{name}/release", QueryAll, Read},
		{"GET", "/v3/packages/{name}/release/latest", QueryLatest, Read},
		{"GET", "/v3/packages/{name}/release/tags/{version}", QueryLatest, Read},
		{"DELETE", "/v3/packages/{name}/release/tags/{version}", Publish, Write},
		{"POST", "/v3/user/token", Publish, Write},
		{"GET", "/v3/user/check", Publish, Read},
	}
}

// Of returns the routes of one function.
func Of(function string) []Route {
	return slices.DeleteFunc(Table(), func(r Route) bool { return r.Function != function })
}

// Fail answers a request with an error, in the form of its dialect.
type Fail func(w http.ResponseWriter, r *http.Request, err error)

// Handler serves routes by what handle returns for each; every other path and
// method is answered by fail.
func Handler(routes []Route, handle func(Route) http.Handler, fail Fail) http.Handler {
	mux := http.NewServeMux()
	methods := make(map[string][]string)
	for _, r := range routes {
		mux.Handle(r.Method+" "+r.Path, handle(r))
		methods[r.Path] = append(methods[r.Path], r.Method)
	}
	for path, allowed := range methods {
		// Where there is GET, the mux takes HEAD too.
		allow := strings.Replace(strings.Join(allowed, ", "), "GET", "GET, HEAD", 1)
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", allow)
			fail(w, r, registry.Errorf(registry.NotAllowed, "Method %.20s is not allowed here; use %s.", r.Method, strings.Join(allowed, " or ")))
		})
	}
	notFound := func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, registry.Errorf(registry.NotFound, "There is nothing at %.200s in this registry. Check the address.", r.URL.Path))
	}
	mux.HandleFunc("/", notFound)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The mux would redirect a path like //a or /a/../b.
		if !strings.HasPrefix(r.URL.Path, "/") || path.Clean(r.URL.Path) != r.URL.Path {
			notFound(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
