package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/route"
)

// TestCLIOfAnAddressWithASlash sets a registry whose address ends in a slash:
// the CLI then asks for /v3//packages.
func TestCLIOfAnAddressWithASlash(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.V3 += "/"
	s := r.cli(t, r.Token)
	for _, files := range []map[string]string{component("anns", "1.0.0"), effective(component("annsown", "1.0.0"), "Private", "")} {
		s.ok(t, folder(t, files), "registry", "publish")
	}
	for component, said := range map[string]string{"anns@latest": "anns", "annsown": "annsown", "annsown@^1": "annsown"} {
		says(t, s.fresh(t).ok(t, folder(t, deployment(component, "")), "deploy", "-y"), "said: "+said+" 1.0.0 to you")
	}
	for option, want := range map[string]int{"--search=annsown": 1, "--private": 2} {
		if got := s.list(t, option); len(got) != want {
			t.Errorf("list %s: %v, want %d", option, got, want)
		}
	}
	says(t, s.ok(t, s.home, "registry", "detail", "--package-name", "annsown"), "1.0.0")
	s.ok(t, s.home, "registry", "delete", "--name", "anns", "--version-id", "1.0.0")
	s.refused(t, "anns", s.home, "registry", "detail", "--package-name", "anns")
	s.ok(t, s.home, "registry", "login", "--retoken")
	s.ok(t, folder(t, component("anns", "1.1.0")), "registry", "publish")
}

// TestCLIOfAnAddressWithoutV3 sets the root of a registry as its address. Every
// command says what is wrong.
func TestCLIOfAnAddressWithoutV3(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.publish(t, component("hello", "1.0.0"))
	hint := "This registry's address ends in /v3. Run: s set registry " + r.V3
	for name, address := range map[string]string{"root": r.Registry, "root with a slash": r.Registry + "/"} {
		t.Run(name, func(t *testing.T) {
			at := registry{File: r.File}
			at.V3 = address
			s := at.cli(t, r.Token)
			for _, command := range []string{"list", "list --private", "list --search hello", "detail --package-name hello", "delete --name hello --version-id 1.0.0"} {
				s.refused(t, hint, s.home, append([]string{"registry"}, strings.Fields(command)...)...)
			}
			s.refused(t, hint, folder(t, component("hello", "2.0.0")), "registry", "publish")
			// Of what the registry says when a component is loaded the CLI shows nothing:
			// the address that it asked for tells at least what is missing from it.
			for component, path := range map[string]string{"hello": "latest", "hello@1.0.0": "tags/1.0.0"} {
				s.refused(t, "url: "+address+"/packages/hello/release/"+path+" is not found", folder(t, deployment(component, "")), "deploy", "-y")
			}
		})
	}
	if a := r.get(t, "/hello/releases/tags/2.0.0"); a.status != http.StatusNotFound {
		t.Errorf("something was published: %d %s", a.status, a.body)
	}
	r.download(t, r.Registry+"/hello/zipball/1.0.0") // nothing was deleted
}

// TestTheHintIsOfTheConfiguration: nothing that a client sends is part of it.
func TestTheHintIsOfTheConfiguration(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, c := range []struct{ method, path string }{
		{"GET", "/packages/releases"}, {"GET", "/packages/hello/release"}, {"GET", "/packages/hello/release/latest"}, {"GET", "/packages/hello/release/tags/1.0.0"},
		{"POST", "/packages/releases"}, {"DELETE", "/packages/hello/release/tags/1.0.0"}, {"GET", "/package/user"}, {"POST", "/user/token"},
		{"GET", "/user/check?token=x"}, {"GET", "/common/categories"}, {"GET", "/common/providers"}, {"GET", "/console/1/tabs/5"},
	} {
		request, err := http.NewRequestWithContext(t.Context(), c.method, r.Registry+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = "evil.example.com"
		request.Header.Set("X-Forwarded-Host", "evil.example.com")
		request.Header.Set("Forwarded", "host=evil.example.com")
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		var got envelope[string]
		err = json.NewDecoder(response.Body).Decode(&got)
		response.Body.Close()
		if err != nil || got.Body != "This registry's address ends in /v3. Run: s set registry "+r.V3 || got.RequestID == "" {
			t.Errorf("%s %s: %d %+v, %v", c.method, c.path, response.StatusCode, got, err)
		}
	}
}

// checkMisplaced requires that what is asked at the root, of any package and by
// anybody, has one answer.
func (s *accessSite) checkMisplaced(r route.Route) check {
	return func(t *testing.T, c caller, visibility string) int {
		path := strings.ReplaceAll(r.Path, "{version}", "1.0.0") + "?search={name}&token=x"
		ask := func(name string) string {
			return s.send(t, r.Method, s.fill(path, name), nil, c.header()).text(name)
		}
		got, none := ask(packageOf(visibility)), ask(packageOf(missing))
		if got != none || !strings.Contains(got, "Run: s set registry "+s.V3) {
			t.Errorf("%s %s\nHidden:\n%s\nMissing:\n%s", r.Method, r.Path, got, none)
		}
		return 1
	}
}
