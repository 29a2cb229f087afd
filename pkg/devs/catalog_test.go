package devs_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func (s site) downloaded(t *testing.T, name string, total int64) {
	t.Helper()
	if err := s.tally.PutDownloads(t.Context(), name, total); err != nil {
		t.Fatal(err)
	}
}

// with stores a release of alice's public package, as alter makes it.
func (s site) with(t *testing.T, name string, alter func(*registry.Package, *registry.Release)) {
	t.Helper()
	r := registrytest.Release(t, name, "1.0.0")
	r.Manifest = registry.Manifest{Visibility: registry.Public}
	p := registrytest.Package(r)
	alter(&p, &r)
	if err := s.catalog.PutHead(t.Context(), registry.Head{Package: p, Latest: &r}); err != nil {
		t.Fatal(err)
	}
}

// names lists what stands in the answer's body, in its order.
func names(t *testing.T, body any) string {
	t.Helper()
	list, ok := body.([]any)
	if !ok {
		t.Fatalf("the body is %v, no list", body)
	}
	all := make([]string, len(list))
	for i, one := range list {
		all[i], _ = one.(map[string]any)["name"].(string)
	}
	return strings.Join(all, " ")
}

// The fields that the CLI and the official website read, in the forms in which
// they read them.
func TestAPackageInAList(t *testing.T) {
	s := newSite(t)
	s.put(t, registrytest.Release(t, "Hello", "1.10.0"))
	s.downloaded(t, "Hello", 1234)
	want := map[string]any{
		"id": "Hello", "type": "Component", "name": "Hello", "description": "示例：部署函数 🚀",
		"category": map[string]any{"id": "Web 应用", "name": "Web 应用"},
		"tags":     []any{"部署函数", "a,b", ""}, "provider": []any{"阿里云", "Other"},
		"download": 1234.0, "latest_create": "2025-02-28 23:59:58",
		"user":         map[string]any{"id": "alice", "username": "alice"},
		"organization": map[string]any{"id": "示例组织（FC）", "name": "示例组织（FC）"}, "show": "Public",
	}
	for target, description := range map[string]string{
		"/v3/packages/releases": "示例：部署函数 🚀", "/v3/packages/releases?lang=en": "Example: deploys functions",
		"/v3/packages/releases?lang=zh&platform=3&page=-1": "示例：部署函数 🚀", "/v3/packages/releases?lang=EN": "示例：部署函数 🚀",
	} {
		want["description"] = description
		if got := s.get(t, target, http.StatusOK); !reflect.DeepEqual(got, any([]any{want})) {
			t.Errorf("%s\ngot  %v\nwant %v", target, got, want)
		}
	}
}

func TestAPackageOfWhichNothingIsSaid(t *testing.T) {
	s := newSite(t)
	s.with(t, "bare", func(*registry.Package, *registry.Release) {})
	for _, target := range []string{"/v3/packages/releases", "/v3/packages/releases?lang=en"} {
		got := s.get(t, target, http.StatusOK).([]any)[0].(map[string]any)
		for name, want := range map[string]any{
			"tags": []any{}, "provider": []any{}, "description": "", "download": 0.0,
			"category": map[string]any{"id": "", "name": ""}, "organization": map[string]any{"id": "", "name": ""},
		} {
			if !reflect.DeepEqual(got[name], want) {
				t.Errorf("%s is %v, want %v", name, got[name], want)
			}
		}
	}
}

func TestListsOfNothingAreEmpty(t *testing.T) {
	s := newSite(t)
	for _, target := range []string{
		"/v3/packages/releases", "/v3/packages/releases?page=-1", "/v3/packages/releases?search=x", "/v3/common/categories", "/v3/common/providers", "/v3/console/1/tabs/5",
	} {
		if got := s.get(t, target, http.StatusOK); !reflect.DeepEqual(got, any([]any{})) {
			t.Errorf("%s: %v, want an empty list", target, got)
		}
	}
	if got := s.call(t, bearer("GET", "/v3/package/user", s.token, nil), http.StatusOK); !reflect.DeepEqual(got, any([]any{})) {
		t.Errorf("own: %v, want an empty list", got)
	}
}

func TestCategoriesAndProviders(t *testing.T) {
	s := newSite(t)
	for i, category := range []string{"Web 应用", "数据库", "Web 应用", "", "Secret"} {
		s.with(t, fmt.Sprint("p", i), func(p *registry.Package, r *registry.Release) {
			r.Manifest.Category, r.Manifest.Providers = category, []string{"阿里云", category}
			if category == "Secret" {
				p.Visibility = registry.Private
			}
		})
	}
	id := func(name string) any { return map[string]any{"id": name, "name": name} }
	for target, want := range map[string][]any{
		"/v3/common/categories": {id("Web 应用"), id("数据库")}, "/v3/common/providers": {id("阿里云"), id("Web 应用"), id("数据库")},
	} {
		if got := s.get(t, target, http.StatusOK); !reflect.DeepEqual(got, any(want)) {
			t.Errorf("%s: %v, want %v", target, got, want)
		}
		got := s.call(t, bearer("GET", target, s.token, nil), http.StatusOK).([]any)
		if len(got) != len(want)+1 {
			t.Errorf("%s, by the owner: %v", target, got)
		}
	}
}

func TestTabsAreThePublicPackagesMostDownloaded(t *testing.T) {
	s := newSite(t)
	for i := range 15 {
		name := fmt.Sprintf("p%02d", i)
		s.with(t, name, func(p *registry.Package, r *registry.Release) {
			r.Manifest.Description = "about " + name
			r.PublishTime = time.Date(2025, 3, 1, 2, 3, i, 0, time.UTC)
			if i%5 == 4 {
				p.Visibility = registry.Private
			}
		})
		s.downloaded(t, name, int64(i))
	}
	r := bearer("GET", "/v3/console/1/tabs/5", s.token, nil) // who asks makes no difference
	got := s.call(t, r, http.StatusOK).([]any)
	want := map[string]any{
		"package": map[string]any{"name": "p13"}, "version": map[string]any{"tag_name": "1.0.0", "created_at": "2025-03-01T02:03:13Z"},
		"download": 13.0, "description": "about p13",
	}
	if len(got) != 10 || !reflect.DeepEqual(got[0], any(want)) {
		t.Errorf("%d tabs, the first is %v, want %v", len(got), got[0], want)
	}
}

// What depends on who asks stays out of caches.
func TestListsAreNotStored(t *testing.T) {
	s := newSite(t)
	for _, target := range []string{"/v3/packages/releases", "/v3/package/user", "/v3/common/categories", "/v3/common/providers"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, bearer("GET", target, s.token, nil))
		if got := w.Header().Get("Cache-Control"); w.Code != http.StatusOK || got != "no-store" {
			t.Errorf("%s: %d, Cache-Control %q", target, w.Code, got)
		}
	}
}
