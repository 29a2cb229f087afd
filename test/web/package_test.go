package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

func TestThePackagePageTellsWhatThePackageIs(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Visit("/packages/oss-thumbnails")
	for selector, want := range map[string]string{
		"h1":                       "oss-thumbnails 2.1.0",
		".release .description":    "Makes thumbnails of every picture the moment it arrives in an OSS bucket",
		".release .facts":          "Component by alice northwind published " + shared.day.Format("2 Jan 2006"),
		"#readme .markdown h3":     "oss-thumbnails",
		"#readme .markdown strong": "where a photo was taken stays with you",
		"#readme td code":          "thumbnails/160/cat.webp",
		"#readme pre .nt":          "edition",
		"#versions .notes":         "AVIF: about 80% of the size of WebP at the same quality A new command, s backfill, for pictures that were there before the function Fixed: JPEGs in CMYK came out too dark",
		"aside .figure":            grouped(shared.downloads["oss-thumbnails"]),
	} {
		if got := plain(p.Text(selector)); got != want {
			t.Errorf("%s: %q, want %q", selector, got, want)
		}
	}
	if got, want := plain(p.Text("aside dl")), "Home page https://github.com/northwind-oss/oss-thumbnails License Apache-2.0 Category 图片处理 Provider 阿里云 "+
		"Published by alice SHA-256 "+sumOf(t, "oss-thumbnails"); !strings.HasPrefix(got, want) {
		t.Errorf("the details are %q, want %q", got, want)
	}
	if got, want := p.Texts(".release .tags li"), []string{"图片处理", "OSS", "thumbnails"}; !slices.Equal(got, want) {
		t.Errorf("tags %q, want %q", got, want)
	}
	if got := p.Text("#snippet code"); got != thumbnailsYAML {
		t.Errorf("the snippet is %q, want %q", got, thumbnailsYAML)
	}
}

// grouped is a number between 1,000 and a million as English writes it.
func grouped(n int64) string { return fmt.Sprintf("%d,%03d", n/1000, n%1000) }

// thumbnailsYAML is what one writes into s.yaml.
const thumbnailsYAML = `edition: 3.0.0
name: my-app
access: default

resources:
  demo:
    component: oss-thumbnails@2.1.0
    props:
      region: cn-hangzhou
      bucket: # string
      sizes: [160,480,1280]`

// sumOf is the SHA-256 of the ZIP of a package's last release.
func sumOf(t *testing.T, name string) string {
	t.Helper()
	sum := sha256.Sum256(zipOf(t, name))
	return hex.EncodeToString(sum[:])
}

// zipOf is the ZIP of the last release of a package of testdata/packages.
func zipOf(t *testing.T, name string) []byte {
	t.Helper()
	f, err := read("testdata/packages/" + name)
	if err != nil {
		t.Fatal(err)
	}
	releases := f.releases()
	zip, err := releases[len(releases)-1].zip()
	if err != nil {
		t.Fatal(err)
	}
	return zip
}

func TestThePackagePageHasParametersPermissionsAndCommands(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Visit("/packages/oss-thumbnails")
	for selector, want := range map[string][]string{
		"#parameters tbody th": {
			"region required string", "bucket required string", "sizes required array", "prefix string", "target string", "format string",
			"quality integer", "memorySize integer", "timeout integer", "logConfig object", "logConfig.project string", "logConfig.logstore string",
		},
		"#parameters tr:nth-of-type(2) td": {"Bucket Where the originals arrive"},
		"#parameters tr:nth-of-type(6) td": {"Format Default: webp 4 values"},
		"#permissions tbody tr":            {"函数计算 AliyunFCFullAccess", "对象存储 nodejs20 AliyunOSSReadOnlyAccess oss:PutObject", "日志服务 log:PostLogStoreLogs"},
		"#commands tbody th":               {"s backfill", "s deploy", "s info", "s logs", "s remove"},
	} {
		got := p.Texts(selector)
		for i := range got {
			got[i] = plain(got[i])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", selector, got, want)
		}
	}
	p.Click("#parameters tr:nth-of-type(6) summary")
	if got := p.Texts("#parameters tr:nth-of-type(6) details p code"); !slices.Equal(got, []string{"webp", "avif", "jpeg", "png"}) {
		t.Errorf("values %q", got)
	}
}

func TestThePackagePageHasCommandsInGroups(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Visit("/packages/queue-worker")
	want := []string{"s logs", "Deploy & remove", "s deploy", "s remove", "消息", "s drain"}
	if got := p.Texts("#commands tbody th"); !slices.Equal(got, want) {
		t.Errorf("commands %q, want %q", got, want)
	}
}

func TestWhatIsLinkedFromAPackageLeadsThere(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	for selector, want := range map[string]string{
		".release .facts a[href*='/users/']": "/users/alice",
		".release .facts a[href*='/orgs/']":  "/orgs/northwind",
		".release .facts a[href*='type=']":   "/search?type=Component",
		"aside a[href*='category=']":         "/search?category=%E5%9B%BE%E7%89%87%E5%A4%84%E7%90%86",
		".sections a[href='#parameters']":    "/packages/oss-thumbnails#parameters",
		".sections a[href='#versions']":      "/packages/oss-thumbnails#versions",
		"#versions li:nth-of-type(2) h3 a":   "/packages/oss-thumbnails/versions/2.0.0",
		"#readme a[href^='https']":           "/packages/oss-thumbnails", // another site; its link is not clicked here
	} {
		p.Visit("/packages/oss-thumbnails")
		if !strings.Contains(selector, "https") {
			p.Click(selector)
		}
		if got := p.URL(); got != shared.Registry+want || p.Status() != http.StatusOK {
			t.Errorf("%s leads to %s (%d), want %s", selector, got, p.Status(), want)
		}
	}
}

func TestTheChartShowsTheDownloads(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	total := shared.downloads["oss-thumbnails"]
	p.Visit("/packages/oss-thumbnails")
	if bars := strings.Count(p.Attribute("aside svg path", "d"), "M"); bars < 60 || bars > 90 {
		t.Errorf("the chart has %d bars", bars)
	}
	if got := browser.Call[string](p, `() => document.querySelector("aside svg desc").textContent`); !strings.HasPrefix(got, grouped(total)+" downloads in the last 90 days; ") {
		t.Errorf("the chart is described as %q", got)
	}
	p.Click("aside .downloads summary")
	sum := browser.Call[int64](p, `() => [...document.querySelectorAll("aside .downloads tbody td")].reduce((sum, e) => sum + Number(e.innerText), 0)`)
	if weeks := len(p.Texts("aside .downloads tbody tr")); weeks != 13 || sum != total {
		t.Errorf("%d weeks with %d downloads in all", weeks, sum)
	}
}

// The browser keeps the very ZIP that was published, and that is counted.
func TestTheZIPIsDownloadedAndCounted(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Expect("request to another host: " + shared.OSS) // to which the registry redirects
	p.Visit("/packages/log-archive")
	if got := p.Text("aside .downloads"); !strings.Contains(got, "None in the last 90 days") {
		t.Errorf("before any download: %q", got)
	}
	name, zip := p.Download("aside a[download]")
	if name != "log-archive-1.4.0.zip" || string(zip) != string(zipOf(t, "log-archive")) {
		t.Errorf("the file is %q of %d bytes", name, len(zip))
	}
	eventually(t, "the download is counted", func() bool {
		again := chromium.Open(t, shared.Registry, browser.Reader{}) // which has nothing in its cache
		again.Visit("/packages/log-archive")
		return again.Text("aside .figure") == "1" && len(again.Texts("aside figure")) == 1
	})
}
