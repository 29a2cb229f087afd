package simple_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/simple"
)

func TestPublishStoresTheFormButNotTheToken(t *testing.T) {
	s := newSite(t)
	var log bytes.Buffer
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	files := registrytest.Files(registry.Component, "hello", "1.2.0")
	files["src/s.yaml"] = "edition: 1.0.0\n"
	u, err := s.uploads.Upload(t.Context(), s.announce(t, s.token, files))
	if err != nil {
		t.Fatal(err)
	}
	r := u.Release
	want := registry.Texts{Publish: files["publish.yaml"], VersionBody: files["version.md"], Readme: files["readme.md"], Syaml: "edition: 1.0.0\n"}
	if r.Name != "hello" || r.Version.String() != "1.2.0" || r.Type != registry.Component || r.Publisher != "alice" || r.Texts != want || u.InZIP != "1.2.0" {
		t.Errorf("upload %+v", u)
	}
	if strings.Contains(log.String(), s.token) {
		t.Error("the token is in the log")
	}
}

func TestAnApplicationIsAProject(t *testing.T) {
	s := newSite(t)
	files := registrytest.Files(registry.Project, "site", "1.0.0")
	files["publish.yaml"] = strings.Replace(files["publish.yaml"], "Edition: 3.0.0\nType: Project", "Type: Application", 1)
	s.publish(t, files)
	_, r, err := s.catalog.Release(t.Context(), "site", registrytest.Version(t, "1.0.0"), registry.Full)
	if err != nil || r.Type != registry.Project {
		t.Errorf("type %q, %v", r.Type, err)
	}
}

// wantRefusal requires what the component registry prints: a text and a text.
func wantRefusal(t *testing.T, w *httptest.ResponseRecorder, status int, code, words string) {
	t.Helper()
	got := response[struct{ Error, Message string }](t, w, status)
	if got.Error != code || !strings.Contains(got.Message, words) || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%v %s\nwant %s: %s", w.Header(), w.Body, code, words)
	}
}

func TestRefusalsAreToldToWhoPublishes(t *testing.T) {
	s := newSite(t)
	s.publish(t, plugin("hello", "1.0.0"))
	bob := s.add(t, "bob")
	readOnly, err := s.users.Issue(t.Context(), registry.Caller{User: "admin"}, "alice", identity.Grant{Name: "ro", Scope: registry.Scope{Limited: true}})
	if err != nil {
		t.Fatal(err)
	}
	unknown := plugin("hello", "1.1.0")
	unknown["publish.yaml"] = strings.Replace(unknown["publish.yaml"], "Type: Plugin", "Type: Template", 1)
	removal := func(token, name, version string) url.Values {
		return url.Values{"safety_code": {token}, "package_name": {name}, "package_type": {"Plugin"}, "package_version": {version}}
	}
	const login = "s cli registry login --token TOKEN"
	for name, test := range map[string]struct {
		target      string
		form        url.Values
		code, words string
	}{
		"no token":                  {"/package/publish", publishForm("", plugin("hello", "1.1.0")), "Unauthorized", login},
		"a wrong token":             {"/package/publish", publishForm("fcr_x", plugin("hello", "1.1.0")), "Unauthorized", login},
		"a token for reading":       {"/package/publish", publishForm(readOnly, plugin("hello", "1.1.0")), "Forbidden", "scope is read"},
		"no publish.yaml":           {"/package/publish", url.Values{"safety_code": {s.token}}, "UnprocessableEntity", "The field publish is missing"},
		"an unknown type":           {"/package/publish", publishForm(s.token, unknown), "UnprocessableEntity", `Type "Template"`},
		"another's package":         {"/package/publish", publishForm(bob, plugin("hello", "1.1.0")), "Forbidden", `"alice"`},
		"a version that is taken":   {"/package/publish", publishForm(s.token, plugin("hello", "1.0.0")), "Conflict", "published already"},
		"too much text":             {"/package/publish", url.Values{"safety_code": {s.token}, "readme": {strings.Repeat("r", 2<<20)}}, "UnprocessableEntity", "shorten it"},
		"deletion without a token":  {"/package/delete", removal("", "hello", "1.0.0"), "Unauthorized", login},
		"deletion by another":       {"/package/delete", removal(bob, "hello", "1.0.0"), "Forbidden", "can't delete"},
		"deletion of nothing":       {"/package/delete", removal(s.token, "hello", "9.0.0"), "NotFound", `has no release "9.0.0"`},
		"deletion without a name":   {"/package/delete", url.Values{"safety_code": {s.token}}, "UnprocessableEntity", "not a semantic version"},
		"own packages, of nobody":   {"/center/package/publish", url.Values{}, "Unauthorized", login},
		"own packages, a bad token": {"/center/package/publish", url.Values{"safety_code": {"fcr_x"}}, "Unauthorized", login},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, s.post(test.target, test.form), http.StatusOK, test.code, test.words)
		})
	}
	t.Run("a refused upload, once", func(t *testing.T) {
		id := s.announce(t, s.token, plugin("hello", "1.2.0"))
		s.blobs.Put(registry.UploadKey(id), []byte("no ZIP"))
		if o, err := s.ingesting.Ingest(t.Context(), id); err != nil || o.Released {
			t.Fatalf("outcome %+v, %v", o, err)
		}
		wantRefusal(t, s.post("/package/publish", publishForm(s.token, plugin("hello", "1.2.0"))), http.StatusOK, "Conflict", "was refused: ")
		s.publish(t, plugin("hello", "1.2.0"))
	})
	t.Run("a token in the address", func(t *testing.T) {
		f := publishForm("", plugin("hello", "1.1.0"))
		f.Del("safety_code")
		wantRefusal(t, s.post("/package/publish?safety_code="+s.token, f), http.StatusOK, "Unauthorized", login)
	})
	t.Run("no form", func(t *testing.T) {
		r := httptest.NewRequest("POST", "/package/publish", strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		wantRefusal(t, s.send(r), http.StatusOK, "UnprocessableEntity", "application/x-www-form-urlencoded")
	})
}

type brokenUploads struct{ registry.Uploads }

func (brokenUploads) PutUpload(context.Context, registry.Upload) error {
	return errors.New("disk is broken")
}

// The component registry says "try again later" to every status but 200: that
// is right when the registry itself failed.
func TestAFailureOfTheRegistryKeepsItsStatus(t *testing.T) {
	s := newSite(t)
	s.publish(t, plugin("hello", "1.0.0"))
	s.publishing.Uploads = brokenUploads{s.uploads}
	wantRefusal(t, s.post("/package/publish", publishForm(s.token, plugin("hello", "1.1.0"))), http.StatusInternalServerError, "InternalServerError", "Try again")
}

func TestDelete(t *testing.T) {
	s := newSite(t)
	s.publish(t, plugin("hello", "1.0.0"))
	s.publish(t, plugin("hello", "1.1.0"))
	w := s.post("/package/delete", url.Values{
		"safety_code": {s.token + "\n"}, "package_name": {"devsapp/hello"}, "package_type": {"Plugin"}, "package_version": {"1.1.0"},
	})
	got := response[map[string]string](t, w, http.StatusOK)
	if got["package_name"] != "hello" || got["package_version"] != "1.1.0" || len(got) != 2 {
		t.Errorf("%v", got)
	}
	list := response[[]struct {
		TagName string `json:"tag_name"`
	}](t, s.get("/simple/hello/releases"), http.StatusOK)
	if len(list) != 1 || list[0].TagName != "1.0.0" {
		t.Errorf("left are %v", list)
	}
}

// own asks for the packages of the token's user.
func (s *site) own(t *testing.T, token string) map[string]string {
	t.Helper()
	w := s.post("/center/package/publish", url.Values{"safety_code": {token}})
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", w.Header())
	}
	addresses := make(map[string]string)
	for _, p := range response[[]struct {
		Package, Description string
		Version              struct {
			TagName    string `json:"tag_name"`
			ZipballURL string `json:"zipball_url"`
		}
	}](t, w, http.StatusOK) {
		if p.Description != "测试用的包" || p.Version.TagName == "" {
			t.Errorf("%+v", p)
		}
		addresses[p.Package+"@"+p.Version.TagName] = p.Version.ZipballURL
	}
	return addresses
}

func TestOwnPackagesAreListedWithTickets(t *testing.T) {
	s := newSite(t)
	s.publish(t, plugin("open", "1.0.0"))
	zip := s.publish(t, closed(plugin("closed", "2.0.0")))
	got := s.own(t, s.token)
	if len(got) != 2 || got["open@1.0.0"] != address+"/simple/open/zipball/1.0.0" {
		t.Fatalf("alice's: %v", got)
	}
	ticketed, ok := strings.CutPrefix(got["closed@2.0.0"], address)
	if !ok || !strings.Contains(ticketed, "?ticket=") {
		t.Fatalf("alice's: %v", got)
	}
	if body := location(t, s.get(ticketed)); !bytes.Equal(body, zip) {
		t.Errorf("%d bytes, want %d", len(body), len(zip))
	}
	if got := s.own(t, s.add(t, "bob")); len(got) != 0 {
		t.Errorf("bob's: %v", got)
	}
}

func TestSpoken(t *testing.T) {
	for path, want := range map[string]bool{
		"/simple/hello/releases": true, "/package/publish": true, "/center/package/publish": true,
		"/simple": false, "/simpler/releases": false, "/packages/hello": false, "/v3/package/user": false, "/": false,
	} {
		if simple.Spoken(path) != want {
			t.Errorf("%s: %t", path, !want)
		}
	}
}
