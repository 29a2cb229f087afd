package devs_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestEachFilterOfAList(t *testing.T) {
	s := newSite(t)
	for i, name := range []string{"alpha", "beta", "gamma"} {
		s.with(t, name, func(p *registry.Package, r *registry.Release) {
			r.Type = []registry.Type{registry.Component, registry.Plugin, registry.Project}[i]
			r.PublishTime = time.Unix(1_700_000_000+int64(i), 0).UTC()
			m := &r.Manifest
			m.Description, m.Category = "部署 "+name, []string{"Web 应用", "数据库", ""}[i]
			m.Tags, m.Providers = [][]string{{"a b", "x"}, {"x"}, nil}[i], [][]string{{"阿里云"}, nil, {"Other"}}[i]
		})
		s.downloaded(t, name, int64([]int{5, 9, 7}[i]))
	}
	for query, want := range map[string]string{
		"": "beta gamma alpha", "search=": "beta gamma alpha", "search=beta": "beta", "search=BET": "beta", "search=部署": "beta gamma alpha", "search=nothing": "",
		"type=1": "alpha", "type=2": "beta", "type=3": "gamma", "type=Component": "alpha", "type=Plugin": "beta", "type=Project": "gamma", "type=": "beta gamma alpha",
		"category=" + url.QueryEscape("Web 应用"): "alpha", "category=" + url.QueryEscape("web 应用"): "alpha", "category=x": "",
		"tag=x": "beta alpha", "tag=a+b": "alpha", "tag=a%20b": "alpha", "tag=a": "",
		"provider=阿里云": "alpha", "provider=other": "gamma", "sort=time": "gamma beta alpha", "sort=download": "beta gamma alpha", "sort=": "beta gamma alpha",
		"search=部署&sort=time": "gamma beta alpha", "search=部署&type=2&tag=x": "beta", "type=1&tag=x&provider=阿里云&category=" + url.QueryEscape("Web 应用"): "alpha",
		"page=1": "beta gamma alpha", "page=2": "", "page=3333": "", "page=-1": "beta gamma alpha", "page=": "beta gamma alpha", "page=-1&type=2": "beta", "unknown=x&platform=9": "beta gamma alpha",
	} {
		if got := names(t, s.get(t, "/v3/packages/releases?"+query, http.StatusOK)); got != want {
			t.Errorf("%s: found %s, want %s", query, got, want)
		}
		if got := names(t, s.call(t, bearer("GET", "/v3/package/user?"+query, s.token, nil), http.StatusOK)); got != want {
			t.Errorf("own, %s: found %s, want %s", query, got, want)
		}
	}
}

// A wrong question is told from one to which nothing fits.
func TestWhatCannotBeRead(t *testing.T) {
	s := newSite(t)
	long := strings.Repeat("9", 10_000)
	for query, words := range map[string]string{
		"page=0": `page="0" is not a number from 1 to 3333, or -1 for all.`, "page=-2": `page="-2"`, "page=x": `page="x"`, "page=1.5": `page="1.5"`, "page=3334": `page="3334"`,
		"page=99999999999999999999": `page="99999999999999999999"`, "page=%20": `page=" "`, "page=1%00": `page="1\x00"`, "page=" + long: `page="` + long[:40] + `"`,
		"type=0": `type="0" is not known: use 1 (Component), 2 (Plugin) or 3 (Project).`, "type=4": `type="4"`, "type=component": `type="component"`, "type=x": `type="x"`,
		"type=%FF": `type="\xff"`, "type=" + long: `type="` + long[:40] + `"`,
		"sort=name": `sort="name" is not known: use time or download.`, "sort=Time": `sort="Time"`, "sort=" + long: `sort="` + long[:40] + `"`,
		"search=x&page=1&type=9": `type="9"`,
	} {
		message := s.get(t, "/v3/packages/releases?"+query, http.StatusBadRequest)
		wantWords(t, message, words)
		if len(message.(string)) > 200 {
			t.Errorf("%.20s: the message has %d bytes", query, len(message.(string)))
		}
		wantWords(t, s.call(t, bearer("GET", "/v3/package/user?"+query, s.token, nil), http.StatusBadRequest), words)
	}
}

// Whatever is typed into a search box, there is an answer.
func TestAnySearchIsAnswered(t *testing.T) {
	s := newSite(t)
	s.with(t, "hello", func(*registry.Package, *registry.Release) {})
	for _, text := range []string{
		strings.Repeat("x", 10<<10), strings.Repeat("函数 ", 2<<10), "!!!", `"`, `\`, "*?", "%", "🚀", "' OR 1=1; DROP TABLE packages; --", `" OR *`,
		"\x00", "\xff\xfe", "a\r\nb", "{{.}}", "<script>alert(1)</script>", "null", "name:hello",
	} {
		for _, parameter := range []string{"search", "category", "tag", "provider"} {
			for _, page := range []string{"1", "-1"} {
				query := url.Values{parameter: {text}, "page": {page}}.Encode()
				if _, ok := s.get(t, "/v3/packages/releases?"+query, http.StatusOK).([]any); !ok {
					t.Errorf("%s=%.40q: no list", parameter, text)
				}
			}
		}
	}
	for _, query := range []string{"search=%", "search=%zz&page=1", "%", "&&&", "search=a;b", "=x", "search=x&search=y"} {
		r := httptest.NewRequest("GET", "/v3/packages/releases", nil)
		r.URL.RawQuery = query
		s.call(t, r, http.StatusOK)
	}
}

func TestPagesOfAList(t *testing.T) {
	s := newSite(t)
	var all []string
	for i := range 65 {
		all = append(all, fmt.Sprintf("p%02d", i))
		s.with(t, all[i], func(*registry.Package, *registry.Release) {})
	}
	for page, want := range map[int][]string{1: all[:30], 2: all[30:60], 3: all[60:], 4: nil, -1: all} {
		if got := names(t, s.get(t, fmt.Sprint("/v3/packages/releases?page=", page), http.StatusOK)); got != strings.Join(want, " ") {
			t.Errorf("page %d: %s", page, got)
		}
	}
}

// numbered is an index, and catalog, of n packages, of which some were hidden
// since the index heard of them.
type numbered struct {
	registry.Catalog
	n      int
	hidden map[string]bool
	calls  int
}

func (x *numbered) Find(_ context.Context, s registry.Search, _ []string) ([]string, int, error) {
	x.calls++
	var names []string
	for i := s.Skip; i < min(s.Skip+s.Limit, x.n); i++ {
		names = append(names, fmt.Sprintf("p%05d", i))
	}
	return names, x.n, nil
}

func (x *numbered) Count(context.Context, registry.Facet, []string) ([]registry.Counted, error) {
	return nil, nil
}

func (x *numbered) Heads(_ context.Context, names []string) ([]registry.Head, error) {
	var heads []registry.Head
	for _, name := range names {
		if !x.hidden[name] {
			p := registry.Package{Name: name, Owner: "alice", Visibility: registry.Public}
			heads = append(heads, registry.Head{Package: p, Latest: &registry.Release{Name: name}})
		}
	}
	return heads, nil
}

// Those that are left out on one page don't end the pages.
func TestAllPagesAreReadTogether(t *testing.T) {
	for n, calls := range map[int]int{0: 1, 1: 1, 999: 1, 1000: 1, 1001: 2, 20_000: 20} {
		for _, hidden := range []map[string]bool{nil, {"p00000": true, "p00500": true}} {
			s := newSite(t)
			x := &numbered{n: n, hidden: hidden}
			s.lists.Browsing.Index, s.lists.Browsing.Catalog = x, x
			got := strings.Fields(names(t, s.get(t, "/v3/packages/releases?page=-1", http.StatusOK)))
			want, _, _ := x.Find(t.Context(), registry.Search{Limit: n}, nil)
			for i := 0; i < len(want); i++ {
				if hidden[want[i]] {
					want = append(want[:i], want[i+1:]...)
				}
			}
			if !reflect.DeepEqual(got, append([]string{}, want...)) || x.calls != calls+1 {
				t.Errorf("%d packages: listed %d, %d calls; want %d, %d", n, len(got), x.calls-1, len(want), calls)
			}
		}
	}
}

func TestTooManyForOneAnswer(t *testing.T) {
	s := newSite(t)
	x := &numbered{n: 20_001}
	s.lists.Browsing.Index, s.lists.Browsing.Catalog = x, x
	wantWords(t, s.get(t, "/v3/packages/releases?page=-1", http.StatusBadRequest), "page=-1 asks for 20001 packages", "at most 20000", "page=1, page=2")
	if x.calls != 1 {
		t.Errorf("it took %d searches to tell", x.calls)
	}
	if got := strings.Fields(names(t, s.get(t, "/v3/packages/releases?page=333", http.StatusOK))); len(got) != 30 || got[0] != "p09960" {
		t.Errorf("page 333 has %v", got)
	}
}
