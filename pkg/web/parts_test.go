package web

import (
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestPreferredLanguage(t *testing.T) {
	for header, want := range map[string]language{
		"":                                english,
		"zh":                              chinese,
		"zh-Hans-CN":                      chinese,
		"ZH-cn, en;q=0.9":                 chinese,
		"en-US,en;q=0.9,zh;q=0.8":         english,
		"en;q=0.2, zh;q=0.7":              chinese,
		"fr, de;q=0.9, zh;q=0.1":          chinese,
		"fr, *;q=0.5":                     english,
		"zh;q=0, en;q=0.1":                english,
		"zh;q=0":                          english,
		"zh;q=NaN, en;q=0.1":              english,
		"zh;q=2, en;q=0.1":                english,
		"zh ; q=0.5 , en;q=0.4":           chinese,
		"zhuang":                          english,
		",,;;q=,":                         english,
		strings.Repeat("fr,", 20) + "zh":  english, // so many are not looked at
		strings.Repeat("a", 10_000) + "é": english,
	} {
		if got := preferred(header); got != want {
			t.Errorf("%.40q: %s, want %s", header, got, want)
		}
	}
}

func TestNumbersAndSizes(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234", -123: "-123"} {
		if got := number(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 1234567: "1.2 MB", 99_949_999: "99.9 MB", 99_960_000: "100 MB", 999_600_000: "1.0 GB", 5_000_000_000_000: "5000 GB"} {
		if got := size(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestWeigh(t *testing.T) {
	for text, want := range map[string]float64{"": 1, "q=0.5": 0.5, " q = 1": 1, "q=x": 0, "q=-1": 0, "level=1": 1} {
		if got := weigh(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestChart(t *testing.T) {
	now := time.Date(2026, 3, 1, 23, 59, 0, 0, time.UTC)
	c := newChart(map[registry.Day]int64{"2026-03-01": 10, "2026-02-28": 1, "2025-12-02": 5, "2025-12-01": 1000, "2026-03-02": 1000}, now)
	if c.Total != 16 || c.Most != 10 || c.Days != 90 {
		t.Errorf("total %d, most %d, days %d", c.Total, c.Most, c.Days)
	}
	// The first day of the ninety, then yesterday, and today over the full height.
	if c.Bars != "M0 64v-32h3v32zM352 64v-6h3v6zM356 64v-64h3v64z" {
		t.Errorf("bars %q", c.Bars)
	}
	if c.Width() != 359 || c.Height() != 64 {
		t.Errorf("%d x %d", c.Width(), c.Height())
	}
	if len(c.Weeks) != 13 || c.Weeks[0].Count != 11 || c.Weeks[0].From.Format(time.DateOnly) != "2026-02-23" {
		t.Errorf("weeks %+v", c.Weeks)
	}
	if last := c.Weeks[12]; last.Count != 5 || last.From.Format(time.DateOnly) != "2025-12-02" {
		t.Errorf("the first week is %+v", last)
	}
	if empty := newChart(nil, now); empty.Bars != "" || empty.Total != 0 {
		t.Errorf("without downloads: %+v", empty)
	}
}

func TestAComponentIsUsedWithWhatItRequires(t *testing.T) {
	got := componentYAML("fc3", "1.2.3", []manifest.Parameter{
		{Name: "region", Required: true, Default: "cn-hangzhou"},
		{Name: "code", Required: true, Type: "string | object"},
		{Name: "code.src", Required: true, Type: "string"},
		{Name: "on", Required: true},
		{Name: "a: b\n#", Required: true, Default: `"x"`},
		{Name: "triggers", Type: "array"},
	})
	want := `edition: 3.0.0
name: my-app
access: default

resources:
  demo:
    component: fc3@1.2.3
    props:
      region: cn-hangzhou
      code: # string | object
      "on":
      "a: b\n#": "x"
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := componentYAML("a", "1.0.0", nil); !strings.HasSuffix(got, "props: {}\n") {
		t.Errorf("without parameters:\n%s", got)
	}
}

func TestAnAddressWithAQueryIsQuotedForTheShell(t *testing.T) {
	for address, want := range map[string]string{
		"https://h/a/zipball/1.0.0":          "https://h/a/zipball/1.0.0",
		"https://h/a/zipball/1.0.0?ticket=x": "'https://h/a/zipball/1.0.0?ticket=x'",
	} {
		if got := shellWord(address); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}

func TestLocal(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "/a?b=c": "/a?b=c", "/a#b": "/a", "": "/", "//h": "/", "/\\h": "/", "https://h/": "/", "/%5Ch": "/", "a": "/", "/a\x00": "/", "/%zz": "/",
	} {
		if got := local(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}
