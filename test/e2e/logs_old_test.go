package e2e

import (
	"net/http"
	"net/url"
	"testing"
)

// old is what an old client asks for, and what its component registry sends:
// the token is in a form.
func (d *logDay) old(t *testing.T) {
	post := func(name, path string, fields url.Values, token string, s step) {
		fields.Set("safety_code", token)
		s.name, s.method, s.path, s.body, s.status = name, "POST", path, fields.Encode(), 200
		s.header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		s.route = "POST " + path
		d.do(t, s)
	}
	const wrong = "fcr_wrong-7777777777"
	d.secrets[wrong] = "a wrong token in a form"
	known := step{function: "publish", user: "dev", pkg: "hello", tablestoreCall: true}
	post("publish of an old client", "/package/publish", form(component("hello", "2.0.0")), d.Token, known)
	post("with a wrong token", "/package/publish", form(component("hello", "2.0.0")), wrong, step{function: "publish", tablestoreCall: true})
	post("list of an old client", "/center/package/publish", url.Values{}, d.Token, step{function: "catalog", user: "dev", tablestoreCall: true})
	read := step{method: "GET", pkg: "hello", tablestoreCall: true, status: 200}
	read.name, read.path, read.function, read.route = "latest of an old client", "/simple/hello/releases/latest", "query-latest", "GET /simple/{name}/releases/latest"
	d.do(t, read)
	read.name, read.path, read.function, read.route = "all of an old client", "/simple/devsapp/hello/releases", "query-all", "GET /simple/{provider}/{name}/releases"
	d.do(t, read)
	read.status = 302
	for _, name := range []string{"first ZIP of an old client", "second ZIP of an old client"} {
		read.name, read.path, read.function, read.route = name, "/simple/hello/zipball/1.0.0", "simple", "GET /simple/{name}/zipball/{version}"
		d.do(t, read)
	}
	remove := url.Values{"package_name": {"hello"}, "package_type": {"Component"}, "package_version": {"9.9.9"}}
	post("deletion of nothing", "/package/delete", remove, d.Token, known)
}
