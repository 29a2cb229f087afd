package fc

import (
	"fmt"
	"net/http"
	"strings"
)

// DomainRoute leads the paths of a custom domain to a function: one path, or
// with a * at its end all that begin like it.
type DomainRoute struct {
	Path         string `yaml:"path"`
	FunctionName string `yaml:"functionName"`
}

// matches returns how exact the route is for a path, 0 when it is not for it:
// the longer one counts, and one without a * before all that have it.
func (r DomainRoute) matches(path string) int {
	if r.Path == path {
		return 2 * (len(path) + 1)
	}
	if start, all := strings.CutSuffix(r.Path, "*"); all && strings.HasPrefix(path, start) {
		return len(start)
	}
	return 0
}

// RouteOf returns the most exact of the routes that are for a path.
func RouteOf(routes []DomainRoute, path string) (best DomainRoute, found bool) {
	for _, r := range routes {
		if r.matches(path) > best.matches(path) {
			best = r
		}
	}
	return best, best.Path != ""
}

// Domain answers as a custom domain does: by the functions' HTTP triggers, each
// path by the function of its route.
func (c *Cloud) Domain(routes []DomainRoute) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, ok := RouteOf(routes, r.URL.Path)
		if !ok {
			http.Error(w, fmt.Sprintf("no route of the domain is for %s", r.URL.Path), http.StatusNotFound)
			return
		}
		for _, d := range c.deployments() {
			if d.name() == found.FunctionName {
				d.ServeHTTP(w, r)
				return
			}
		}
		http.Error(w, fmt.Sprintf("function %s of route %s is not there", found.FunctionName, found.Path), http.StatusNotFound)
	})
}

// name returns the function's, "" once it is removed.
func (d *deployment) name() string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.pool == nil {
		return ""
	}
	return d.pool.fn.Name
}
