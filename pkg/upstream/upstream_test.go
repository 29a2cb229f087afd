package upstream_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/upstream"
)

// server answers paths, with their queries, by bodies in the dialect's envelope;
// others are not there.
func server(t *testing.T, bodies map[string]any) *upstream.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := bodies[r.URL.RequestURI()]
		if !ok {
			body = "not there"
			w.WriteHeader(http.StatusNotFound)
		}
		if err := json.NewEncoder(w).Encode(map[string]any{"request_id": "1", "body": body}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	hosts := []string{strings.TrimPrefix(s.URL, "http://")}
	return &upstream.Client{Base: s.URL + "/v3", HTTP: outbound.New(hosts), Hosts: hosts}
}

type body = map[string]any

func version(t *testing.T, text string) registry.Version {
	t.Helper()
	v, err := registry.ParseVersion(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatIsTakenOfAnAnswer(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	answer := body{
		"tag_name": "1.2.0-rc.1+b", "created_at": "2025-02-28T23:59:58.123+08:00", "zipball_url": "https://example.com/x.zip?a=1", "body": "- 修复",
		"size": 7, "sha256": strings.ToUpper(sum), "name": "hello", "type": "Application", "description": "d\x1b[1m", "tags": []any{"a", 1, "", "b"},
		"provider": []string{"p"}, "category": body{"id": 3, "name": "c"}, "readme": "# r\r\n\ttext\x00", "home": "https://example.com", "license": "MIT",
		"service": body{"fc": body{"Authorities": []string{"x"}, "Runtime": "go1"}, "none": 1}, "syaml": "s: 1", "download": 9,
		"user": body{"id": "1", "username": "alice"}, "organization": body{"name": "acme"}, "show": "Private", "more": body{},
	}
	c := server(t, map[string]any{
		"/v3/packages/hello/release/latest":                answer,
		"/v3/packages/hello/release/tags/1.2.0-rc.1+b":     answer,
		"/v3/packages/hello/release/tags/1.2.0":            answer,
		"/v3/packages/other/release/latest":                answer,
		"/v3/packages/HELLO/release/latest":                answer,
		"/v3/packages/empty/release/latest":                "Internal error",
		"/v3/packages/hello/release/tags/..%2F..%2Fescape": answer,
	})
	wantPackage := registry.Package{Name: "hello", Visibility: registry.Public, Downloads: 9, Upstream: c.Base}
	want := registry.Release{
		Name: "hello", Version: version(t, "1.2.0-rc.1+b"), Type: registry.Project, PublishTime: time.Date(2025, 2, 28, 15, 59, 58, 0, time.UTC),
		ZIP: registry.ZIP{Original: registry.Digest{Size: 7, SHA256: sum}, License: "MIT", Source: "https://example.com/x.zip?a=1"},
		Manifest: registry.Manifest{
			Description: "d[1m", HomePage: "https://example.com", Category: "c", Visibility: registry.Public, Providers: []string{"p"},
			Tags: []string{"a", "b"}, Service: map[string]registry.Service{"fc": {Authorities: []string{"x"}, Runtime: "go1"}},
		},
		Texts: registry.Texts{VersionBody: "- 修复", Readme: "# r\r\n\ttext", Syaml: "s: 1"},
	}
	p, r, err := c.Latest(t.Context(), "hello")
	if err != nil || !reflect.DeepEqual(p, wantPackage) || !reflect.DeepEqual(r, want) {
		t.Errorf("latest %+v\n%+v\n%v", p, r, err)
	}
	p, r, err = c.Release(t.Context(), "hello", want.Version)
	if err != nil || !reflect.DeepEqual(p, wantPackage) || !reflect.DeepEqual(r, want) {
		t.Errorf("tag %+v\n%+v\n%v", p, r, err)
	}
	for name, err := range map[string]error{
		"another version":          second(c.Release(t.Context(), "hello", version(t, "1.2.0"))),
		"another name":             second(c.Latest(t.Context(), "other")),
		"an error with status 200": second(c.Latest(t.Context(), "empty")),
	} {
		if err == nil || registry.CodeOf(err) != registry.Internal || !strings.Contains(err.Error(), c.Base) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"nobody", "HELLO"} { // what is said of hello is not of HELLO
		if err := second(c.Latest(t.Context(), name)); registry.CodeOf(err) != registry.NotFound {
			t.Errorf("of %s: %v", name, err)
		}
	}
}

// Whatever form they have, fields that describe a release keep nobody from it.
func TestFieldsThatDescribeAreReadInAnyForm(t *testing.T) {
	category := map[string]any{"c": "c", "first": []any{"first", "second"}, "object": []any{body{"name": "object"}}, "": 7}
	bodies := make(map[string]any)
	for want, form := range category {
		bodies["/v3/packages/hello"+want+"/release/latest"] = body{
			"name": "hello" + want, "tag_name": "1.0.0", "zipball_url": "https://example.com/x.zip", "created_at": 5, "body": nil, "size": "large",
			"type": []any{"Component"}, "category": form, "tags": "alone", "provider": body{}, "service": []any{"FC", body{"OSS": body{}}}, "description": []any{}, "readme": nil,
		}
	}
	c := server(t, bodies)
	for want := range category {
		_, r, err := c.Latest(t.Context(), "hello"+want)
		m := r.Manifest
		if err != nil || r.Type != "" || m.Category != want || !slices.Equal(m.Tags, []string{"alone"}) || m.Providers != nil || len(m.Service) != 0 {
			t.Errorf("category %q: %+v, %v", want, r, err)
		}
	}
}

func second(_ registry.Package, _ registry.Release, err error) error { return err }

func listed(version string) body {
	return body{"tag_name": version, "zipball_url": "https://example.com/" + version, "body": strings.Repeat("é", 1000)}
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	var many []any
	for i := range 900 {
		many = append(many, listed(fmt.Sprintf("1.%d.0", i)))
	}
	endless := make(map[string]any)
	for page := 1; page < 100; page++ {
		endless[fmt.Sprintf("/v3/packages/endless/release?page=%d", page)] = []any{listed(fmt.Sprintf("1.0.%d", page))}
	}
	c := server(t, map[string]any{
		"/v3/packages/hello/release?page=1": []any{listed("1.0.0"), listed("dev.0.1"), listed("latest"), body{}, 7, listed("1.10.0")},
		"/v3/packages/hello/release?page=2": []any{listed("1.0.0"), listed("1.2.0"), listed("1.2.0+b"), listed("2.0.0-rc.1")},
		"/v3/packages/hello/release?page=3": []any{},
		"/v3/packages/one/release?page=1":   []any{listed("1.0.0")}, // further pages are not there
		"/v3/packages/same/release?page=1":  []any{listed("1.0.0")},
		"/v3/packages/same/release?page=2":  []any{listed("1.0.0")},
		"/v3/packages/many/release?page=1":  many,
		"/v3/packages/many/release?page=2":  []any{listed("2.0.0"), listed("2.0.1")},
		"/v3/packages/none/release?page=1":  []any{},
		"/v3/packages/bad/release?page=1":   []any{listed("latest")},
		"/v3/packages/names/release?page=1": []any{body{"name": "other", "tag_name": "1.0.0", "zipball_url": "https://example.com/"}},
	})
	for name, want := range map[string]string{"hello": "2.0.0-rc.1 1.10.0 1.2.0 1.0.0 dev.0.1", "one": "1.0.0", "same": "1.0.0"} {
		p, releases, err := c.Releases(t.Context(), name)
		var got []string
		for _, r := range releases {
			got = append(got, r.Version.String())
			if r.Name != name || len(r.Texts.VersionBody) > 500 || !strings.HasPrefix(r.Texts.VersionBody, "éé") {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if err != nil || strings.Join(got, " ") != want || p.Name != name {
			t.Errorf("%s: %s %v, want %s", name, got, err, want)
		}
	}
	if _, releases, err := c.Releases(t.Context(), "many"); err != nil || len(releases) != 902 {
		t.Errorf("many: %d %v", len(releases), err)
	}
	for _, name := range []string{"none", "nobody"} {
		if _, _, err := c.Releases(t.Context(), name); registry.CodeOf(err) != registry.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"bad", "names"} {
		if _, _, err := c.Releases(t.Context(), name); err == nil || registry.CodeOf(err) == registry.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, releases, err := server(t, endless).Releases(t.Context(), "endless"); err != nil || len(releases) != 20 {
		t.Errorf("endless: %d %v", len(releases), err)
	}
}

func TestSearchesAskInTheDialectsWords(t *testing.T) {
	found := []any{
		body{"name": "hello", "type": "Component", "description": "d", "latest_create": "2025-02-28 23:59:58", "download": 3, "readme": "no", "show": "Private", "user": body{"username": "u"}},
		body{"name": "../x"}, body{"name": "v3"}, body{}, "x",
	}
	c := server(t, map[string]any{
		"/v3/packages/releases?category=c&page=3&provider=p&search=a+%26b%3D%E7%A4%BA&sort=time&tag=t&type=3": found,
		"/v3/packages/releases?page=-1": found,
	})
	full := registry.Search{Text: "a &b=示", Category: "c", Tag: "t", Provider: "p", Type: registry.Project, Sort: registry.ByTime, Skip: 60, Limit: 30, Owner: "alice", Own: true}
	for _, s := range []registry.Search{full, {}} {
		heads, err := c.Find(t.Context(), s)
		if err != nil || len(heads) != 1 {
			t.Fatalf("%+v: %+v, %v", s, heads, err)
		}
		h := heads[0]
		want := registry.Package{Name: "hello", Visibility: registry.Public, Downloads: 3, Upstream: c.Base}
		if !reflect.DeepEqual(h.Package, want) || h.Latest.Type != registry.Component || h.Latest.Manifest.Description != "d" || h.Latest.PublishTime.IsZero() || h.Latest.Texts.Readme != "" {
			t.Errorf("%+v, %+v", h.Package, h.Latest)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"body": {"name": "hello", "tag_name": "1.0.0", "zipball_url": "https://a.example/", "tags": ["a"], "service": {"a": {}}}}`))
	f.Add([]byte(`{"body": [{"tag_name": "1.0.0", "zipball_url": "https://a.example/"}]}`))
	f.Add([]byte(`[null]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		answer := http.Response{StatusCode: http.StatusOK}
		client := &http.Client{Transport: transport(func() *http.Response {
			copied := answer
			copied.Body = http.NoBody
			recorder := httptest.NewRecorder()
			recorder.Body.Write(text)
			copied.Body = recorder.Result().Body
			return &copied
		})}
		c := &upstream.Client{Base: "https://a.example/v3", HTTP: client}
		p, r, err := c.Latest(t.Context(), "hello")
		if err == nil && (p.Name != "hello" || r.Name != "hello" || r.Version.IsZero() || !strings.HasPrefix(r.ZIP.Source, "https://")) {
			t.Errorf("%+v %+v", p, r)
		}
		if _, list, err := c.Releases(t.Context(), "hello"); err == nil && len(list) == 0 {
			t.Error("a list of nothing")
		}
		if heads, err := c.Find(t.Context(), registry.Search{}); err == nil {
			for _, h := range heads {
				if err := registry.CheckName(h.Name); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

// transport answers without a network.
type transport func() *http.Response

func (f transport) RoundTrip(*http.Request) (*http.Response, error) { return f(), nil }
