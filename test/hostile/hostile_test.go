package hostile

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

func get(t *testing.T, address string) (int, []byte) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

type answer struct {
	Body struct {
		Name       string
		TagName    string `json:"tag_name"`
		ZipballURL string `json:"zipball_url"`
	}
}

func TestWithoutTricksItIsARegistry(t *testing.T) {
	u := New(t)
	for _, version := range []string{"1.0.0", "2.0.0-rc.1", "1.2.0"} {
		u.Publish("Hello", version, GoodZIP("Hello", version), nil)
	}
	for path, want := range map[string]string{"latest": "1.2.0", "tags/1.0.0": "1.0.0", "tags/2.0.0-rc.1": "2.0.0-rc.1"} {
		var a answer
		status, body := get(t, u.URL+"/packages/hello/release/"+path)
		if err := json.Unmarshal(body, &a); err != nil || status != 200 || a.Body.TagName != want || a.Body.Name != "Hello" {
			t.Errorf("%s: %d %s, %v", path, status, body, err)
		}
		if _, zip := get(t, a.Body.ZipballURL); !bytes.Equal(zip, GoodZIP("Hello", want)) {
			t.Errorf("%s: %d bytes from %s", path, len(zip), a.Body.ZipballURL)
		}
	}
	for path, want := range map[string]int{"/packages/hello/release": 3, "/packages/hello/release?page=2": 0, "/packages/releases?search=ell": 1, "/packages/releases?search=x": 0} {
		var a struct{ Body []any }
		status, body := get(t, u.URL+path)
		if err := json.Unmarshal(body, &a); err != nil || status != 200 || len(a.Body) != want {
			t.Errorf("%s: %d %s, %v", path, status, body, err)
		}
	}
	for _, path := range []string{"/packages/other/release/latest", "/packages/hello/release/tags/3.0.0", "/x"} {
		if status, body := get(t, u.URL+path); status != 404 {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if len(u.Requests()) != 10 || len(u.Downloads()) != 3 || u.Reached() != 0 {
		t.Errorf("%d requests, %d downloads", len(u.Requests()), len(u.Downloads()))
	}
}

func TestLiesAreTold(t *testing.T) {
	u := New(t)
	u.Publish("hello", "1.0.0", GoodZIP("hello", "1.0.0"), nil)
	_, honest := get(t, u.URL+"/packages/hello/release/latest")
	for name, trick := range Lies() {
		u.Play(Answers, trick)
		if _, body := get(t, u.URL+"/packages/hello/release/latest"); bytes.Equal(body, honest) {
			t.Errorf("%s: the honest answer", name)
		}
	}
	u.Play(Answers, nil)
	if _, body := get(t, u.URL+"/packages/hello/release/latest"); !bytes.Equal(body, honest) {
		t.Errorf("%s without a trick, before %s", body, honest)
	}
}

func TestBadZIPsAreBadAndTheGoodOneIsNot(t *testing.T) {
	inspect := func(zip []byte) (registry.Inspected, error) {
		return manifest.Canonicalize(t.Context(), io.Discard, bytes.NewReader(zip), int64(len(zip)), registry.Component)
	}
	right := func(i registry.Inspected, err error) bool {
		return err == nil && i.Name == "hello" && i.Version == "1.0.0"
	}
	if i, err := inspect(GoodZIP("hello", "1.0.0")); !right(i, err) {
		t.Errorf("the good one: %+v, %v", i, err)
	}
	for name, zip := range BadZIPs("hello", "1.0.0") {
		if right(inspect(zip)) {
			t.Errorf("%s is good", name)
		}
	}
}
