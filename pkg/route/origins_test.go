package route_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/route"
)

// reads tells whether a path can be read by everybody.
func reads(path string) bool {
	return slices.ContainsFunc(route.Table(), func(r route.Route) bool { return r.Path == path && r.Access == route.Read })
}

// The official website asks before its scripts send headers of their own.
func TestBrowsersMayReadFromOtherWebsites(t *testing.T) {
	h := serve(route.Table())
	for _, r := range route.Table() {
		w := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodOptions, example(r), nil)
		request.Header.Set("Origin", "https://www.example.com")
		request.Header.Set("Access-Control-Request-Method", "GET")
		request.Header.Set("Access-Control-Request-Headers", "x-requested-with")
		h.ServeHTTP(w, request)
		got := w.Header()
		if !reads(r.Path) {
			if w.Code != http.StatusMethodNotAllowed || len(allowing(got)) > 0 {
				t.Errorf("%s: %d %v, want 405", r.Path, w.Code, got)
			}
			continue
		}
		if w.Code != http.StatusNoContent || w.Body.Len() > 0 || got.Get("Access-Control-Allow-Origin") != "*" ||
			got.Get("Access-Control-Allow-Methods") != "GET, HEAD" || !strings.Contains(got.Get("Access-Control-Allow-Headers"), "X-Requested-With") {
			t.Errorf("%s: %d %v", r.Path, w.Code, got)
		}
		// Neither cookies nor logins go with it.
		if got.Get("Access-Control-Allow-Credentials") != "" || strings.Contains(strings.ToLower(got.Get("Access-Control-Allow-Headers")), "authorization") {
			t.Errorf("%s allows %v", r.Path, got)
		}
	}
}

// allowing are the headers by which a browser decides.
func allowing(h http.Header) []string {
	var names []string
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			names = append(names, name)
		}
	}
	return names
}

func TestBrowsersAreNotAllowedWhatIsNotThere(t *testing.T) {
	h := serve(route.Table())
	for _, target := range []string{"/nothing", "/v3/nothing", "/hello/releases/", "/users/releases/latest"} {
		if w := send(h, http.MethodOptions, target); w.Code != http.StatusNotFound || len(allowing(w.Header())) > 0 {
			t.Errorf("%s: %d %v", target, w.Code, w.Header())
		}
	}
}

// The root is shared by packages and by the registry's own paths.
func TestAPathIsAPackagesOrTheRegistrysOwn(t *testing.T) {
	for target, want := range map[string]string{
		"/users/releases":            "web /users/{name} releases ",
		"/orgs/releases":             "web /orgs/{name} releases ",
		"/packages/releases":         "web /packages/releases  ",
		"/packages/zipball":          "web /packages/{name} zipball ",
		"/assets/releases":           "web /assets/{file}  ",
		"/":                          "web /{$}  ",
		"/v3/packages/releases":      "catalog /v3/packages/releases  ",
		"/hello/releases":            "query-all /{name}/releases hello ",
		"/usersx/releases":           "query-all /{name}/releases usersx ",
		"/user.s/releases/latest":    "query-latest /{name}/releases/latest user.s ",
		"/release/releases":          "query-all /{name}/releases release ",
		"/hello/zipball/login":       "download /{name}/zipball/{version} hello login",
		"/hello/releases/tags/v3":    "query-latest /{name}/releases/tags/{version} hello v3",
		"/%68ello/releases":          "query-all /{name}/releases hello ",
		"/packages/users":            "web /packages/{name} users ",
		"/packages/a/versions/users": "web /packages/{name}/versions/{version} a users",
		"/login/releases":            "",
		"/Users/releases":            "",
		"/%75sers/releases/latest":   "",
		"/v3/releases":               "",
		"/tags/releases":             "",
	} {
		w := send(serve(route.Table()), http.MethodGet, target)
		if want == "" {
			if w.Code != http.StatusNotFound {
				t.Errorf("%s: %d %s, want 404", target, w.Code, w.Body)
			}
			continue
		}
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%s: %d %q, want %q", target, w.Code, w.Body, want)
		}
	}
}

func TestAllowOrigins(t *testing.T) {
	w := httptest.NewRecorder()
	route.AllowOrigins(w)
	if got := w.Header().Values("Access-Control-Allow-Origin"); !slices.Equal(got, []string{"*"}) {
		t.Errorf("allowed are %q", got)
	}
}
