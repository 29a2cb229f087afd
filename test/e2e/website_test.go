package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestTheWebsiteReads asks as the pages of the official website do, from a
// script of another origin, and reads what they read.
func TestTheWebsiteReads(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.publish(t, component("hello", "1.0.0"))
	r.publish(t, effective(component("secret", "1.0.0"), "Private", ""))
	r.publish(t, project("starter", "0.1.0"))
	t.Run("the list", func(t *testing.T) {
		list := crossOrigin[[]websitePackage](t, r, "/v3/packages/releases?platform=3&page=-1&lang=cn&type=1&search=&category=&sort=time")
		if len(list) != 1 || list[0].Name != "hello" {
			t.Fatalf("got %+v", list)
		}
		date := strings.Split(list[0].LatestCreate, " ")
		if _, err := time.Parse(time.DateOnly, date[0]); err != nil || len(date) != 2 || list[0].Tags == nil || list[0].Provider == nil || list[0].Show != "Public" {
			t.Errorf("got %+v, %v", list[0], err)
		}
	})
	t.Run("a package", func(t *testing.T) {
		for _, address := range []string{"/v3/packages/hello/release/latest?package-name=hello", "/v3/packages/hello/release/tags/1.0.0"} {
			p := crossOrigin[websiteRelease](t, r, address)
			if p.Name != "hello" || p.Tags == nil || p.Provider == nil || p.Service == nil || !strings.Contains(p.CreatedAt, "T") {
				t.Errorf("%s: got %+v", address, p)
			}
		}
		releases := crossOrigin[[]websiteRelease](t, r, "/v3/packages/hello/release")
		if len(releases) != 1 || strings.Split(releases[0].CreatedAt, "T")[0] == "" || releases[0].TagName != "1.0.0" {
			t.Errorf("got %+v", releases)
		}
	})
	t.Run("categories and providers", func(t *testing.T) {
		for _, address := range []string{"/v3/common/categories", "/v3/common/providers"} {
			if list := crossOrigin[[]struct{ ID, Name string }](t, r, address); len(list) != 1 || list[0].ID == "" || list[0].Name == "" {
				t.Errorf("%s: got %v", address, list)
			}
		}
	})
	t.Run("the front page", func(t *testing.T) {
		tabs := crossOrigin[[]websiteTab](t, r, "/v3/console/1/tabs/5")
		if len(tabs) != 2 || tabs[0].Package.Name == "" || tabs[0].Version.TagName == "" || tabs[0].Version.CreatedAt == "" || tabs[0].Description == "" {
			t.Errorf("got %+v", tabs)
		}
	})
	t.Run("nothing is written", func(t *testing.T) { testNoCrossOriginWrites(t, r) })
}

type websitePackage struct {
	Name         string
	Show         string
	LatestCreate string `json:"latest_create"`
	Tags         []string
	Provider     []string
}

type websiteRelease struct {
	Name      string
	TagName   string `json:"tag_name"`
	CreatedAt string `json:"created_at"`
	Tags      []string
	Provider  []string
	Service   map[string]any
}

type websiteTab struct {
	Package struct{ Name string }
	Version struct {
		TagName   string `json:"tag_name"`
		CreatedAt string `json:"created_at"`
	}
	Description string
}

// crossOrigin asks as a browser does for a script of another website, which may
// read the answer only when it is allowed to, once.
func crossOrigin[T any](t *testing.T, r *registry, address string) T {
	t.Helper()
	a := r.send(t, "GET", address, nil, http.Header{"Origin": {"https://registry.example.com"}})
	if allowed := a.header.Values("Access-Control-Allow-Origin"); len(allowed) != 1 || allowed[0] != "*" {
		t.Errorf("%s: Access-Control-Allow-Origin %v, want *", address, allowed)
	}
	return decode[envelope[T]](t, a).Body
}

func testNoCrossOriginWrites(t *testing.T, r *registry) {
	for _, to := range []struct{ method, address string }{
		{"DELETE", "/v3/packages/hello/release/tags/1.0.0"}, {"POST", "/v3/user/token"}, {"POST", "/v3/packages/releases"}, {"POST", "/settings/tokens"},
	} {
		h := http.Header{"Origin": {"https://evil.example.com"}, "Access-Control-Request-Method": {to.method}, "Access-Control-Request-Headers": {"authorization,token"}}
		a := r.send(t, "OPTIONS", to.address, nil, h)
		if strings.Contains(a.header.Get("Access-Control-Allow-Methods"), to.method) || strings.Contains(strings.ToLower(a.header.Get("Access-Control-Allow-Headers")), "token") {
			t.Errorf("%s %s is let to another website: %d %v", to.method, to.address, a.status, a.header)
		}
		if a := r.send(t, to.method, to.address, nil, h); a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s %s: its answer may be read by another website", to.method, to.address)
		}
	}
}
