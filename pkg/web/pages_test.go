package web_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// shown is a page and what it says of itself.
type shown struct {
	path      string
	status    int
	title     [2]string // English, Chinese
	heading   [2]string
	canonical string // below base; "" for none
}

func allPages() map[string]shown {
	const organization = "阿里云（FC）"
	return map[string]shown{
		"front":           {"/", 200, [2]string{"Serverless Devs packages · fc-registry", "Serverless Devs 制品 · fc-registry"}, [2]string{"Serverless packages, in one place", "Serverless 制品，尽在此处"}, "/"},
		"search":          {"/search?q=hello", 200, [2]string{"hello · Search · fc-registry", "hello · 搜索 · fc-registry"}, [2]string{"Packages for “hello”", "“hello”的搜索结果"}, "/search?q=hello"},
		"all packages":    {"/search", 200, [2]string{"Search · fc-registry", "搜索 · fc-registry"}, [2]string{"Packages", "制品"}, "/search"},
		"nothing found":   {"/search?q=xyzzy&type=Plugin", 200, [2]string{"xyzzy · Search · fc-registry", "xyzzy · 搜索 · fc-registry"}, [2]string{"Packages for “xyzzy”", "“xyzzy”的搜索结果"}, "/search?q=xyzzy&type=Plugin"},
		"a tag":           {"/search?tag=%E4%BD%A0%E5%A5%BD", 200, [2]string{"Search · fc-registry", "搜索 · fc-registry"}, [2]string{"Packages tagged “你好”", "标签为“你好”的制品"}, "/search?tag=%E4%BD%A0%E5%A5%BD"},
		"package":         {"/packages/hello", 200, [2]string{"hello · fc-registry", "hello · fc-registry"}, [2]string{"hello 1.1.0", "hello 1.1.0"}, "/packages/hello"},
		"in other case":   {"/packages/HELLO", 200, [2]string{"hello · fc-registry", "hello · fc-registry"}, [2]string{"hello 1.1.0", "hello 1.1.0"}, "/packages/hello"},
		"version":         {"/packages/hello/versions/1.0.0", 200, [2]string{"hello 1.0.0 · fc-registry", "hello 1.0.0 · fc-registry"}, [2]string{"hello 1.0.0", "hello 1.0.0"}, "/packages/hello/versions/1.0.0"},
		"organization":    {"/orgs/" + url.PathEscape(organization), 200, [2]string{organization + " · Organization · fc-registry", organization + " · 组织 · fc-registry"}, [2]string{organization, organization}, "/orgs/" + url.PathEscape(organization)},
		"user":            {"/users/alice", 200, [2]string{"alice · User · fc-registry", "alice · 用户 · fc-registry"}, [2]string{"alice", "alice"}, "/users/alice"},
		"sign-in":         {"/login", 200, [2]string{"Sign in · fc-registry", "登录 · fc-registry"}, [2]string{"Sign in", "登录"}, "/login"},
		"missing":         {"/nothing/here", 404, [2]string{"Nothing is here · fc-registry", "这里什么也没有 · fc-registry"}, [2]string{"Nothing is here", "这里什么也没有"}, ""},
		"missing package": {"/packages/nothing", 404, [2]string{"Nothing is here · fc-registry", "这里什么也没有 · fc-registry"}, [2]string{"Nothing is here", "这里什么也没有"}, ""},
		"wrong query":     {"/search?sort=size", 400, [2]string{"This can’t be answered · fc-registry", "无法处理这个请求 · fc-registry"}, [2]string{"This can’t be answered", "无法处理这个请求"}, ""},
	}
}

func newFullSite(t *testing.T) *site {
	s := newSite(t)
	s.publish("hello", "1.0.0", nil)
	s.publish("hello", "1.1.0", func(p *registry.Package, r *registry.Release) {
		p.Organization = "阿里云（FC）"
		r.Manifest.English, r.English.Readme, r.English.VersionBody = "Says hello", "# The manual\n\nHello", "- repaired"
	})
	return s
}

func TestEachPageSaysWhatItIs(t *testing.T) {
	s := newFullSite(t)
	for name, page := range allPages() {
		for i, language := range []string{"en", "zh-CN"} {
			t.Run(name+" in "+language, func(t *testing.T) {
				a := s.get(page.path, nil, "Accept-Language", language)
				a.want(t, page.status)
				d := a.document(t)
				if got := d.one("title"); got != page.title[i] {
					t.Errorf("title %q, want %q", got, page.title[i])
				}
				if got := d.one("h1"); got != page.heading[i] {
					t.Errorf("heading %q, want %q", got, page.heading[i])
				}
				if got := attribute(d.all("html")[0], "lang"); got != language {
					t.Errorf("lang %q, want %q", got, language)
				}
				if d.meta("description") == "" || d.meta("viewport") == "" {
					t.Error("no description, or no viewport")
				}
				if got := strings.TrimPrefix(d.link("canonical", ""), base); got != page.canonical {
					t.Errorf("canonical %q, want %q", got, page.canonical)
				}
			})
		}
	}
}

func TestPagesHaveNoInlineScriptOrStyle(t *testing.T) {
	s := newFullSite(t)
	session := s.user("alice")
	paths := []string{"/settings"}
	for _, page := range allPages() {
		paths = append(paths, page.path)
	}
	for _, path := range paths {
		checkSafe(t, path, s.get(path, session).document(t))
	}
}

// checkSafe fails on what a page must not have: inline scripts and styles,
// handlers, files of other hosts but images, ids that are there twice.
func checkSafe(t *testing.T, path string, d document) {
	t.Helper()
	ids := make(map[string]bool)
	for node := range descendants(d.root) {
		if node.Type != html.ElementNode {
			continue
		}
		switch node.Data {
		case "style", "iframe", "object", "embed", "base", "template":
			t.Errorf("%s has <%s>", path, node.Data)
		case "script":
			if node.FirstChild != nil || !strings.HasPrefix(attribute(node, "src"), "/assets/") {
				t.Errorf("%s has an inline or foreign script: %q", path, attribute(node, "src"))
			}
		}
		for _, a := range node.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				t.Errorf("%s has <%s %s=%q>", path, node.Data, a.Key, a.Val)
			}
		}
		if id := attribute(node, "id"); id != "" {
			if ids[id] {
				t.Errorf("%s has the id %q twice", path, id)
			}
			ids[id] = true
		}
	}
}

func TestEachFieldHasALabel(t *testing.T) {
	s := newFullSite(t)
	session := s.user("alice")
	for _, path := range []string{"/", "/search", "/login", "/settings", "/packages/hello", "/nothing"} {
		d := s.get(path, session).document(t)
		labelled := make(map[string]bool)
		for _, label := range d.all("label") {
			labelled[attribute(label, "for")] = true
		}
		for _, field := range slices.Concat(d.all("input"), d.all("select")) {
			kind := attribute(field, "type")
			if kind != "hidden" && !labelled[attribute(field, "id")] && field.Parent.Data != "label" {
				t.Errorf("%s: the field %q has no label", path, attribute(field, "name"))
			}
		}
	}
}

func TestTheLanguageIsChosenAndRemembered(t *testing.T) {
	s := newFullSite(t)
	const chinese, english = "查看全部", "See all"
	tests := map[string]struct {
		path, cookie, header string
		want, set            string
	}{
		"nothing said":               {"/", "", "", english, ""},
		"the browser's":              {"/", "", "zh-TW,zh;q=0.9,en;q=0.8", chinese, ""},
		"the cookie wins":            {"/", "en", "zh", english, ""},
		"a strange cookie":           {"/", "fr", "zh", chinese, ""},
		"the address wins":           {"/?lang=zh", "en", "en", chinese, "lang=zh"},
		"chosen again":               {"/?lang=zh", "zh", "en", chinese, ""},
		"a language that is none":    {"/?lang=fr", "", "zh", chinese, ""},
		"chosen on a page of errors": {"/nothing?lang=zh", "", "en", "这里什么也没有", "lang=zh"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			headers := []string{"Accept-Language", test.header}
			if test.cookie != "" {
				headers = append(headers, "Cookie", "lang="+test.cookie)
			}
			a := s.get(test.path, nil, headers...)
			if !strings.Contains(a.body, test.want) {
				t.Errorf("the page does not have %q", test.want)
			}
			if got, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";"); got != test.set {
				t.Errorf("sets cookie %q, want %q", got, test.set)
			}
			if a.Header.Get("Vary") != "Accept-Language, Cookie" {
				t.Errorf("Vary: %q", a.Header.Get("Vary"))
			}
		})
	}
}

func TestTheOtherLanguageKeepsTheQuery(t *testing.T) {
	s := newFullSite(t)
	d := s.get("/search?q=a%26b&type=Component&lang=en", nil).document(t)
	if !slices.Contains(d.hrefs(), "/search?lang=zh&q=a%26b&type=Component") {
		t.Errorf("links: %q", d.hrefs())
	}
	for language, want := range map[string]string{"en": "?lang=en&q=a%26b&type=Component", "zh": "?lang=zh&q=a%26b&type=Component"} {
		if got := d.link("alternate", language); got != base+"/search"+want {
			t.Errorf("in %s: %q", language, got)
		}
	}
	if got := d.link("canonical", ""); got != base+"/search?lang=en&q=a%26b&type=Component" {
		t.Errorf("canonical %q", got)
	}
}

func TestTextsOfPackagesAreInTheVisitorsLanguage(t *testing.T) {
	s := newFullSite(t)
	in := func(language, path string) answered { return s.get(path, nil, "Accept-Language", language) }
	en, zh := in("en", "/packages/hello"), in("zh", "/packages/hello")
	en.want(t, 200, "Says hello", "The manual", "repaired")
	en.wantNot(t, "说明文档")
	zh.want(t, 200, "hello 的描述", "说明文档", "修复了问题")
	zh.wantNot(t, "The manual")
	// This one has no English texts.
	in("en", "/packages/hello/versions/1.0.0").want(t, 200, "hello 的描述", "说明文档", "修复了问题")
	in("en", "/search").want(t, 200, "Says hello")
	in("zh", "/search").want(t, 200, "hello 的描述")
}
