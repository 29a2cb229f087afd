package devs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/devs"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// summaryOf is how a fixture's release must look in a list.
func summaryOf(name, version string) map[string]any {
	return map[string]any{
		"tag_name":    version,
		"created_at":  "2025-02-28T23:59:58Z",
		"zipball_url": address + "/" + name + "/zipball/" + version,
		"body":        "- 修复\r\n- \"quotes\" \\ \t\x01",
		"platform":    3.0,
		"size":        float64(1<<31 + 7),
		"sha256":      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
	}
}

// detailOf is how it must look by itself.
func detailOf(name, version string) map[string]any {
	d := summaryOf(name, version)
	d["name"] = name
	d["type"] = "Component"
	d["description"] = "示例：部署函数 🚀"
	d["tags"] = []any{"部署函数", "a,b", ""}
	d["provider"] = []any{"阿里云", "Other"}
	d["category"] = map[string]any{"id": "Web 应用", "name": "Web 应用"}
	d["readme"] = "# 示例"
	d["home"] = "https://example.com/?a=1&b=<2>"
	d["service"] = map[string]any{
		"函数计算": map[string]any{"Authorities": []any{"FullAccess", "ReadOnly"}, "Runtime": "nodejs20"},
		"none": map[string]any{"Authorities": []any{}},
	}
	d["user"] = map[string]any{"id": "alice", "username": "alice"}
	d["organization"] = map[string]any{"id": "示例组织（FC）", "name": "示例组织（FC）"}
	d["show"] = "Public"
	d["download"] = 0.0
	d["license"] = "Apache-2.0"
	d["download"] = 42.0
	d["license"] = "Apache-2.0"
	d["syaml"] = "edition: 3.0.0\n"
	return d
}

func TestOneRelease(t *testing.T) {
	s := newSite(t)
	for _, version := range []string{"dev.0.2", "1.9.0+b.7", "2.0.0-rc.1", "1.10.0"} {
		s.put(t, registrytest.Release(t, "Hello", version))
	}
	s.downloaded(t, "hello", 42)
	tests := map[string]struct{ path, version string }{
		"the latest":             {"/v3/packages/Hello/release/latest", "1.10.0"},
		"names have no case":     {"/v3/packages/hello/release/latest", "1.10.0"},
		"a version":              {"/v3/packages/Hello/release/tags/2.0.0-rc.1", "2.0.0-rc.1"},
		"build metadata":         {"/v3/packages/Hello/release/tags/1.9.0+b.7", "1.9.0+b.7"},
		"build metadata escaped": {"/v3/packages/Hello/release/tags/1.9.0%2Bb.7", "1.9.0+b.7"},
		"a development build":    {"/v3/packages/Hello/release/tags/dev", "dev.0.2"},
		"a range":                {"/v3/packages/Hello/release/tags/~1.9.0", "1.9.0+b.7"},
		"a range, escaped":       {"/v3/packages/Hello/release/tags/%3E%3D1%20%3C2", "1.10.0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := s.get(t, test.path, http.StatusOK)
			if want := detailOf("Hello", test.version); !reflect.DeepEqual(got, any(want)) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// A readme is shown by others; here it is text, which no browser takes for a page.
func TestMarkdownWithScriptsIsAnsweredAsItWasSent(t *testing.T) {
	const hostile = "# <script>alert(1)</script>\n[x](javascript:alert(2)) <img src=x onerror=alert(3)>"
	s := newSite(t)
	r := registrytest.Release(t, "hello", "1.0.0")
	r.Texts.Readme, r.Texts.VersionBody = hostile, hostile
	s.put(t, r)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/v3/packages/hello/release/latest", nil))
	var answer struct{ Body struct{ Readme, Body string } }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Body.Readme != hostile || answer.Body.Body != hostile {
		t.Errorf("%v: %s", err, w.Body)
	}
	h := w.Result().Header
	if h.Get("Content-Type") != "application/json; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", h)
	}
}

func TestListsAreNeverNull(t *testing.T) {
	s := newSite(t)
	r := registrytest.Release(t, "bare", "1.0.0")
	r.Manifest = registry.Manifest{Visibility: registry.Public, Service: map[string]registry.Service{"fc": {}}}
	s.put(t, r)
	got := s.get(t, "/v3/packages/bare/release/latest", http.StatusOK).(map[string]any)
	want := map[string]any{
		"tags": []any{}, "provider": []any{},
		"service": map[string]any{"fc": map[string]any{"Authorities": []any{}}},
	}
	for name, value := range want {
		if !reflect.DeepEqual(got[name], value) {
			t.Errorf("%s is %v, want %v", name, got[name], value)
		}
	}
	r = registrytest.Release(t, "bare", "1.0.1")
	r.Manifest = registry.Manifest{Visibility: registry.Public}
	s.put(t, r)
	got = s.get(t, "/v3/packages/bare/release/latest", http.StatusOK).(map[string]any)
	if service, ok := got["service"].(map[string]any); !ok || len(service) != 0 {
		t.Errorf("service is %v, want an empty object", got["service"])
	}
}

func TestAllReleases(t *testing.T) {
	s := newSite(t)
	for i := range 103 {
		s.put(t, registrytest.Release(t, "hello", fmt.Sprintf("1.0.%d", i)))
	}
	s.put(t, registrytest.Release(t, "hello", "dev.0.1"))
	tests := map[string][]string{ // target: versions, or the first and the last of 100
		"/v3/packages/hello/release":          {"1.0.102", "1.0.3"},
		"/v3/packages/hello/release?page=1":   {"1.0.102", "1.0.3"},
		"/v3/packages/hello/release?page=2":   {"1.0.2", "1.0.1", "1.0.0", "dev.0.1"},
		"/v3/packages/hello/release?page=3":   {},
		"/v3/packages/hello/release?page=&x=": {"1.0.102", "1.0.3"},
	}
	for target, versions := range tests {
		t.Run(target, func(t *testing.T) {
			list, ok := s.get(t, target, http.StatusOK).([]any)
			if !ok {
				t.Fatal("the body is no list")
			}
			if len(list) == 100 {
				list = []any{list[0], list[99]}
			}
			want := make([]any, len(versions))
			for i, version := range versions {
				want[i] = summaryOf("hello", version)
			}
			if !reflect.DeepEqual(list, want) {
				t.Errorf("got  %v\nwant %v", list, want)
			}
		})
	}
	for _, page := range []string{"0", "-1", "abc", "100001", "99999999999999999999"} {
		wantWords(t, s.get(t, "/v3/packages/hello/release?page="+page, http.StatusUnprocessableEntity), `page="`, "is not a number from 1 to 100000")
	}
}

func TestWhatIsNotThere(t *testing.T) {
	s := newSite(t)
	s.put(t, registrytest.Release(t, "hello", "1.0.0"))
	tests := map[string]string{ // path: words
		"/v3/packages/nobody/release":             `Package "nobody" is not in this registry`,
		"/v3/packages/nobody/release/latest":      `Package "nobody" is not in this registry`,
		"/v3/packages/nobody/release/tags/1.0.0":  `Package "nobody" has no release "1.0.0"`,
		"/v3/packages/hello/release/tags/1.0.1":   `Package "hello" has no release "1.0.1" in this registry. List its releases`,
		"/v3/packages/hello/release/tags/newest":  `"newest" is neither a version`,
		"/v3/packages/hel%2Flo/release/latest":    `Package "hel/lo"`,
		"/v3/packages/hello/release/tags/1.0.0+x": `has no release "1.0.0+x"`,
	}
	for path, words := range tests {
		t.Run(path, func(t *testing.T) {
			wantWords(t, s.get(t, path, http.StatusNotFound), words)
		})
	}
}

func TestInternalErrorsAreNotTold(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/v3/packages/hello/release", nil)
	devs.Error(w, r.WithContext(respond.WithRequestID(r.Context(), requestID)), errors.New("row 7 is broken"))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "row 7") {
		t.Errorf("told: %d %s", w.Code, w.Body)
	}
	if strings.Count(w.Body.String(), requestID) != 2 {
		t.Errorf("the request id is not in the envelope and in the words: %s", w.Body)
	}
}
