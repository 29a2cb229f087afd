package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// query is what somebody fills into the search form.
type query struct{ text, kind, category, provider, order string }

// The form works the same with JavaScript and without.
func TestTheSearchFormFinds(t *testing.T) {
	t.Parallel()
	readers := []*browser.Page{
		chromium.Open(t, shared.Registry, browser.Reader{}),
		chromium.Open(t, shared.Registry, browser.Reader{NoScript: true}),
	}
	for name, test := range map[string]struct {
		query
		want []string // in this order, others may stand between
		not  []string
	}{
		"a part of a name":       {query{text: "thumbnails"}, []string{"oss-thumbnails"}, []string{"queue-worker"}},
		"a word of a readme":     {query{text: "idempotent"}, []string{"queue-worker"}, []string{"oss-thumbnails"}},
		"a Chinese word":         {query{text: "缩略图"}, []string{"oss-thumbnails"}, []string{"log-archive"}},
		"a tag's word":           {query{text: "webhook"}, []string{"deploy-notify"}, []string{"queue-worker"}},
		"one type":               {query{kind: "Plugin"}, []string{"bare-plugin"}, []string{"oss-thumbnails", "start-nextjs-blog"}},
		"one category":           {query{category: "Messaging"}, []string{"queue-worker"}, []string{"oss-thumbnails"}},
		"one provider":           {query{provider: "其它"}, []string{"log-archive"}, []string{"queue-worker", "deploy-notify"}},
		"all of it":              {query{"Java", "Project", "Web框架", "阿里云", "download"}, []string{"example-spring-boot", "example-quarkus"}, []string{"example-django"}},
		"the newest first":       {query{order: "time"}, []string{"oss-thumbnails", "queue-worker", "start-nextjs-blog", "log-archive", "deploy-notify", "bare-plugin"}, nil},
		"the most used first":    {query{kind: "Project", order: "download"}, []string{"example-express", "example-django", "example-spring-boot", "example-fastapi", "example-axum"}, nil},
		"nothing that is hidden": {query{text: "gateway"}, nil, []string{"northwind-gateway", "payroll-export"}},
	} {
		for _, p := range readers {
			got := find(p, test.query)
			if !slices.Equal(within(got, test.want), test.want) {
				t.Errorf("%s: %+v finds %q, want %q in this order", name, test.query, got, test.want)
			}
			if wrong := within(got, test.not); len(wrong) > 0 {
				t.Errorf("%s: %+v finds %q", name, test.query, wrong)
			}
		}
	}
}

// find searches by the form, and returns the names on the first page.
func find(p *browser.Page, q query) []string {
	p.Visit("/search")
	p.Fill("#q", q.text)
	p.Select("#type", q.kind)
	p.Select("#category", q.category)
	p.Select("#provider", q.provider)
	p.Select("#sort", q.order)
	p.Click(".filters button")
	return p.Texts(".results h3")
}

// within returns those names that are among the wanted ones.
func within(names, wanted []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(wanted, name) })
}

func TestTheFormKeepsWhatWasAsked(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	asked := query{"Java", "Project", "Web框架", "阿里云", "download"}
	find(p, asked)
	kept := query{p.Value("#q"), p.Value("#type"), p.Value("#category"), p.Value("#provider"), p.Value("#sort")}
	if kept != asked {
		t.Errorf("the form holds %+v, want %+v", kept, asked)
	}
	found := p.Texts(".results h3")
	p.Click(".results h3 a")
	p.Back()
	if back := p.Texts(".results h3"); !slices.Equal(back, found) || p.Value("#type") != "Project" {
		t.Errorf("back from a package the search shows %q, before %q", back, found)
	}
}

func TestATagIsALinkToItsPackages(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{Phone: true})
	p.Visit("/packages/start-nextjs-blog")
	p.Click(".tags a[href*='Web']") // 部署 Web 应用
	if got := p.Texts(".results h3"); !slices.Equal(got, []string{"start-nextjs-blog"}) {
		t.Errorf("the tag finds %q", got)
	}
	p.Click(".chip a") // without it
	if got := p.Texts(".results h3"); len(got) != 20 {
		t.Errorf("without the tag there are %q", got)
	}
}

// Whoever clicks through all pages sees every package once.
func TestThePagesOfASearchHaveEachPackageOnce(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Visit("/search?type=Project&sort=time")
	count, _, _ := strings.Cut(p.Text(".found"), " ")
	total, err := strconv.Atoi(count)
	if err != nil || total < 25 {
		t.Fatalf("the page says %q", p.Text(".found"))
	}
	seen := make(map[string]int)
	for page := 1; ; page++ {
		if got := p.Text(".paging [aria-current=page]"); got != strconv.Itoa(page) {
			t.Fatalf("page %d is marked as %q", page, got)
		}
		for _, name := range p.Texts(".results h3") {
			seen[name]++
		}
		if len(p.Texts(".paging [rel=next]")) == 0 {
			break
		}
		p.Click(".paging [rel=next]")
	}
	for name, times := range seen {
		if times != 1 {
			t.Errorf("%s is shown %d times", name, times)
		}
	}
	if len(seen) != total {
		t.Errorf("%d packages are shown, the page says %d", len(seen), total)
	}
	p.Click(".paging [rel=prev]")
	p.Click(".paging ol a") // the first page
	if got := p.URL(); got != shared.Registry+"/search?sort=time&type=Project" {
		t.Errorf("the first page is %s", got)
	}
}

func TestAnEmptySearchHelps(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Visit("/search?q=zebra&type=Plugin")
	if got := p.Text(".found"); got != "0 packages" {
		t.Errorf("the page says %q", got)
	}
	ways := p.Texts(".empty a")
	for i, want := range []string{"/search?q=zebra", "/login?next=%2Fsearch%3Fq%3Dzebra%26type%3DPlugin", "/search"} {
		p.Visit("/search?q=zebra&type=Plugin")
		p.Click(fmt.Sprintf(".empty li:nth-of-type(%d) a", i+2))
		if got := p.URL(); !strings.EqualFold(got, shared.Registry+want) {
			t.Errorf("%q leads to %s, want %s", ways[i], got, want)
		}
	}
}

func TestAnyTextCanBeSearchedFor(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	for _, text := range []string{
		strings.Repeat("long ", 2000), strings.Repeat("长", 3000), "!?.,;:()[]{}", "🦄🚀", `' OR 1=1; DROP TABLE packages; --`, `name:(a AND "b"*)~2^3 [a TO z]`, "*", "\\", "%", "_", `"`,
		"<script>alert(1)</script>", "  ", "null", "\x7f\x01", "a\u202eb",
	} {
		p.Visit("/search?" + url.Values{"q": {text}}.Encode())
		if p.Status() != 200 || len(p.Texts(".found")) != 1 {
			t.Errorf("%.40q is answered with %d: %s", text, p.Status(), p.Text("main"))
		}
	}
}
