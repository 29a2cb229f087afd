package form_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/form"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

const mediaType = "application/x-www-form-urlencoded"

func read(kind, target, body string) (url.Values, error) {
	r := httptest.NewRequest("POST", target, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return form.Read(httptest.NewRecorder(), r)
}

func TestOnlyTheFieldsOfTheBodyCount(t *testing.T) {
	fields, err := read(mediaType+"; charset=utf-8", "/?safety_code=secret&readme=x", "readme=%23+a&empty=")
	if err != nil || fields.Get("readme") != "# a" || fields.Has("safety_code") || !fields.Has("empty") {
		t.Errorf("%v, %v", fields, err)
	}
}

func TestAFormIsRefused(t *testing.T) {
	for name, test := range map[string]struct{ kind, body, words string }{
		"no type":            {"", "a=b", `must be sent as application/x-www-form-urlencoded, not as ""`},
		"JSON":               {"application/json", "{}", `not as "application/json"`},
		"a broken escape":    {mediaType, "a=%zz", "not well-formed"},
		"over 8 MB":          {mediaType, "a=" + strings.Repeat("b", 8<<20), "larger than 8388608 bytes"},
		"over 1 MB in texts": {mediaType, "readme=" + strings.Repeat("r", 900<<10) + "&syaml=" + strings.Repeat("s", 200<<10), "The largest is readme with 921600 bytes"},
	} {
		_, err := read(test.kind, "/", test.body)
		if registry.CodeOf(err) != registry.Invalid || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: %v, want %s", name, err, test.words)
		}
	}
}

// submission reads a form whose publish.yaml is complete, with more fields.
func submission(t *testing.T, fields url.Values) registry.Submission {
	t.Helper()
	fields.Set("publish", registrytest.PublishYAML(registry.Plugin, "hello", "1.0.0"))
	publish, err := form.Publish(fields)
	if err != nil {
		t.Fatal(err)
	}
	s, err := form.Submission(fields, publish)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSubmission(t *testing.T) {
	s := submission(t, url.Values{"version_body": {"- a\xff"}, "readme": {"# a"}, "readme_en": {"# b"}, "safety_code": {"secret"}, "package_version": {"2.0.0"}})
	if s.Name != "hello" || s.Type != registry.Plugin || s.Version != "2.0.0" || s.InZIP != "1.0.0" {
		t.Errorf("%+v", s)
	}
	if s.Texts.VersionBody != "- a\uFFFD" || s.Texts.Readme != "# a" || s.English.Readme != "# b" || s.Texts.Syaml != "" {
		t.Errorf("texts %+v, %+v", s.Texts, s.English)
	}
}

func TestAFormWithoutPublishYAMLIsRefused(t *testing.T) {
	for words, text := range map[string]string{"The field publish is missing": "", "publish.yaml can't be read": "Name: ["} {
		if _, err := form.Publish(url.Values{"publish": {text}}); registry.CodeOf(err) != registry.Invalid || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v", text, err)
		}
	}
	publish, err := form.Publish(url.Values{"publish": {"Name: hello\nVersion: 1.0.0\nType: Other\n"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := form.Submission(url.Values{}, publish); registry.CodeOf(err) != registry.Invalid || !strings.Contains(err.Error(), `Type "Other"`) {
		t.Error(err)
	}
}
