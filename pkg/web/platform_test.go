package web_test

import (
	"net/http"
	"testing"
)

func TestThePlatformsAddressLeadsToTheDomain(t *testing.T) {
	s := newFullSite(t)
	const host = "gateway-abc.cn-hangzhou.fcapp.run"
	for path, want := range map[string]string{
		"/":                          base + "/",
		"/packages/hello?page=1":     base + "/packages/hello?page=1",
		"/nothing":                   base + "/nothing",
		"/orgs/%E9%98%BF%2F?lang=zh": base + "/orgs/%E9%98%BF%2F?lang=zh",
	} {
		a := s.get(path, nil, "X-Forwarded-Host", host)
		if to := a.Header.Get("Location"); a.StatusCode != http.StatusFound || to != want || a.body != "" {
			t.Errorf("%s: %d %q", path, a.StatusCode, to)
		}
	}
	for _, other := range []string{"registry.example.com", "evil.example", "fcapp.run.example.com", ""} {
		s.get("/", nil, "X-Forwarded-Host", other).want(t, 200)
	}
	s.get("/", nil, "X-Forwarded-Host", "GATEWAY.CN-HANGZHOU.FCAPP.RUN:443").want(t, 302)
}

func TestWithoutADomainThePagesSayWhatIsMissing(t *testing.T) {
	const address = "https://gateway-abc.cn-hangzhou.fcapp.run"
	s := newSiteAt(t, address)
	for _, path := range []string{"/", "/packages/hello", "/nothing"} {
		a := s.get(path, nil, "X-Forwarded-Host", "gateway-abc.cn-hangzhou.fcapp.run")
		a.want(t, 200, "custom domain", "自定义域名", "s set registry "+address+"/v3")
		if kind := a.Header.Get("Content-Type"); kind != "text/plain; charset=utf-8" {
			t.Errorf("Content-Type %q", kind)
		}
	}
}

func TestRobots(t *testing.T) {
	a := newSite(t).get("/robots.txt", nil)
	a.want(t, 200, "User-agent: *\nDisallow: /search\nDisallow: /login\nDisallow: /settings\n")
	if kind := a.Header.Get("Content-Type"); kind != "text/plain; charset=utf-8" {
		t.Errorf("Content-Type %q", kind)
	}
}
