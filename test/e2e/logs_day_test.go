package e2e

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// publish publishes a public and a private package.
func (d *logDay) publish(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"hello": component("hello", "1.0.0"), "private": effective(component("private", "1.0.0"), "Private", ""),
	} {
		header := signed(d.Token, time.Now())
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		d.do(t, step{
			name: "announce " + name, method: "POST", path: announcing, header: header, body: form(files).Encode(), status: 200,
			function: "publish", route: "POST /v3/packages/releases", user: "dev", pkg: name, tablestoreCall: true,
			take: func(a answer) { d.upload = decode[envelope[struct{ URL string }]](t, a).Body.URL },
		})
		from := len(d.log.text())
		d.meter.Reset()
		a := d.ask(t, "PUT", d.upload, bytes.NewReader(pack(t, files)), nil)
		if o := decode[outcome](t, a); !o.Released {
			t.Fatal(o.Message)
		}
		lines := d.accessLines(t, from, 2) // the callback, and after it the notification
		d.compare(t, "upload of "+name, lines, 1)
		for i, route := range []string{"callback", "event"} {
			if l := lines[i]; len(lines) != 2 || l.Printer != "fc-registry-ingest" || l.Route != route || l.Status != 200 || l.Package != name || l.Tablestore == 0 {
				t.Errorf("upload of %s: line %+v", name, l)
			}
		}
	}
}

// read reads and downloads the private package in every way.
func (d *logDay) read(t *testing.T) {
	const latest, detail = "/private/releases/latest", "/v3/packages/private/release/latest"
	d.do(t, step{name: "health", method: "GET", path: "/healthz", status: 200, route: "GET /healthz"})
	d.do(t, step{name: "readiness", method: "GET", path: "/readyz", status: 200, function: "query-latest", route: "GET /readyz", tablestoreCall: true})
	for _, s := range []step{
		{name: "nobody", status: 404},
		{name: "bearer", header: bearer(d.Token), status: 200, user: "dev", take: func(a answer) { d.zipball = decode[release](t, a).ZipballURL }},
		{name: "signed", header: signed(d.Token, time.Now()), status: 200, user: "dev"},
		{name: "a wrong token", header: bearer("fcr_wrong-0123456789"), status: 404},
		{name: "masked headers", header: masked(), status: 404},
	} {
		s.method, s.path, s.function, s.route, s.pkg, s.tablestoreCall = "GET", latest, "query-latest", "GET /{name}/releases/latest", "private", true
		d.do(t, s)
	}
	d.do(t, step{name: "details", method: "GET", path: detail, header: signed(d.Token, time.Now()), status: 200, function: "query-latest",
		route: "GET /v3/packages/{name}/release/latest", user: "dev", pkg: "private", tablestoreCall: true})
	d.do(t, step{name: "all", method: "HEAD", path: "/hello/releases", status: 200, function: "query-all", route: "GET /{name}/releases", pkg: "hello", tablestoreCall: true})
	for range 2 { // the first one writes what was counted
		d.do(t, step{name: "download by ticket", method: "GET", path: strings.TrimPrefix(d.zipball, d.Registry), status: 302, function: "download",
			route: "GET /{name}/zipball/{version}", pkg: "private", tablestoreCall: true, take: func(a answer) { d.object = a.header.Get("Location") }})
	}
	if a := d.ask(t, "GET", d.object, nil, nil); a.status != 200 {
		t.Errorf("the ZIP: %d %s", a.status, a.body)
	}
	d.do(t, step{name: "search", method: "GET", path: "/v3/packages/releases?search=hello", status: 200, function: "catalog", route: "GET /v3/packages/releases", tablestoreCall: true})
}

// signIn signs in to the web page, and makes and uses a token there.
func (d *logDay) signIn(t *testing.T) {
	posted := func(cookie string) http.Header {
		h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		if cookie != "" {
			h.Set("Cookie", cookie)
		}
		return h
	}
	d.do(t, step{name: "sign in with a wrong token", method: "POST", path: "/login", header: posted(""), body: "token=fcr_wrong-9876543210", status: 401, function: "web", route: "POST /login"})
	d.do(t, step{name: "sign in", method: "POST", path: "/login", header: posted(""), body: url.Values{"token": {d.Token}}.Encode(), status: 303,
		function: "web", route: "POST /login", user: "dev", tablestoreCall: true,
		take: func(a answer) { d.cookie, _, _ = strings.Cut(a.header.Get("Set-Cookie"), ";") }})
	d.do(t, step{name: "settings", method: "GET", path: "/settings", header: http.Header{"Cookie": {d.cookie}}, status: 200, function: "web", route: "GET /settings", user: "dev", tablestoreCall: true})
	d.do(t, step{name: "a page", method: "GET", path: "/packages/private", header: http.Header{"Cookie": {d.cookie}}, status: 200, function: "web",
		route: "GET /packages/{name}", user: "dev", pkg: "private", tablestoreCall: true})
	d.do(t, step{name: "make a token", method: "POST", path: "/settings/tokens", header: posted(d.cookie), body: "name=ci&scope=all", status: 200,
		function: "web", route: "POST /settings/tokens", user: "dev", tablestoreCall: true,
		take: func(a answer) { d.made = regexp.MustCompile(`fcr_[A-Za-z0-9_-]+`).FindString(string(a.body)) }})
	d.do(t, step{name: "renew it", method: "POST", path: "/v3/user/token", header: bearer(d.made), status: 200, function: "publish", route: "POST /v3/user/token",
		user: "dev", tablestoreCall: true, take: func(a answer) {
			d.made = decode[envelope[struct {
				Token string `json:"safety_code"`
			}]](t, a).Body.Token
		}})
	d.do(t, step{name: "delete with it", method: "DELETE", path: "/v3/packages/hello/release/tags/1.0.0", header: bearer(d.made), status: 200,
		function: "publish", route: "DELETE /v3/packages/{name}/release/tags/{version}", user: "dev", pkg: "hello", tablestoreCall: true})
	d.do(t, step{name: "revoke it", method: "POST", path: "/settings/tokens/ci/revoke", header: posted(d.cookie), status: 303, function: "web",
		route: "POST /settings/tokens/{token}/revoke", user: "dev", tablestoreCall: true})
}

// refusals are requests that are somehow wrong.
func (d *logDay) refusals(t *testing.T) {
	replay := signed(d.Token, time.Now())
	const missing = "/v3/packages/none/release/tags/1.0.0"
	remove := step{name: "delete what is not there", method: "DELETE", path: missing, header: replay.Clone(), status: 404, function: "publish",
		route: "DELETE /v3/packages/{name}/release/tags/{version}", user: "dev", pkg: "none", tablestoreCall: true}
	d.do(t, remove)
	remove.name, remove.header, remove.status = "the same signature again", replay.Clone(), 401
	d.do(t, remove)
	remove.name, remove.header, remove.user = "a wrong signature", signed("fcr_wrong-5555555555", time.Now()), ""
	d.do(t, remove)
	remove.name, remove.header = "a revoked token", bearer(d.made)
	d.do(t, remove)
	for _, s := range []step{
		{name: "a page that is no number", method: "GET", path: "/hello/releases?page=x&ticket=" + d.zipball[len(d.zipball)-40:], status: 422, function: "query-all", route: "GET /{name}/releases", pkg: "hello"},
		{name: "no such path", method: "GET", path: "/hello/" + d.made, status: 404, route: "none"},
		{name: "no such path, in a browser", method: "GET", path: "/hello/nothing", header: http.Header{"Accept": {"text/html"}}, status: 404, function: "web", route: "none"},
		{name: "a wrong method", method: "PUT", path: "/hello/releases", status: 405, route: "/{name}/releases"},
		{name: "a question of a script", method: "OPTIONS", path: "/hello/releases", status: 204, route: "OPTIONS /{name}/releases"},
	} {
		d.do(t, s)
	}
}
