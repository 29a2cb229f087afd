// Package route is the registry's route table as data: the gateway forwards by
// it, each function serves its part of it, and whoever has a balancer with path
// patterns can set that up from it.
package route

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// The functions behind the gateway, by their names in s.yaml.
const (
	QueryLatest = "query-latest"
	QueryAll    = "query-all"
	Download    = "download"
	Publish     = "publish"
	Catalog     = "catalog"
	Web         = "web"
	Simple      = "simple"
)

// Gateway is the function that the public address belongs to.
const Gateway = "gateway"

// Where whoever watches the registry asks: whether it answers at all, and
// whether it can do what it is for.
const (
	Health = "/healthz"
	Ready  = "/readyz"
)

// Functions returns the names of all functions behind the gateway.
func Functions() []string {
	return []string{QueryLatest, QueryAll, Download, Publish, Catalog, Web, Simple}
}

// simple begins the paths that may name a provider.
const simple = "simple"

// Access is the permission that a route needs.
type Access string

// Read needs none for a public package, and scripts of other websites may call
// it; Write needs a login; Page is for browsers, and knows who signed in;
// Misplaced tells everybody where to ask instead.
const (
	Read      Access = "read"
	Write     Access = "write"
	Page      Access = "page"
	Misplaced Access = "misplaced"
)

// Route says which function answers a method and path (a pattern of
// net/http.ServeMux).
type Route struct {
	Method   string
	Path     string
	Function string
	Access   Access
}

// v3 begins the paths of the CLI's dialect.
const v3 = "/v3"

// Table returns all routes.
func Table() []Route {
	table := served()
	for _, r := range table {
		// A CLI whose registry address lacks /v3 asks for the same paths at the root.
		if path, ok := strings.CutPrefix(r.Path, v3); ok {
			table = append(table, Route{r.Method, path, Web, Misplaced})
		}
	}
	return table
}

// served are the routes that lead to what the registry is for.
func served() []Route {
	return []Route{
		{"GET", "/{name}/releases", QueryAll, Read},
		{"GET", "/{name}/releases/latest", QueryLatest, Read},
		{"GET", "/{name}/releases/tags/{version}", QueryLatest, Read},
		{"GET", "/{name}/zipball/{version}", Download, Read},

		{"POST", "/v3/packages/releases", Publish, Write},
		{"GET", "/v3/packages/{name}/release", QueryAll, Read},
		{"GET", "/v3/packages/{name}/release/latest", QueryLatest, Read},
		{"GET", "/v3/packages/{name}/release/tags/{version}", QueryLatest, Read},
		{"GET", "/v3/packages/{name}/zipball/{version}", Download, Read},
		{"DELETE", "/v3/packages/{name}/release/tags/{version}", Publish, Write},
		{"POST", "/v3/user/token", Publish, Write},
		{"GET", "/v3/user/check", Publish, Read},

		{"GET", "/v3/packages/releases", Catalog, Read},
		{"GET", "/v3/package/user", Catalog, Read},
		{"GET", "/v3/common/categories", Catalog, Read},
		{"GET", "/v3/common/providers", Catalog, Read},
		{"GET", "/v3/console/1/tabs/5", Catalog, Read},

		{"GET", "/simple/{name}/releases", QueryAll, Read},
		{"GET", "/simple/{name}/releases/latest", QueryLatest, Read},
		{"GET", "/simple/{name}/zipball/{version}", Simple, Read},
		{"GET", "/simple/{provider}/{name}/releases", QueryAll, Read},
		{"GET", "/simple/{provider}/{name}/releases/latest", QueryLatest, Read},
		{"GET", "/simple/{provider}/{name}/zipball/{version}", Simple, Read},
		{"POST", "/package/publish", Publish, Write},
		{"POST", "/package/delete", Publish, Write},
		{"POST", "/center/package/publish", Catalog, Write},

		{"GET", "/{$}", Web, Page},
		{"GET", "/search", Web, Page},
		{"GET", "/search/suggest", Web, Page},
		{"GET", "/packages/{name}", Web, Page},
		{"GET", "/packages/{name}/versions/{version}", Web, Page},
		{"GET", "/orgs/{name}", Web, Page},
		{"GET", "/users/{name}", Web, Page},
		{"GET", "/packages/{name}/webhooks", Web, Page},
		{"POST", "/packages/{name}/webhooks", Web, Page},
		{"POST", "/packages/{name}/webhooks/{webhook}/remove", Web, Page},
		{"POST", "/packages/{name}/webhooks/{webhook}/deliveries/{delivery}", Web, Page},
		{"GET", "/orgs/{name}/webhooks", Web, Page},
		{"POST", "/orgs/{name}/webhooks", Web, Page},
		{"POST", "/orgs/{name}/webhooks/{webhook}/remove", Web, Page},
		{"POST", "/orgs/{name}/webhooks/{webhook}/deliveries/{delivery}", Web, Page},
		{"GET", "/login", Web, Page},
		{"POST", "/login", Web, Page},
		{"POST", "/logout", Web, Page},
		{"GET", "/settings", Web, Page},
		{"POST", "/settings/tokens", Web, Page},
		{"POST", "/settings/tokens/{token}/revoke", Web, Page},
		{"GET", "/assets/{file}", Web, Page},
		{"GET", "/favicon.ico", Web, Page},
		{"GET", "/robots.txt", Web, Page},

		{"GET", Health, Gateway, Read},
		{"GET", Ready, QueryLatest, Read},
	}
}

// Of returns the routes of one function.
func Of(function string) []Route {
	return slices.DeleteFunc(Table(), func(r Route) bool { return r.Function != function })
}

// Fail answers a request with an error, in the form of its dialect.
type Fail func(w http.ResponseWriter, r *http.Request, err error)

// Handler serves routes by what handle returns for each; every other path and
// method is answered by fail. Scripts of other websites are let to ask for what
// can be read.
func Handler(routes []Route, handle func(Route) http.Handler, fail Fail) http.Handler {
	// A package can't be named like a path of the registry's own: these have a
	// mux of their own, for in one /users/{name} and /{name}/releases conflict. So
	// do the paths with a provider and those without, and the page of a package
	// and what is misplaced there.
	own, packages, provided, misplaced := newMux(fail), newMux(fail), newMux(fail), newMux(fail)
	for _, r := range routes {
		switch {
		case strings.HasPrefix(r.Path, "/{name}"):
			packages.add(r, handle(r))
		case strings.Contains(r.Path, "{provider}"):
			provided.add(r, handle(r))
		case r.Access == Misplaced:
			misplaced.add(r, handle(r))
		default:
			own.add(r, handle(r))
		}
	}
	ownHandler, packagesHandler, providedHandler, misplacedHandler := own.handler(), packages.handler(), provided.handler(), misplaced.handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = clean(r)
		defer note(r)
		first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch {
		// The mux would redirect a path like /a/../b.
		case !strings.HasPrefix(r.URL.Path, "/") || path.Clean(r.URL.Path) != r.URL.Path:
			fail(w, r, notFound(r))
		case first == simple && !own.knows(r):
			providedHandler.ServeHTTP(w, r)
		case first != "" && !registry.Reserved(first):
			packagesHandler.ServeHTTP(w, r)
		case misplaced.knows(r):
			misplacedHandler.ServeHTTP(w, r)
		default:
			ownHandler.ServeHTTP(w, r)
		}
	})
}

// clean returns the request without the empty segments of its path: a CLI whose
// registry address ends in a slash asks for /v3//packages. A slash that is
// escaped is part of a segment, and stays.
func clean(r *http.Request) *http.Request {
	escaped := r.URL.EscapedPath()
	if !strings.Contains(escaped, "//") {
		return r
	}
	for strings.Contains(escaped, "//") {
		escaped = strings.ReplaceAll(escaped, "//", "/")
	}
	decoded, err := url.PathUnescape(escaped)
	if err != nil {
		return r // no URL has such a path
	}
	address, cleaned := *r.URL, *r
	address.Path, address.RawPath = decoded, escaped
	cleaned.URL = &address
	return &cleaned
}

// note tells the access line which pattern a request matched, if any, and which
// package that names.
func note(r *http.Request) {
	if r.Pattern == "" || r.Pattern == "/" {
		return
	}
	of := trace.From(r.Context())
	of.Route = r.Pattern
	_, path, _ := strings.Cut(r.Pattern, "/")
	if strings.HasPrefix(path, "{name}") || strings.Contains(path, "packages/{name}") || strings.HasPrefix(path, simple+"/") {
		of.Package = r.PathValue("name")
	}
}

func notFound(r *http.Request) error {
	return registry.Errorf(registry.NotFound, "There is nothing at %.200s in this registry. Check the address.", r.URL.Path)
}

// mux is a http.ServeMux that answers by fail what it does not know.
type mux struct {
	*http.ServeMux
	fail    Fail
	methods map[string][]string // by path
	read    map[string]bool     // paths that have Read
}

func newMux(fail Fail) *mux {
	return &mux{http.NewServeMux(), fail, make(map[string][]string), make(map[string]bool)}
}

func (m *mux) add(r Route, h http.Handler) {
	m.Handle(r.Method+" "+r.Path, h)
	m.methods[r.Path] = append(m.methods[r.Path], r.Method)
	m.read[r.Path] = m.read[r.Path] || r.Access == Read
}

// knows tells whether a route matches, by any method, once there is handler.
func (m *mux) knows(r *http.Request) bool {
	_, pattern := m.Handler(r)
	return pattern != "/"
}

func (m *mux) handler() http.Handler {
	for path, allowed := range m.methods {
		// Where there is GET, the mux takes HEAD too.
		allow := strings.Replace(strings.Join(allowed, ", "), "GET", "GET, HEAD", 1)
		m.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", allow)
			m.fail(w, r, registry.Errorf(registry.NotAllowed, "Method %.20s is not allowed here; use %s.", r.Method, strings.Join(allowed, " or ")))
		})
		if m.read[path] {
			m.HandleFunc("OPTIONS "+path, preflight)
		}
	}
	m.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { m.fail(w, r, notFound(r)) })
	return m
}

// preflight answers a browser that asks whether a script of another website may
// read something, with headers of its own: as everybody may, so without a login.
func preflight(w http.ResponseWriter, _ *http.Request) {
	AllowOrigins(w)
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "Content-Type, X-Requested-With")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// AllowOrigins lets the scripts of every website read an answer. Cookies play no
// part: none of these answers depends on one.
func AllowOrigins(w http.ResponseWriter) { w.Header().Set("Access-Control-Allow-Origin", "*") }
