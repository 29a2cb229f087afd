package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestHTTP asks without the CLI for what that hides.
func TestHTTP(t *testing.T) {
	t.Parallel()
	r := start(t)
	for i := range 65 {
		r.publish(t, component("many", fmt.Sprintf("1.%d.0", i)))
	}
	t.Run("releases", func(t *testing.T) { testReleases(t, r) })
	t.Run("pages", func(t *testing.T) { testPages(t, r) })
	t.Run("package", func(t *testing.T) { testPackage(t, r) })
	t.Run("downloads", func(t *testing.T) { testDownloads(t, r) })
	t.Run("not there", func(t *testing.T) { testNotThere(t, r) })
	t.Run("signatures", func(t *testing.T) { testSignatures(t, r) })
	t.Run("forms", func(t *testing.T) { testForms(t, r) })
	t.Run("uploads", func(t *testing.T) { testUploads(t, r) })
	t.Run("races", func(t *testing.T) { testRaces(t, r) })
}

func testNotThere(t *testing.T, r *registry) {
	for _, c := range []struct {
		method, address string
		status          int
		words           string
	}{
		{"GET", "/stranger/releases", 404, `Package "stranger" is not in this registry`},
		{"GET", "/stranger/releases/latest", 404, `Package "stranger" is not in this registry`},
		{"GET", "/stranger/releases/tags/1.0.0", 404, `Package "stranger" has no release "1.0.0"`},
		{"GET", "/stranger/zipball/1.0.0", 404, `Package "stranger" has no release "1.0.0"`},
		{"GET", "/many/releases/tags/2.0.0", 404, `Package "many" has no release "2.0.0"`},
		{"GET", "/many/releases/tags/dev", 404, `Package "many" has no release "dev"`},
		{"GET", "/many/zipball/2.0.0", 404, `Package "many" has no release "2.0.0"`},
		{"GET", "/many/else", 404, "There is nothing at /many/else"},
		{"GET", "/many/../many/releases", 404, "There is nothing at"},
		{"POST", "/many/releases", 405, "Method POST is not allowed here; use GET."},
		{"DELETE", "/many/zipball/1.0.0", 405, "Method DELETE is not allowed here; use GET."},
		{"GET", "/v3/packages/stranger/release", 404, `Package "stranger" is not in this registry`},
		{"GET", "/v3/packages/stranger/release/latest", 404, `Package "stranger" is not in this registry`},
		{"GET", "/v3/packages/stranger/release/tags/%5E1", 404, `Package "stranger" has no release "^1"`},
		{"GET", "/v3/packages/many/release/tags/2.0.0", 404, `Package "many" has no release "2.0.0"`},
		{"GET", "/v3/nothing", 404, "There is nothing at /v3/nothing"},
		{"PUT", "/v3/packages/releases", 405, "Method PUT is not allowed here; use POST or GET."},
		{"GET", "/v3/user/token", 405, "Method GET is not allowed here; use POST."},
		{"GET", "/many/releases?page=0", 422, `page="0" is not a number from 1`},
		{"GET", "/many/releases?per_page=x", 422, `per_page="x" is not a number from 1`},
		{"GET", "/v3/packages/many/release?page=-1", 422, `page="-1" is not a number from 1`},
		{"GET", "/v3/user/check?token=x", 401, "This registry has no login by browser. Run: s registry login --token TOKEN"},
	} {
		t.Run(c.method+" "+c.address, func(t *testing.T) {
			a := r.send(t, c.method, c.address, nil, nil)
			fails(t, c.address, a, c.status, c.words)
			if allow := a.header.Get("Allow"); (c.status == 405) != (allow != "") {
				t.Errorf("Allow: %q", allow)
			}
		})
	}
}

func testSignatures(t *testing.T, r *registry) {
	const address = "/v3/packages/stranger/release/tags/1.0.0" // 404 for whoever is logged in
	token, now := r.Token, time.Now()
	with := func(h http.Header, name, value string) http.Header {
		h.Set(name, value)
		return h
	}
	for _, c := range []struct {
		test   string
		header http.Header
		status int
		words  string
	}{
		{"signed", signed(token, now), 404, "has no release"},
		{"signed by a clock that is late", signed(token, now.Add(-4*time.Minute)), 404, "has no release"},
		{"bearer", bearer(token), 404, "has no release"},
		{"nothing", nil, 401, "You are not logged in. Run: s registry login --token TOKEN"},
		{"an unknown token", signed("fcr_unknown", now), 401, "The token is not valid (any more)."},
		{"an unknown bearer", bearer("fcr_unknown"), 401, "The token is not valid (any more)."},
		{"a wrong code", with(signed(token, now), "sign_code", strings.Repeat("0", 64)), 401, "The token is not valid (any more)."},
		{"another nonce than was signed", with(signed(token, now), "nonce", "another"), 401, "The token is not valid (any more)."},
		{"no code", with(signed(token, now), "sign_code", ""), 401, "The signature is incomplete"},
		{"too old", signed(token, now.Add(-6*time.Minute)), 401, "Set your computer's clock."},
		{"from the future", signed(token, now.Add(6*time.Minute)), 401, "Set your computer's clock."},
		{"a timestamp that is none", with(signed(token, now), "timestamp", "noon"), 401, `timestamp "noon" is not a number`},
	} {
		t.Run(c.test, func(t *testing.T) {
			fails(t, address, r.send(t, "DELETE", address, nil, c.header), c.status, c.words)
		})
	}
	t.Run("replayed", func(t *testing.T) {
		h := signed(token, now)
		fails(t, address, r.send(t, "DELETE", address, nil, h.Clone()), 404, "has no release")
		fails(t, address, r.send(t, "DELETE", address, nil, h), 401, "This signed request was received before.")
	})
}

func testForms(t *testing.T, r *registry) {
	publish := func(kind, name, version string) url.Values {
		return url.Values{"publish": {publishYAML(kind, name, version)}}
	}
	changed := func(old, new string) url.Values {
		return url.Values{"publish": {strings.Replace(publishYAML("Component", "form", "1.0.0"), old, new, 1)}}
	}
	large := publish("Component", "form", "1.0.0")
	large.Set("readme", strings.Repeat("r", 1<<20))
	huge := publish("Component", "form", "1.0.0")
	huge.Set("readme", strings.Repeat("r", 9<<20))
	for _, c := range []struct {
		test   string
		form   url.Values
		status int
		words  string
	}{
		{"no publish.yaml", url.Values{"readme": {"x"}}, 422, "The field publish is missing"},
		{"not YAML", url.Values{"publish": {"Name: ["}}, 422, "publish.yaml can't be read: "},
		{"a field of a wrong type", changed("Name: form", "Name: [form]"), 422, "publish.yaml can't be read: "},
		{"over 1 MB", large, 422, "The largest is readme with 1048576 bytes: shorten it."},
		{"over 8 MB", huge, 422, "The form is larger than 8388608 bytes."},
		{"a name out of rule", publish("Plugin", "-x", "1.0.0"), 422, `Name "-x" is not allowed`},
		{"a name too long", publish("Plugin", strings.Repeat("n", 129), "1.0.0"), 422, "use 1 to 128 letters"},
		{"a reserved name", publish("Plugin", "Simple", "1.0.0"), 422, `Name "Simple" is reserved`},
		{"a version out of rule", publish("Plugin", "form", `"1.0"`), 422, `Version "1.0"`},
		{"a development build's number", publish("Plugin", "form", "dev.0.7"), 422, `Version "dev.0.7" can't be chosen`},
		{"no type", changed("Type: Component\n", ""), 422, "Type is missing in publish.yaml"},
		{"an unknown type", publish("Application", "form", "1.0.0"), 422, `Type "Application" in publish.yaml is not known`},
		{"no name", changed("Name: form", "Name: ''"), 422, "Name is missing in publish.yaml"},
		{"no version", changed("Version: 1.0.0", ""), 422, "Version is missing in publish.yaml"},
		{"a component without commands", changed("Commands: {deploy: Says hello}", ""), 422, "Commands is missing in publish.yaml"},
		{"seen by whom, unknown", changed("Effective: Public", "Effective: Everybody"), 422, `Effective "Everybody" in publish.yaml is not known`},
		{"for an organization without a name", changed("Effective: Public", "Effective: Organization"), 422, "Effective is Organization, but no Organization is named"},
		{"a used version", form(component("many", "1.7.0")), 409, `Version 1.7.0 of "many" is published already`},
		{"a used version with other build metadata", form(component("many", "1.7.0+b1")), 409, `Version 1.7.0 of "many" is published already`},
		{"a name in other case", form(component("Many", "9.0.0")), 422, `Name "Many" is spelled "many" in this registry`},
	} {
		t.Run(c.test, func(t *testing.T) {
			fails(t, announcing, r.announce(t, r.Token, c.form), c.status, c.words)
		})
	}
	t.Run("not a form", func(t *testing.T) {
		h := signed(r.Token, time.Now())
		h.Set("Content-Type", "application/json")
		fails(t, announcing, r.send(t, "POST", announcing, strings.NewReader(`{}`), h), 422, "The form must be sent as application/x-www-form-urlencoded")
	})
	if a := r.get(t, "/form/releases"); a.status != 404 {
		t.Errorf("a refused form left a package: %d %s", a.status, a.body)
	}
}
