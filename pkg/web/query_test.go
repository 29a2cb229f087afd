package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestQueriesThatCannotBeAreRefused(t *testing.T) {
	s := newFullSite(t)
	session := s.user("bob")
	tests := map[string]struct {
		status int
		want   string
	}{
		"/search?type=Function":             {400, "There is no type “Function”"},
		"/search?type=component":            {400, "There is no type"},
		"/search?sort=size":                 {400, "There is no order “size”"},
		"/search?page=0":                    {400, "“0” is no page"},
		"/search?page=-1":                   {400, "is no page"},
		"/search?page=x":                    {400, "is no page"},
		"/search?page=1.5":                  {400, "is no page"},
		"/search?page=99999999999999999999": {400, "is no page"},
		"/search?page=5001":                 {400, "from 1 to 5000"},
		"/search?page=2":                    {404, "There is no page 2; the last one is 1."},
		"/packages/hello?page=0":            {400, "is no page"},
		"/packages/hello?page=2":            {404, "There is no page 2."},
		"/packages/hello?page=" + strings.Repeat("9", 9999): {400, "is no page"},
		"/users/alice?page=0":                               {400, "is no page"},
		"/users/alice?page=2":                               {404, "There is no page 2"},
		"/settings?page=x":                                  {400, "is no page"},
		"/settings?page=2":                                  {404, "There is no page 2"},
		"/search?type=%3Cscript%3Ealert(1)%3C/script%3E":    {400, "&lt;script&gt;"},
	}
	for path, test := range tests {
		t.Run(path[:min(len(path), 60)], func(t *testing.T) {
			a := s.get(path, session)
			a.want(t, test.status, test.want, "<search>", `name="q" type="search" value=""`)
			a.wantNot(t, "<script>alert")
		})
	}
}

func TestStrangeSearchesAreAnswered(t *testing.T) {
	s := newFullSite(t)
	texts := []string{
		strings.Repeat("a", 10_000), strings.Repeat("你", 5_000), "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "🚀🎉👩‍👩‍👧‍👦", "' OR 1=1 --", "*:* AND NOT name:[a TO z]",
		"\x00\x01\xff\xfe", "a\r\nSet-Cookie: x=1", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, " \t ", "\u202egnp.exe", "{{.}}",
	}
	for _, text := range texts {
		for _, path := range []string{"/search?q=", "/search?tag=", "/search?category=", "/search?provider=", "/search?sort=time&q="} {
			a := s.get(path+url.QueryEscape(text), nil)
			if a.StatusCode != 200 || len(a.body) > limit {
				t.Errorf("%s%.40q: %d, %d bytes", path, text, a.StatusCode, len(a.body))
			}
			checkSafe(t, path+text, a.document(t))
			a.wantNot(t, "<script>alert", "<img src=x")
			if a.Header.Get("Set-Cookie") != "" {
				t.Error("sets a cookie")
			}
		}
		s.get("/search/suggest?q="+url.QueryEscape(text), nil).want(t, 200)
	}
}

func TestSearchCanBeNarrowedDown(t *testing.T) {
	s := newSite(t)
	kinds := map[string]registry.Type{"one": registry.Component, "two": registry.Plugin, "three": registry.Project}
	for name, kind := range kinds {
		s.publish(name, "1.0.0", func(_ *registry.Package, r *registry.Release) {
			r.Type, r.Manifest.Category, r.Manifest.Providers, r.Manifest.Tags = kind, "of "+name, []string{"by " + name}, []string{"a " + name}
		})
	}
	for path, want := range map[string]string{
		"/search?type=Component": "one", "/search?type=Plugin": "two", "/search?category=of+three": "three",
		"/search?provider=by+one": "one", "/search?tag=a+two": "two", "/search?q=three": "three",
	} {
		a := s.get(path, nil)
		a.want(t, 200, "1 package", `<a href="/packages/`+want+`">`)
	}
	page := s.get("/search?type=Plugin&category=of+two&provider=by+two&sort=time&q=two", nil)
	page.want(t, 200, `value="Plugin" selected`, `value="of two" selected`, `value="by two" selected`, `value="time" selected`, `value="two"`, "of one (1)")
	s.get("/search?category=gone", nil).want(t, 200, `<option value="gone" selected>gone</option>`, "Search without the filters")
	s.get("/search?tag=a+two&q=two", nil).want(t, 200, `<input type="hidden" name="tag" value="a two">`, `href="/search?q=two" aria-label="Remove the tag a two"`)
}

func TestPagesOfASearch(t *testing.T) {
	s := newSite(t)
	for i := range 205 {
		s.publish(fmt.Sprintf("p%03d", i), "1.0.0", nil)
	}
	a := s.get("/search?q=p&page=6", nil)
	a.want(t, 200, "205 packages", `rel="prev" href="/search?page=5&amp;q=p"`, `rel="next" href="/search?page=7&amp;q=p"`, `aria-current="page">6</a>`)
	var numbers []string
	for _, li := range a.document(t).all("li") {
		if n := words(li); len(n) < 3 || n == "…" {
			numbers = append(numbers, n)
		}
	}
	if got := strings.Join(numbers, " "); got != "1 … 4 5 6 7 8 … 11" {
		t.Errorf("pages %s", got)
	}
	first := s.get("/search?q=p", nil)
	first.want(t, 200, `rel="next" href="/search?page=2&amp;q=p"`)
	first.wantNot(t, `rel="prev"`)
	s.get("/search?q=p&page=2", nil).want(t, 200, `rel="prev" href="/search?q=p"`)
	last := s.get("/search?q=p&page=11", nil)
	last.wantNot(t, `rel="next"`)
	if n := strings.Count(last.body, "<article>"); n != 5 {
		t.Errorf("the last page has %d packages", n)
	}
}

func TestSuggestions(t *testing.T) {
	s := newFullSite(t)
	for i := range 20 {
		s.publish("say-"+strconv.Itoa(i), "1.0.0", nil)
	}
	ask := func(query string) (list []map[string]string) {
		a := s.get("/search/suggest?q="+query, nil)
		if a.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("Content-Type %q", a.Header.Get("Content-Type"))
		}
		if err := json.Unmarshal([]byte(a.body), &list); err != nil || list == nil {
			t.Fatalf("%v: %s", err, a.body)
		}
		return list
	}
	if got := ask("hello"); len(got) != 1 || got[0]["name"] != "hello" || got[0]["description"] != "Says hello" || got[0]["address"] != "/packages/hello" {
		t.Errorf("suggests %v", got)
	}
	if got := ask("say"); len(got) != 8 {
		t.Errorf("suggests %d", len(got))
	}
	if got := ask("xyzzy"); len(got) != 0 {
		t.Errorf("suggests %v", got)
	}
}

func TestVersionsAreListedByPages(t *testing.T) {
	s := newSite(t)
	s.many("hello", 61, nil)
	for page, want := range map[string]struct {
		first string
		count int
	}{"": {"1.60.0", 30}, "?page=2": {"1.30.0", 30}, "?page=3": {"1.0.0", 1}} {
		var versions []string
		for _, node := range s.get("/packages/hello"+page, nil).document(t).all("ol") {
			if attribute(node, "class") != "versions" {
				continue
			}
			for child := range descendants(node) {
				if child.Data == "h3" {
					versions = append(versions, words(child))
				}
			}
		}
		if len(versions) != want.count || versions[0] != want.first {
			t.Errorf("page %q has %d versions: %q", page, len(versions), versions)
		}
	}
}

func TestAVersionThatIsNotTheLatestSaysSo(t *testing.T) {
	s := newFullSite(t)
	s.publish("hello", "2.0.0-beta.1", nil)
	old := s.get("/packages/hello/versions/1.0.0", nil)
	old.want(t, 200, `id="not-latest"`, `<a href="/packages/hello">See version 1.1.0, the latest</a>`, `<meta name="robots" content="noindex">`)
	latest := s.get("/packages/hello/versions/1.1.0", nil)
	latest.wantNot(t, "not-latest", "noindex")
	latest.want(t, 200, `href="/packages/hello/versions/1.1.0" aria-current="true"`)
	s.get("/packages/hello", nil).want(t, 200, "hello@1.1.0")
	s.get("/packages/hello/versions/9.0.0", nil).want(t, 404)
	for asked, want := range map[string]string{"^1.0.0": "1.1.0", "1.0.x": "1.0.0", "latest": "1.1.0"} {
		a := s.get("/packages/hello/versions/"+url.PathEscape(asked), nil)
		if to := a.Header.Get("Location"); a.StatusCode != http.StatusFound || to != "/packages/hello/versions/"+want {
			t.Errorf("%s: %d %q", asked, a.StatusCode, to)
		}
	}
}

func TestAPackageTellsWhatItIs(t *testing.T) {
	s := newSite(t)
	s.publish("hello", "1.0.0", func(p *registry.Package, r *registry.Release) {
		p.Maintainers, r.Manifest.HomePage = []string{"bob", "carol"}, "https://example.com/?a=1&b=2"
	})
	a := s.get("/packages/hello", nil)
	a.want(t, 200,
		"component: hello@1.0.0", "region: cn-hangzhou", "AliyunFCFullAccess", "s deploy", "部署", "1.2 MB", strings.Repeat("0f", 32), "Apache-2.0",
		"bob, carol", `href="https://example.com/?a=1&amp;b=2"`, "string | object", "2 values", "<time datetime=\"2026-02-03T04:05:06Z\">3 Feb 2026</time>",
		`href="`+base+`/hello/zipball/1.0.0"`, "None in the last 90 days.")
	if !slices.Contains(a.document(t).hrefs(), "/search?tag=%E4%BD%A0%E5%A5%BD") {
		t.Error("the tag is no link into the search")
	}
	s.get("/packages/hello", nil, "Accept-Language", "zh").want(t, 200, "2026年2月3日", "必填")
}
