package web_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestWhoMayKeepAPage(t *testing.T) {
	const (
		all     = "public, max-age=60"
		visitor = "private, no-cache"
		none    = "no-store"
	)
	s, sessions := newGuardedSite(t)
	tests := map[string]struct{ path, user, want string }{
		"front":                       {"/", "nobody", all},
		"front in a session":          {"/", "alice", visitor},
		"search":                      {"/search?q=a", "nobody", all},
		"suggestions":                 {"/search/suggest?q=a", "nobody", all},
		"suggestions in a session":    {"/search/suggest?q=a", "alice", visitor},
		"package":                     {"/packages/everybodys", "nobody", all},
		"package in a session":        {"/packages/everybodys", "alice", visitor},
		"version":                     {"/packages/everybodys/versions/1.0.0", "nobody", all},
		"private package":             {"/packages/hidden", "alice", visitor},
		"organization":                {"/orgs/Team%20%E2%98%82", "carol", visitor},
		"user":                        {"/users/alice", "nobody", all},
		"sign-in":                     {"/login", "nobody", none},
		"one's own page":              {"/settings", "alice", none},
		"missing":                     {"/packages/hidden", "nobody", none},
		"missing in a session":        {"/packages/hidden", "stranger", none},
		"a query that can't be":       {"/search?page=0", "nobody", none},
		"a redirect":                  {"/packages/everybodys/versions/%5E1", "nobody", none},
		"a language just chosen":      {"/?lang=zh", "nobody", visitor},
		"robots":                      {"/robots.txt", "nobody", "public, max-age=86400"},
		"the icon of old browsers":    {"/favicon.ico", "nobody", "public, max-age=86400"},
		"a file of another release":   {"/assets/style.000000000000.css", "nobody", none},
		"a file without its hash":     {"/assets/style.css", "nobody", none},
		"a file by another directory": {"/assets/..%2Fstyles%2Fbase.css", "nobody", none},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.get(test.path, sessions[test.user])
			if got := a.Header.Get("Cache-Control"); got != test.want {
				t.Errorf("%d, Cache-Control: %q, want %q", a.StatusCode, got, test.want)
			}
		})
	}
}

func TestAPageThatIsKeptIsNotSentAgain(t *testing.T) {
	s, sessions := newGuardedSite(t)
	for path, user := range map[string]string{"/": "nobody", "/search": "nobody", "/packages/everybodys": "nobody", "/packages/internal": "carol"} {
		first := s.get(path, sessions[user])
		tag := first.Header.Get("ETag")
		if !strings.HasPrefix(tag, `"`) {
			t.Fatalf("%s: ETag %q is not a strong one", path, tag)
		}
		for header, status := range map[string]int{
			tag: 304, `"other", W/` + tag: 304, "*": 304, `"other"`: 200, "": 200,
		} {
			a := s.get(path, sessions[user], "If-None-Match", header)
			if a.StatusCode != status || (status == 304) != (a.body == "") || a.Header.Get("ETag") != tag {
				t.Errorf("%s, If-None-Match: %s: %d, want %d; %d bytes", path, header, a.StatusCode, status, len(a.body))
			}
			if a.Header.Get("Cache-Control") != first.Header.Get("Cache-Control") || a.Header.Get("Vary") != first.Header.Get("Vary") {
				t.Errorf("%s: headers of 304 %v", path, a.Header)
			}
		}
		if user == "nobody" {
			other := s.get(path, nil, "Accept-Language", "zh").Header.Get("ETag")
			if other == tag {
				t.Errorf("%s has one ETag in both languages", path)
			}
		}
	}
}

func TestFilesAreKeptForEver(t *testing.T) {
	s := newSite(t)
	d := s.get("/", nil).document(t)
	var addresses []string
	for _, link := range d.all("link") {
		if rel := attribute(link, "rel"); rel == "stylesheet" || rel == "icon" {
			addresses = append(addresses, attribute(link, "href"))
		}
	}
	addresses = append(addresses, attribute(d.all("script")[0], "src"))
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	for _, address := range addresses {
		a := s.get(address, nil)
		kind := kinds[address[strings.LastIndex(address, "."):]]
		if a.StatusCode != 200 || len(a.body) == 0 || a.Header.Get("Content-Type") != kind || a.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %d, %d bytes, %v", address, a.StatusCode, len(a.body), a.Header)
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Vary") != "" {
			t.Errorf("%s: %v", address, a.Header)
		}
	}
	if len(addresses) != 3 {
		t.Errorf("the page loads %q", addresses)
	}
}

func TestEveryAnswerProtectsItself(t *testing.T) {
	s := newFullSite(t)
	paths := []string{"/search/suggest?q=a", "/packages/hello/versions/%5E1", "/assets/none"}
	for _, page := range allPages() {
		paths = append(paths, page.path)
	}
	for _, path := range paths {
		h := s.get(path, nil).Header
		for name, want := range map[string]string{
			"Content-Security-Policy":    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":     "nosniff",
			"Referrer-Policy":            "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s: %q", path, name, h.Get(name))
			}
		}
		if h.Get("Permissions-Policy") == "" {
			t.Errorf("%s has no Permissions-Policy", path)
		}
	}
}

func TestHeadIsGetWithoutABody(t *testing.T) {
	s := newFullSite(t)
	for name, page := range allPages() {
		get, head := s.get(page.path, nil), s.do(httptest.NewRequest(http.MethodHead, page.path, nil), nil)
		if head.StatusCode != get.StatusCode || head.body != "" || head.Header.Get("Content-Length") != strconv.Itoa(len(get.body)) || head.Header.Get("ETag") != get.Header.Get("ETag") {
			t.Errorf("%s: HEAD answers %d %v and %d bytes", name, head.StatusCode, head.Header, len(head.body))
		}
	}
}

// limit is how large a page may be without its readme, in bytes.
const limit = 60_000

func TestPagesAreSmall(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	notes := strings.Repeat("- 修复了一个在特定情况下才会出现的问题，并补充了相应的说明文档。[详情](https://example.com/a/b/c)\n", 30)
	s.many("hello", 60, func(_ *registry.Package, r *registry.Release) { r.Texts.VersionBody, r.Texts.Readme = notes, "" })
	for day := range registry.ChartDays {
		if err := s.tally.Add(t.Context(), "hello", registry.DayOf(s.now.AddDate(0, 0, -day)), int64(1000+day*37%101), 0); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 25 {
		s.publish("package-"+strconv.Itoa(i), "1.0.0", func(_ *registry.Package, r *registry.Release) {
			r.Manifest.Description = strings.Repeat("很长的描述", 100)
			r.Manifest.Tags = strings.Fields("web 框架 nodejs python serverless 函数计算 新手入门 示例")
		})
	}
	for _, path := range []string{"/", "/search", "/packages/hello", "/packages/hello/versions/1.5.0", "/users/alice", "/settings"} {
		a := s.get(path, session)
		t.Logf("%s: %d bytes", path, len(a.body))
		if a.StatusCode != 200 || len(a.body) > limit {
			t.Errorf("%s: %d, %d bytes, want at most %d", path, a.StatusCode, len(a.body), limit)
		}
	}
	s.get("/packages/hello", nil).want(t, 200, `href="/packages/hello/versions/1.59.0#notes"`, "All notes of 1.59.0")
}

func TestTheChartEndsToday(t *testing.T) {
	s := newSite(t)
	s.publish("hello", "1.0.0", nil)
	for day, n := range map[int]int64{0: 5, 89: 7, 90: 1000} {
		if err := s.tally.Add(t.Context(), "hello", registry.DayOf(s.now.Add(-time.Duration(day)*24*time.Hour)), n, 0); err != nil {
			t.Fatal(err)
		}
	}
	s.get("/packages/hello", nil).want(t, 200, "12 downloads in the last 90 days; 7 on the busiest day.", `<p class="figure">1,012</p>`)
}
