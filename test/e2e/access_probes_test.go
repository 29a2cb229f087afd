package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// probe is one way to ask on a read route. {name} and {...ticket} are put in.
type probe struct {
	method, path string
	status       int    // for whoever may see the package
	has          string // what the body, or a header, then holds
	admits       bool   // the path itself carries the right
}

// probes are all ways to ask, by route.
func probes() map[string][]probe {
	return map[string][]probe{
		"GET /{name}/releases":                           lists("/{name}/releases"),
		"GET /{name}/releases/latest":                    one("/{name}/releases/latest"),
		"GET /{name}/releases/tags/{version}":            tags("/{name}/releases/tags/"),
		"GET /{name}/zipball/{version}":                  zipballs(""),
		"GET /v3/packages/{name}/zipball/{version}":      zipballs("/v3/packages"),
		"GET /v3/packages/{name}/release":                lists("/v3/packages/{name}/release"),
		"GET /v3/packages/{name}/release/latest":         one("/v3/packages/{name}/release/latest"),
		"GET /v3/packages/{name}/release/tags/{version}": tags("/v3/packages/{name}/release/tags/"),
	}
}

func lists(path string) []probe {
	list := []probe{
		{"GET", path, 200, `"tag_name":"1.0.0"`, false},
		{"GET", path + "?page=1", 200, `"tag_name":"dev.0.1"`, false},
		{"GET", path + "?page=2&per_page=100", 200, "[]", false},
		{"GET", path + "?page=0", 422, "is not a number from 1", false},
		{"GET", strings.Replace(path, "{name}", "{NAME}", 1), 200, `"tag_name":"1.1.0"`, false},
		{"HEAD", path, 200, "", false},
		{"PUT", path, 405, "Method PUT is not allowed here", false},
	}
	if !strings.HasPrefix(path, "/v3/") {
		list = append(list,
			probe{"GET", path + "?per_page=1", 200, `rel="next"`, false},
			probe{"GET", path + "?per_page=1&page=2", 200, `rel="prev"`, false},
			probe{"GET", path + "?per_page=1&page=9", 200, `rel="first"`, false},
		)
	}
	return list
}

func one(path string) []probe {
	return []probe{
		{"GET", path, 200, `"tag_name":"1.1.0"`, false},
		{"GET", strings.Replace(path, "{name}", "{NAME}", 1), 200, `"tag_name":"1.1.0"`, false},
		{"HEAD", path, 200, "", false},
		{"PUT", path, 405, "Method PUT is not allowed here", false},
	}
}

func tags(path string) []probe {
	list := []probe{
		{"GET", strings.Replace(path, "{name}", "{NAME}", 1) + "1.0.0", 200, `"tag_name":"1.0.0"`, false},
		{"HEAD", path + "1.0.0", 200, "", false},
		{"PUT", path + "1.0.0", 405, "Method PUT is not allowed here", false},
		{"GET", path + "1.0.0+other", 404, `has no release`, false},
		{"GET", path + "9.9.9", 404, `has no release`, false},
		{"GET", path + "newest", 404, "is neither a version", false},
	}
	for tag, version := range map[string]string{"1.0.0": "1.0.0", "dev.0.1": "dev.0.1", "dev": "dev.0.1", "latest": "1.1.0", "^1": "1.1.0", "~1.0": "1.0.0", ">=1 <9": "1.1.0"} {
		list = append(list, probe{"GET", path + url.PathEscape(tag), 200, `"tag_name":"` + version + `"`, false})
	}
	return list
}

func zipballs(below string) []probe {
	path := below + "/{name}/zipball/"
	list := []probe{
		{"HEAD", path + "1.0.0", 200, "X-Checksum-Sha256: {sum 1.0.0}", false},
		{"HEAD", path + "latest", 200, "X-Checksum-Sha256: {sum 1.1.0}", false},
		{"HEAD", path + "1.0.0", 200, "X-Content-Length: ", false},
		{"HEAD", path + "9.9.9", 404, "", false},
		{"HEAD", path + "1.0.0?ticket={altered ticket}", 200, "Repr-Digest: sha-256=:", false},
		{"PUT", path + "1.0.0", 405, "Method PUT is not allowed here", false},
		{"GET", path + "9.9.9", 404, "has no release", false},
		{"GET", path + "%5E1?ticket={ticket}", 302, "X-Checksum-Sha256: {sum 1.1.0}", false}, // not the release that it is for
		{"GET", path + "1.0.0?ticket={ticket}", 302, "X-Checksum-Sha256: {sum 1.0.0}", true},
		{"HEAD", below + "/{NAME}/zipball/1.0.0?ticket={ticket}", 200, "X-Checksum-Sha256: {sum 1.0.0}", true},
	}
	for tag, version := range map[string]string{"1.0.0": "1.0.0", "dev": "dev.0.1", "latest": "1.1.0", "%5E1": "1.1.0"} {
		list = append(list, probe{"GET", path + tag, 302, "X-Checksum-Sha256: {sum " + version + "}", false})
	}
	for _, ticket := range []string{"{expired ticket}", "{ticket of 1.1.0}", "{ticket of another}", "{altered ticket}", "{extended ticket}", "1.x", "."} {
		list = append(list, probe{"GET", path + "1.0.0?ticket=" + ticket, 302, "Location: http", false})
	}
	return list
}

// fill puts a package into a probe's text.
func (s *accessSite) fill(text, name string) string {
	past := *s.tickets
	past.Clock = func() time.Time { return time.Now().Add(-2 * past.TTL) }
	ticket, expired := s.tickets.Ticket(name, "1.0.0"), past.Ticket(name, "1.0.0")
	end, signature, _ := strings.Cut(ticket, ".")
	_, old, _ := strings.Cut(expired, ".")
	return strings.NewReplacer(
		"{name}", name, "{NAME}", strings.ToUpper(name),
		"{ticket}", ticket, "{expired ticket}", expired, "{ticket of 1.1.0}", s.tickets.Ticket(name, "1.1.0"),
		"{ticket of another}", s.tickets.Ticket("tool-pub", "1.0.0"),
		"{extended ticket}", end+"."+old, "{altered ticket}", end+"."+signature[1:]+signature[:1],
		"{sum 1.0.0}", s.sums[name+" 1.0.0"], "{sum 1.1.0}", s.sums[name+" 1.1.0"], "{sum dev.0.1}", s.sums[name+" dev.0.1"],
	).Replace(text)
}

// text is an answer in one form: what differs by name and by request is
// replaced, and nothing else.
func (a answer) text(name string) string {
	var b strings.Builder
	a.header.Del("Date")
	id := a.header.Get("X-Fc-Request-Id")
	if err := a.header.Write(&b); err != nil {
		panic(err)
	}
	text := fmt.Sprintf("%d\n%s\n%s", a.status, b.String(), a.body)
	return strings.NewReplacer(name, "{name}", strings.ToUpper(name), "{NAME}", id, "{id}").Replace(text)
}

// ask sends a probe to a package.
func (s *accessSite) ask(t *testing.T, p probe, name string, header http.Header) answer {
	t.Helper()
	return s.send(t, p.method, s.fill(p.path, name), nil, header)
}
