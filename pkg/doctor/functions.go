package doctor

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/route"
)

// nothing is a package that is never there; it has a name of the probes'.
const nothing = prefix + "nothing"

// functions asks each function behind the gateway for something that can be
// read, and whether the tables answer. It tells whether all do.
func (v *visit) functions() bool {
	var open, closed []string // to scripts of other websites
	silent := ""              // what is said of an upstream
	working := 0
	for _, function := range route.Functions() {
		r := readable(function)
		a, err := v.get(v.ctx, path(r), "")
		if err != nil {
			v.problem("function "+function, err.Error(), "Run doctor again; if it goes on, read the log of function "+deployed(function)+".")
			continue
		}
		says, mend := judge(function, path(r), a)
		if asksUpstream(a) {
			silent, says = cmp.Or(silent, a.says()), ""
		}
		if says != "" {
			v.problem("function "+function, says, mend)
		} else {
			v.ok("function "+function, "answers %s", path(r))
			working++
		}
		switch allowed := a.Header.Get("Access-Control-Allow-Origin") == "*"; {
		case r.Access != route.Read:
		case allowed:
			open = append(open, function)
		default:
			closed = append(closed, function)
		}
	}
	if silent != "" {
		v.problem("upstream", "asked for a package that is not here, the registry answers "+silent, "Check UPSTREAMS, and that the registry's functions can reach what it names. What is here, and what was kept of upstreams, is served meanwhile.")
	}
	if len(closed) > 0 {
		v.problem("cors", "scripts of other websites can't read the answers of "+strings.Join(closed, ", "), "Something before the registry takes the header Access-Control-Allow-Origin away: let it through.")
	} else if len(open) > 0 {
		v.ok("cors", "scripts of every website can read the answers of %s", strings.Join(open, ", "))
	}
	return v.ready() && working == len(route.Functions())
}

func (v *visit) ready() bool {
	a, err := v.get(v.ctx, route.Ready, "")
	switch {
	case err != nil:
		v.problem("ready", err.Error(), "Run doctor again; if it goes on, read the log of function "+deployed(route.QueryLatest)+".")
	case a.StatusCode != http.StatusOK:
		v.problem("ready", route.Ready+" answers "+a.says(), "Read the log of function "+deployed(route.QueryLatest)+" for the call that failed, and see that TABLESTORE_ENDPOINT is one that functions can reach.")
	default:
		v.ok("ready", "%s answers: the tables can be read", route.Ready)
		return true
	}
	return false
}

// deployed is what s.yaml calls a function in the account.
func deployed(function string) string { return "fc-registry-" + function }

// readable is the first route of a function by which something is read.
func readable(function string) route.Route {
	routes := route.Of(function)
	return routes[slices.IndexFunc(routes, func(r route.Route) bool { return r.Method == http.MethodGet })]
}

// path fills a route's pattern.
func path(r route.Route) string {
	return strings.NewReplacer("{$}", "", "{name}", nothing, "{version}", "1.0.0").Replace(r.Path)
}

// judge says what is wrong with a function's answer, and how to mend it.
func judge(function, path string, a answer) (says, mend string) {
	log := "read the log of function " + deployed(function)
	switch {
	case a.StatusCode == http.StatusServiceUnavailable || a.StatusCode == http.StatusTooManyRequests:
		return path + " answers " + a.says(), "The function does not answer, or what it calls: see that it is deployed (s deploy " + function + "), " + log + " and that of " + deployed(route.Gateway) + ", and see whether the account's instances are used up."
	case a.StatusCode >= 500:
		return path + " answers " + a.says(), "The function runs and fails: " + log + ". At its start it names a variable that is missing or malformed; else a call that its role may not make (compare with admin policies)."
	case !dialect(path, a):
		return fmt.Sprintf("%s answers %s, which is not the registry's", path, a.says()), "Something else answers at this path: check the routes of the custom domain, and that function " + deployed(route.Gateway) + " has the addresses of the others."
	}
	return "", ""
}

// asksUpstream tells whether a function works, and asks an upstream in vain.
func asksUpstream(a answer) bool {
	return a.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(a.body), ", which may have it, does not answer as it should.")
}

// dialect tells whether an answer has the form that its path must have.
func dialect(path string, a answer) bool {
	if path == "/" {
		return a.StatusCode == http.StatusOK && strings.HasPrefix(a.Header.Get("Content-Type"), "text/html")
	}
	var text struct {
		Message   string
		RequestID string `json:"request_id"`
		Body      any
		Response  struct{ Error struct{ Message string } }
	}
	if json.Unmarshal(a.body, &text) != nil {
		return false
	}
	if strings.HasPrefix(path, "/v3/") {
		return text.RequestID != "" && text.Body != nil
	}
	if strings.HasPrefix(path, "/simple/") {
		text.Message = text.Response.Error.Message
	}
	return a.StatusCode == http.StatusNotFound && text.Message != "" // there is no such package
}
