package fc

import "testing"

func TestTheMostExactRouteOfADomainCounts(t *testing.T) {
	routes := []DomainRoute{{"/*", "all"}, {"/a/*", "a"}, {"/a/b/*", "ab"}, {"/a/b", "exactly"}, {"/", "root"}}
	for path, want := range map[string]string{
		"/": "root", "/x": "all", "/a": "all", "/a/": "a", "/a/c": "a", "/a/b": "exactly", "/a/b/": "ab", "/a/b/c/d": "ab",
	} {
		if got, ok := RouteOf(routes, path); !ok || got.FunctionName != want {
			t.Errorf("%s is led to %q, want %q", path, got.FunctionName, want)
		}
	}
	if got, ok := RouteOf(routes[1:], "/x"); ok {
		t.Errorf("/x is led to %q, want nowhere", got.FunctionName)
	}
}
