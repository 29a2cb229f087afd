package route_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/route"
)

// serve answers each route with its function, pattern and values, and errors
// with their code and message.
func serve(routes []route.Route) http.Handler {
	handle := func(route route.Route) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, strings.Join([]string{route.Function, route.Path, r.PathValue("name"), r.PathValue("version")}, " "))
		})
	}
	statuses := map[registry.Code]int{registry.NotFound: http.StatusNotFound, registry.NotAllowed: http.StatusMethodNotAllowed}
	return route.Handler(routes, handle, func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, err.Error(), statuses[registry.CodeOf(err)])
	})
}

func send(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

// example is a path of a route, with a name and version that need care.
func example(r route.Route) string {
	return strings.NewReplacer("{provider}", "p%2Freleases", "{name}", "a%2Fb+%20%C3%BC", "{version}", "%5E1.0%2B+x", "{file}", "f.css", "{token}", "ci", "{webhook}", "W", "{delivery}", "1", "{$}", "").Replace(r.Path)
}

func TestEveryRouteIsReached(t *testing.T) {
	all := serve(route.Table()) // panics when two routes conflict
	for _, r := range route.Table() {
		t.Run(r.Method+" "+r.Path, func(t *testing.T) {
			want := strings.Join([]string{r.Function, r.Path, "", ""}, " ")
			if strings.Contains(r.Path, "{name}") {
				want = r.Function + " " + r.Path + " a/b+ ü "
			}
			if strings.Contains(r.Path, "{version}") {
				want += "^1.0++x"
			}
			for who, h := range map[string]http.Handler{"all": all, r.Function: serve(route.Of(r.Function))} {
				if w := send(h, r.Method, example(r)); w.Code != http.StatusOK || w.Body.String() != want {
					t.Errorf("%s: %d %q, want %q", who, w.Code, w.Body, want)
				}
				if r.Method != http.MethodGet {
					continue
				}
				if w := send(h, http.MethodHead, example(r)); w.Code != http.StatusOK {
					t.Errorf("%s: HEAD is answered with %d %s", who, w.Code, w.Body)
				}
			}
		})
	}
}

func TestEveryOtherPathIsNotFound(t *testing.T) {
	h := serve(route.Table())
	for _, target := range []string{
		"/hello", "/hello/", "/hello/releases/", "/hello/releases/1.0.0", "/hello/release", "/hello/Releases",
		"/hello/releases/tags", "/hello/releases/tags/", "/hello/releases/latest/", "/hello/zipball", "/hello/zipball/1.0.0/x",
		"/./hello/releases", "/a/../hello/releases",
		"/hello/releases/tags/..", "/hello/zipball/.", "/..%2Fhello/releases", "/%2E%2E/releases", "/%2e/releases", "/a%2F..%2Fb/releases",
		"/hello%2Freleases", "/hello%2Freleases%2Flatest", "/a%2F/releases", "/%2Fa/releases", "/a%2F%2Fb/releases",
		"/v3", "/v3/", "/v3/packages", "/v3/packages/hello", "/v3/packages/hello/release/", "/v3/packages//release", "//releases", "/hello//", "/v3/user",
		"/v3/packages/hello/release/tags/1.0.0/", "/V3/user/check", "/v3/user/token/", "/simple/hello/releases/latest/x", "/simple", "/simple/", "/simple/hello", "/simple/hello/", "/simple/hello/zipball", "/simple/a/b/c/releases",
		"/simple/devsapp/hello", "/simple/devsapp/hello/zipball/", "/simple/devsapp/hello/zipball/1.0.0/x", "/simple/a%2Fhello%2Freleases", "/Simple/hello/releases",
		"/package", "/package/", "/package/hello", "/package/publish/", "/package/releases", "/center/package", "/center/releases", "/metrics",
		"/packages", "/packages/", "/packages/hello/", "/packages/hello/versions", "/packages/hello/releases", "/Packages/hello", "/packages%2Fhello",
		"/users", "/users/", "/users/alice/releases", "/users/alice/releases/latest", "/USERS/alice", "/users/..", "/orgs/", "/orgs/a/b", "/search/", "/search/releases",
		"/login/", "/login/releases", "/assets", "/assets/", "/assets/a/b.css", "/assets/../login", "/settings/", "/settings/tokens/ci", "/favicon.ico/", "/tags/releases",
		"/" + strings.Repeat("x", 10_000),
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "DELETE", "OPTIONS", "CONNECT"} {
			w := send(h, method, target)
			if w.Code != http.StatusNotFound || !strings.HasPrefix(w.Body.String(), "There is nothing at ") {
				t.Errorf("%s %.100s: %d %.200s %v", method, target, w.Code, w.Body, w.Header())
			}
			if w.Body.Len() > 1000 {
				t.Errorf("%s %.100s: the answer has %d bytes", method, target, w.Body.Len())
			}
		}
	}
}

func TestEmptySegmentsDoNotCount(t *testing.T) {
	h := serve(route.Table())
	for target, want := range map[string]string{
		"//":                                   "web /{$}  ",
		"//hello/releases":                     "query-all /{name}/releases hello ",
		"///hello////releases//tags/////1.0.0": "query-latest /{name}/releases/tags/{version} hello 1.0.0",
		"/hello//zipball/1.0.0":                "download /{name}/zipball/{version} hello 1.0.0",
		"/v3//packages/releases":               "catalog /v3/packages/releases  ",
		"/v3//package/user":                    "catalog /v3/package/user  ",
		"/v3//user/check":                      "publish /v3/user/check  ",
		"/v3///packages/hello/release":         "query-all /v3/packages/{name}/release hello ",
		"//v3//packages/a%2Fb/release/latest":  "query-latest /v3/packages/{name}/release/latest a/b ",
		"//packages/releases":                  "web /packages/releases  ",
		"//packages/hello/release":             "web /packages/{name}/release hello ",
		"/simple//devsapp//hello/releases":     "query-all /simple/{provider}/{name}/releases hello ",
		"//evil.example.com/releases":          "query-all /{name}/releases evil.example.com ",
	} {
		w := send(h, http.MethodGet, target)
		if w.Code != http.StatusOK || w.Body.String() != want || w.Header().Get("Location") != "" {
			t.Errorf("%s: %d %q %v, want %q", target, w.Code, w.Body, w.Header(), want)
		}
	}
	for target, method := range map[string]string{"/v3//packages/releases": "POST", "//v3//packages//hello//release//tags//1.0.0": "DELETE", "/v3//user/token": "POST"} {
		if w := send(h, method, target); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "publish /v3/") {
			t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
		}
	}
}

// A slash that is escaped is part of a name, and no name has two empty parts.
func TestEscapedSlashesPartNothing(t *testing.T) {
	h := serve(route.Table())
	for _, target := range []string{"/hello%2F/releases%2F", "/v3%2Fpackages/releases", "/v3/%2Fpackages/releases", "/hello/%2Freleases", "//%2F%2Fhello/releases", "/v3//packages%2Fhello/release", "/%2F"} {
		if w := send(h, http.MethodGet, target); w.Code != http.StatusNotFound || w.Header().Get("Location") != "" {
			t.Errorf("%s: %d %s %v", target, w.Code, w.Body, w.Header())
		}
	}
}

func TestAPathThatIsNoneIsNotFound(t *testing.T) {
	r := httptest.NewRequest("OPTIONS", "*", nil)
	w := httptest.NewRecorder()
	serve(route.Table()).ServeHTTP(w, r)
	if w.Code != http.StatusNotFound {
		t.Errorf("OPTIONS * is answered with %d %s", w.Code, w.Body)
	}
}

func TestEveryOtherMethodIsNotAllowed(t *testing.T) {
	allowed := make(map[string][]string) // methods by path
	for _, r := range route.Table() {
		allowed[r.Path] = append(allowed[r.Path], r.Method)
		if r.Method == http.MethodGet {
			allowed[r.Path] = append(allowed[r.Path], http.MethodHead)
		}
	}
	h := serve(route.Table())
	for _, r := range route.Table() {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X" + strings.Repeat("Y", 100)} {
			w := send(h, method, example(r))
			if method == http.MethodOptions && reads(r.Path) {
				continue // is a question that has an answer
			}
			if slices.Contains(allowed[r.Path], method) {
				if w.Code != http.StatusOK {
					t.Errorf("%s %s: %d %s", method, r.Path, w.Code, w.Body)
				}
				continue
			}
			if got, want := w.Header().Get("Allow"), strings.Join(allowed[r.Path], ", "); w.Code != http.StatusMethodNotAllowed || got != want {
				t.Errorf("%s %s: %d, Allow %q, want 405 and %q", method, r.Path, w.Code, got, want)
			}
			if !strings.Contains(w.Body.String(), "not allowed here; use "+r.Method) && !strings.Contains(w.Body.String(), " or "+r.Method) || w.Body.Len() > 100 {
				t.Errorf("%.20s %s: %s", method, r.Path, w.Body)
			}
		}
	}
}

func TestFunctionsShareTheTable(t *testing.T) {
	var all []route.Route
	for _, function := range append(route.Functions(), route.Gateway) {
		routes := route.Of(function)
		if len(routes) == 0 {
			t.Errorf("function %s has no route", function)
		}
		all = append(all, routes...)
	}
	for _, r := range route.Table() {
		if !slices.Contains(all, r) {
			t.Errorf("no function serves %+v", r)
		}
	}
	if len(all) != len(route.Table()) {
		t.Errorf("the functions serve %d routes, the table has %d", len(all), len(route.Table()))
	}
}

func TestChangesNeedALogin(t *testing.T) {
	for _, r := range route.Table() {
		page := r.Function == route.Web && (r.Access == route.Page || r.Access == route.Misplaced) // which know who signed in, or change nothing
		if write := r.Method != http.MethodGet; !page && write != (r.Access == route.Write) {
			t.Errorf("%s %s has access %s", r.Method, r.Path, r.Access)
		}
	}
}

// What a CLI asks whose registry address lacks /v3 is answered wherever the
// registry itself would answer it below /v3.
func TestTheRootAnswersWhatIsBelowV3(t *testing.T) {
	h := serve(route.Table())
	for _, r := range route.Table() {
		if at, ok := strings.CutPrefix(example(r), "/v3"); ok {
			if w := send(h, r.Method, at); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "web "+strings.TrimPrefix(r.Path, "/v3")+" ") {
				t.Errorf("%s %s: %d %s", r.Method, at, w.Code, w.Body)
			}
		}
	}
	// What Serverless Devs 2 asks, and the pages, are where they were.
	for target, want := range map[string]string{
		"POST /package/publish": "publish /package/publish ", "POST /package/delete": "publish /package/delete ", "POST /center/package/publish": "catalog /center/package/publish ",
		"GET /packages/hello": "web /packages/{name} hello", "GET /packages/release": "web /packages/{name} release", "GET /packages/a/versions/1": "web /packages/{name}/versions/{version} a 1",
	} {
		method, path, _ := strings.Cut(target, " ")
		if w := send(h, method, path); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %s", target, w.Code, w.Body, want)
		}
	}
}

// A package must not be named like a path of the table: it would be out of reach.
func TestThePathsOfTheTableAreReservedNames(t *testing.T) {
	for _, r := range route.Table() {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
		if first == "{name}" || first == "{$}" {
			continue
		}
		if err := registry.CheckName(first); registry.CodeOf(err) != registry.Invalid || !strings.Contains(err.Error(), "reserved") {
			t.Errorf("%s: a package may be named %q: %v", r.Path, first, err)
		}
	}
}
