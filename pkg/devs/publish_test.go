package devs_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

const formType = "application/x-www-form-urlencoded"

// form is the least that can be published, with more fields by name and value.
func form(version string, more ...string) url.Values {
	f := url.Values{"publish": {registrytest.PublishYAML(registry.Component, "hello", version)}}
	for i := 0; i < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f
}

func (s site) announce(t *testing.T, f url.Values, status int) any {
	t.Helper()
	r := bearer("POST", "/v3/packages/releases", s.token, strings.NewReader(f.Encode()))
	r.Header.Set("Content-Type", formType)
	return s.call(t, r, status)
}

// announced returns the upload that a form led to.
func (s site) announced(t *testing.T, f url.Values) registry.Upload {
	t.Helper()
	body, ok := s.announce(t, f, http.StatusOK).(map[string]any)
	if !ok || len(body) != 1 {
		t.Fatalf("body %v, want a url alone", body)
	}
	return s.upload(t, body)
}

// upload returns what was recorded, by the answer to its form.
func (s site) upload(t *testing.T, body map[string]any) registry.Upload {
	t.Helper()
	text, _ := body["url"].(string)
	address, err := url.Parse(text)
	if err != nil || !address.IsAbs() {
		t.Fatalf("url %v is not absolute: %v", body["url"], err)
	}
	u, err := s.uploads.Upload(t.Context(), strings.TrimSuffix(path.Base(address.Path), ".zip"))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestPublishStoresTheForm(t *testing.T) {
	s := newSite(t)
	f := form("1.2.0",
		"version_body", "- 修复\r\n+ & %", "readme", "# 示例", "syaml", "edition: 3.0.0", "flowyaml", `{"steps":[]}`,
		"publish_en", "Name: en\nDescription: For tests", "version_body_en", "- fixes", "readme_en", "# Example", "syaml_en", "en: 1",
	)
	u := s.announced(t, f)
	r := u.Release
	if r.Name != "hello" || r.Version.String() != "1.2.0" || r.Type != registry.Component || r.Publisher != "alice" || u.InZIP != "1.2.0" || u.Dev {
		t.Errorf("upload %+v", u)
	}
	if r.Manifest.Description != "测试用的包" || r.Manifest.Service["函数计算"].Authorities[0] != "AliyunFCFullAccess" || r.Manifest.Visibility != registry.Public || r.Manifest.English != "For tests" {
		t.Errorf("manifest %+v", r.Manifest)
	}
	if want := (registry.Texts{Publish: f.Get("publish"), VersionBody: "- 修复\r\n+ & %", Readme: "# 示例", Syaml: "edition: 3.0.0", Flow: `{"steps":[]}`}); r.Texts != want {
		t.Errorf("texts %+v\nwant %+v", r.Texts, want)
	}
	if want := (registry.Texts{Publish: "Name: en\nDescription: For tests", VersionBody: "- fixes", Readme: "# Example", Syaml: "en: 1"}); r.English != want {
		t.Errorf("English texts %+v\nwant %+v", r.English, want)
	}
}

// TestPublishTakesEveryVisibility shows that a package need not be public, and
// that the answer says what a publisher should know.
// The storage refuses text that is no UTF-8; a readme in another encoding is no
// reason not to publish.
func TestPublishMendsBrokenText(t *testing.T) {
	s := newSite(t)
	u := s.announced(t, form("1.2.0", "readme", "# a\xff\xfe b\x00", "version_body_en", "\xc3("))
	if r := u.Release; r.Texts.Readme != "# a\uFFFD b\x00" || r.English.VersionBody != "\uFFFD(" {
		t.Errorf("texts %q, %q", r.Texts.Readme, r.English.VersionBody)
	}
}

func TestPublishTakesEveryVisibility(t *testing.T) {
	s := newSite(t)
	s.put(t, registrytest.Release(t, "known", "1.0.0")) // public, alice's
	tests := []struct {
		name, lines string
		want        registry.Package
		notes       []any
	}{
		{"one", "Effective: Public", registry.Package{Visibility: registry.Public}, nil},
		{"two", "Effective: Private", registry.Package{Visibility: registry.Private}, nil},
		{"three", "Effective: Organization\nOrganization: acme", registry.Package{Visibility: registry.Organization, Organization: "acme"},
			[]any{`Organization "acme" is new; you own it.`}},
		{"four", "Effective: Organization\nOrganization: acme", registry.Package{Visibility: registry.Organization, Organization: "acme"}, nil},
		{"known", "Effective: Private", registry.Package{Visibility: registry.Private},
			[]any{`Package "known" becomes Private with this release; it was Public.`}},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.lines, func(t *testing.T) {
			f := form("1.2.0")
			f.Set("publish", strings.NewReplacer("Name: hello", "Name: "+test.name, "Effective: Public", test.lines).Replace(f.Get("publish")))
			body, _ := s.announce(t, f, http.StatusOK).(map[string]any)
			if got, _ := body["notes"].([]any); !slices.Equal(got, test.notes) {
				t.Errorf("notes %v, want %v", body["notes"], test.notes)
			}
			test.want.Name, test.want.Owner = test.name, "alice"
			if got := s.upload(t, body).Package; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestPackageVersionWins(t *testing.T) {
	tests := map[string]struct {
		publish, field, want string
		dev                  bool
	}{
		"without it":              {"1.2.0", "", "1.2.0", false},
		"another":                 {"1.2.0", "1.3.0-rc.1", "1.3.0-rc.1", false},
		"a development build":     {"1.2.0", "dev", "dev.0.1", true},
		"instead of a build":      {"dev", "1.2.0", "1.2.0", false},
		"a build by publish.yaml": {"dev", "", "dev.0.1", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			u := newSite(t).announced(t, form(test.publish, "package_version", test.field))
			if u.Release.Version.String() != test.want || u.InZIP != test.publish || u.Dev != test.dev {
				t.Errorf("version %s, in the ZIP %s, dev %v", u.Release.Version, u.InZIP, u.Dev)
			}
		})
	}
}

func TestPublishRefuses(t *testing.T) {
	s := newSite(t)
	s.put(t, registrytest.Release(t, "hello", "1.0.0")) // alice's
	theirs := registrytest.Release(t, "theirs", "1.0.0")
	theirs.Publisher = "bob"
	s.put(t, theirs)
	if err := s.orgs.Create(t.Context(), registry.Caller{User: "admin"}, "theirs", "bob"); err != nil {
		t.Fatal(err)
	}
	change := func(from, to string) url.Values {
		f := form("1.2.0")
		if !strings.Contains(f.Get("publish"), from) {
			t.Fatalf("publish.yaml has no %q", from)
		}
		f.Set("publish", strings.Replace(f.Get("publish"), from, to, 1))
		return f
	}
	tests := map[string]struct {
		form   url.Values
		status int
		words  string
	}{
		"no publish":             {url.Values{"readme": {"#"}}, 422, "The field publish is missing"},
		"an empty publish":       {url.Values{"publish": {""}}, 422, "The field publish is missing"},
		"not YAML":               {url.Values{"publish": {"a: [1"}}, 422, "publish.yaml can't be read"},
		"no mapping":             {url.Values{"publish": {"just a text"}}, 422, "publish.yaml can't be read"},
		"a field of wrong type":  {change("Service:", "Service: 1\nX:"), 422, "publish.yaml can't be read"},
		"no Type":                {change("Type: Component", ""), 422, "Type is missing"},
		"an unknown Type":        {change("Component", "Application"), 422, `Type "Application"|Component, Plugin or Project`},
		"no Name":                {change("Name: hello", ""), 422, "Name is missing"},
		"a Name out of rule":     {change("Name: hello", "Name: a/b"), 422, `Name "a/b"|letters`},
		"a reserved Name":        {change("Name: hello", "Name: v3"), 422, `Name "v3" is reserved`},
		"no Version":             {change("Version: 1.2.0", ""), 422, "Version is missing"},
		"a Version out of rule":  {change("1.2.0", "'1.2'"), 422, `Version "1.2"|semantic version`},
		"no Commands":            {change("Commands:\n  deploy: 部署", ""), 422, "Commands is missing"},
		"an unknown Effective":   {change("Public", "Everybody"), 422, `Effective "Everybody"`},
		"of no organization":     {change("Public", "Organization"), 422, "Effective is Organization, but no Organization is named in publish.yaml"},
		"of another's":           {change("Effective: Public", "Effective: Organization\nOrganization: theirs"), 403, `Organization "theirs" exists, and you, "alice", are not a maintainer of it. Ask bob for: admin org member add "theirs" alice -role maintainer.`},
		"a package_version":      {form("1.2.0", "package_version", "latest"), 422, `Version "latest"`},
		"someone else's package": {change("Name: hello", "Name: theirs"), 403, `Package name "theirs" is taken, and you, "alice", are not among its maintainers. It belongs to user "bob".|ask its owner to add you: admin package maintainer add theirs alice`},
		"a used version":         {form("1.0.0"), 409, `Version 1.0.0 of "hello" is published already|Raise Version`},
		"over 1 MB together":     {form("1.2.0", "readme", strings.Repeat("r", 600_000), "syaml", strings.Repeat("s", 500_000)), 422, "at most 1048576 are allowed. The largest is readme with 600000 bytes: shorten it."},
		"a long field's name":    {form("1.2.0", strings.Repeat("f", 99), strings.Repeat("v", 1<<20)), 422, "The largest is " + strings.Repeat("f", 40) + " with"},
		"over 8 MB as sent":      {form("1.2.0", "readme", strings.Repeat("包", 1<<20)), 422, "larger than 8388608 bytes|Shorten readme.md"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			wantWords(t, s.announce(t, test.form, test.status), strings.Split(test.words, "|")...)
		})
	}
}

func TestPublishTakesUpToOneMegabyte(t *testing.T) {
	f := form("1.2.0")
	readme := strings.Repeat("+", 1<<20-len(f.Get("publish"))) // three bytes each as sent
	f.Set("readme", readme)
	if u := newSite(t).announced(t, f); u.Release.Texts.Readme != readme {
		t.Errorf("the readme has %d bytes, want %d", len(u.Release.Texts.Readme), len(readme))
	}
}

func TestPublishReadsFormsOnly(t *testing.T) {
	s := newSite(t)
	tests := map[string]struct{ contentType, body, words string }{
		"JSON":             {"application/json", `{"publish":"x"}`, `application/x-www-form-urlencoded, not as "application/json"`},
		"another form":     {"multipart/form-data; boundary=b", "--b--", `not as "multipart/form-data`},
		"no content type":  {"", form("1.2.0").Encode(), `not as ""`},
		"broken escapes":   {formType, "publish=%zz", "The form can't be read"},
		"in the query":     {formType, "", "The field publish is missing"},
		"parameters of it": {formType + "; charset=utf-8", "readme=x", "The field publish is missing"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := bearer("POST", "/v3/packages/releases?publish=x", s.token, strings.NewReader(test.body))
			r.Header.Set("Content-Type", test.contentType)
			wantWords(t, s.call(t, r, http.StatusUnprocessableEntity), test.words)
		})
	}
}

func TestDelete(t *testing.T) {
	s := newSite(t)
	s.put(t, registrytest.Release(t, "hello", "1.0.0"))
	s.put(t, registrytest.Release(t, "hello", "1.1.0+b.7"))
	const target = "/v3/packages/hello/release/tags/"
	bob := s.add(t, "bob")
	wantWords(t, s.call(t, bearer("DELETE", target+"1.0.0", bob, nil), http.StatusForbidden), `You, "bob", can't delete 1.0.0 of package "hello": its owner, "alice", can`)
	wantWords(t, s.call(t, httptest.NewRequest("DELETE", target+"1.0.0", nil), http.StatusUnauthorized), "not logged in")
	wantWords(t, s.call(t, bearer("DELETE", target+"9.0.0", s.token, nil), http.StatusNotFound), `no release "9.0.0"`)
	wantWords(t, s.call(t, bearer("DELETE", target+"%5E1", s.token, nil), http.StatusUnprocessableEntity), `Version "^1"`)

	got, _ := s.call(t, bearer("DELETE", target+"1.1.0+b.7", s.token, nil), http.StatusOK).(map[string]any)
	if len(got) != 2 || got["name"] != "hello" || got["tag_name"] != "1.1.0+b.7" {
		t.Errorf("body %v", got)
	}
	s.get(t, target+"1.1.0+b.7", http.StatusNotFound)
	latest, _ := s.get(t, "/v3/packages/hello/release/latest", http.StatusOK).(map[string]any)
	if latest["tag_name"] != "1.0.0" {
		t.Errorf("latest is %v", latest["tag_name"])
	}
}
