package web

import (
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// spoken tells in which language a page is: by its lang, and by the words of its
// footer.
func spoken(p *browser.Page) string {
	return p.Attribute("html", "lang") + " " + p.Text("footer a")
}

const (
	inEnglish = "en All packages"
	inChinese = "zh-CN 全部制品"
)

func TestTheBrowsersLanguageIsSpoken(t *testing.T) {
	t.Parallel()
	for accepted, want := range map[string]string{
		"zh-CN": inChinese, "zh-TW,zh;q=0.9,en;q=0.8": inChinese, "zh": inChinese,
		"en-US,en;q=0.9,zh;q=0.8": inEnglish, "fr,de": inEnglish, "": inEnglish,
	} {
		p := chromium.Open(t, shared.Registry, browser.Reader{Language: accepted})
		for _, path := range []string{"/", "/packages/oss-thumbnails"} {
			p.Visit(path)
			if got := spoken(p); got != want {
				t.Errorf("who reads %q is shown %s: %q, want %q", accepted, path, got, want)
			}
		}
	}
}

// The language is switched and the page stays the same; then it stays switched.
func TestTheLanguageIsSwitched(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/", "/search?q=Java&sort=download&type=Project", "/packages/oss-thumbnails", "/packages/queue-worker/versions/1.5.0",
		"/orgs/northwind", "/users/alice", "/login?next=%2Fpackages%2Flog-archive",
	} {
		p := chromium.Open(t, shared.Registry, browser.Reader{Language: "zh-CN", NoScript: path == "/"})
		p.Visit(path)
		heading := p.Text("h1")
		for _, step := range []struct{ click, want string }{{"English", inEnglish}, {"中文", inChinese}, {"English", inEnglish}} {
			if got := p.Text("header nav a"); got != step.click {
				t.Fatalf("%s: the switch is %q", path, got)
			}
			p.Click("header nav a")
			before, _, _ := strings.Cut(path, "?")
			if got := spoken(p); got != step.want || !strings.HasPrefix(p.URL(), shared.Registry+before) {
				t.Errorf("%s: %q leads to %q at %s", path, step.click, got, p.URL())
			}
			if same := p.Text("h1") == heading; step.want == inChinese && !same {
				t.Errorf("%s: back in Chinese the heading is %q, was %q", path, p.Text("h1"), heading)
			}
		}
		if strings.HasPrefix(path, "/search") && (p.Value("#q") != "Java" || p.Value("#type") != "Project" || p.Value("#sort") != "download") {
			t.Errorf("%s: the search is now %s", path, p.URL())
		}
		p.Visit("/packages/log-archive")
		if got := spoken(p); got != inEnglish {
			t.Errorf("after %s the next page is in %q", path, got)
		}
	}
}

// Each publisher's text is shown in the reader's language where there is one,
// and is marked as what it is.
func TestThePublishersTextsFollowTheLanguage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ reader, path, description, readme, notes, parameter, lang string }{
		{"en", "oss-thumbnails", "Makes thumbnails", "Put a photo into a bucket", "AVIF: about 80%", "Where the originals arrive", "en"},
		{"zh-CN", "oss-thumbnails", "图片一上传到 OSS", "把照片放进存储空间", "支持 AVIF 输出", "存放原图的 Bucket 名称", "zh"},
		{"en", "log-archive", "定时把日志服务", "日志服务按量计费", "压缩方式改为 zstd", "日志项目", "zh"},
		{"zh-CN", "queue-worker", "Runs a function", "A worker is a function", "drain shows", "Name of the queue", "en"},
	} {
		p := chromium.Open(t, shared.Registry, browser.Reader{Language: test.reader})
		p.Visit("/packages/" + test.path)
		for selector, want := range map[string]string{
			".release .description": test.description, "#readme .markdown": test.readme, "#versions": test.notes, "#parameters": test.parameter,
		} {
			if got := p.Text(selector); !strings.Contains(got, want) {
				t.Errorf("%s in %s: %s has no %q: %.300s", test.path, test.reader, selector, want, got)
			}
		}
		for _, selector := range []string{".release .description", "#readme .markdown"} {
			if got := p.Attribute(selector, "lang"); got != test.lang {
				t.Errorf("%s in %s: %s has the language %q", test.path, test.reader, selector, got)
			}
		}
	}
}

func TestTheLanguageIsSwitchedOnEveryKindOfPage(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	signIn(p, shared.user(t, "heidi"))
	p.Click("header nav a")
	if got := p.Text("h1"); got != "个人页面" || spoken(p) != inChinese {
		t.Errorf("the page of one's own is %q, %q", got, spoken(p))
	}
	makeToken(p, "ci", "all", "", "")
	if got := p.Text("#made h2"); got != "令牌“ci”已创建" {
		t.Errorf("a token is made: %q", got)
	}
	p.Click("header nav a") // the answer to a form can't be asked for again
	if spoken(p) != inEnglish || p.URL() != shared.Registry+"/settings?lang=en" || len(p.Texts("#made")) > 0 {
		t.Errorf("from there the switch leads to %s in %q", p.URL(), spoken(p))
	}
	p.Expect("status of 404")
	p.Visit("/packages/none?lang=zh")
	if got := p.Text("h1"); got != "这里什么也没有" {
		t.Errorf("a page that is not there: %q", got)
	}
}
