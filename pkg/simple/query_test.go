package simple_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// releaseOf is how a release of plugin must look.
func releaseOf(name, tag, version string) map[string]any {
	return map[string]any{
		"tag_name": tag, "created_at": "2025-02-19T21:20:00Z", "published_at": "2025-02-19T21:20:00Z",
		"zipball_url": address + "/simple/" + name + "/zipball/" + version, "body": "- 版本 " + version + "\n",
	}
}

func TestLatest(t *testing.T) {
	s := newSite(t)
	s.publish(t, plugin("Hello", "1.0.0"))
	s.publish(t, plugin("Hello", "1.1.0-rc.1+b.5"))
	got := response[map[string]any](t, s.get("/simple/hello/releases/latest"), http.StatusOK)
	if want := releaseOf("Hello", "1.0.0", "1.0.0"); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// 2.x finds name@version by the text in this list, and asks for no more pages.
func TestAListHasEveryVersionAndDev(t *testing.T) {
	s := newSite(t)
	var want []any
	for _, version := range []string{"1.0.0", "2.0.0-rc.1", "1.10.0"} {
		s.publish(t, plugin("hello", version))
	}
	for range 2 {
		files := plugin("hello", "dev")
		files["version.md"] = "- a build"
		s.publish(t, files)
	}
	for _, v := range []string{"2.0.0-rc.1", "1.10.0", "1.0.0"} {
		want = append(want, releaseOf("hello", v, v))
	}
	for _, dev := range [][2]string{{"dev", "dev.0.2"}, {"dev.0.2", "dev.0.2"}, {"dev.0.1", "dev.0.1"}} {
		r := releaseOf("hello", dev[0], dev[1])
		r["body"] = "- a build"
		want = append(want, r)
	}
	if got := response[[]any](t, s.get("/simple/hello/releases"), http.StatusOK); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestAListStaysSmallWhateverItsNotes(t *testing.T) {
	s := newSite(t)
	for _, version := range []string{"1.0.0", "1.1.0", "1.2.0"} {
		files := plugin("hello", version)
		files["version.md"] = strings.Repeat("n", 600<<10)
		s.publish(t, files)
	}
	w := s.get("/simple/hello/releases")
	list := response[[]struct{ Body string }](t, w, http.StatusOK)
	if len(list) != 3 || len(list[0].Body) != 600<<10 || list[1].Body != "" || list[2].Body != "" {
		t.Errorf("%d bytes of %d releases", w.Body.Len(), len(list))
	}
}

func TestWhatIsNotThere(t *testing.T) {
	s := newSite(t)
	s.publish(t, plugin("hello", "1.0.0"))
	s.publish(t, closed(plugin("closed", "1.0.0")))
	for target, words := range map[string]string{
		"/simple/nobody/releases":        `Package "nobody" is not in this registry`,
		"/simple/nobody/releases/latest": `Package "nobody" is not in this registry`,
		"/simple/nobody/zipball/1.0.0":   `Package "nobody" has no release "1.0.0"`,
		"/simple/hello/zipball/1.0.1":    `Package "hello" has no release "1.0.1"`,
		"/simple/hello/zipball/releases": `"releases" is neither a version`,
		"/simple/closed/releases":        `Package "closed" is not in this registry`,
		"/simple/closed/releases/latest": `Package "closed" is not in this registry`,
		"/simple/closed/zipball/1.0.0":   `Package "closed" has no release "1.0.0"`,
	} {
		w := s.get(target)
		got := response[struct {
			Error struct{ Code, Message string }
		}](t, w, http.StatusNotFound)
		if got.Error.Code != "NotFound" || !strings.Contains(got.Error.Message, words) || strings.Contains(w.Body.String(), "evil") {
			t.Errorf("%s: %s", target, w.Body)
		}
	}
}

// location returns what is at the address to which an answer redirects.
func location(t *testing.T, w *httptest.ResponseRecorder) []byte {
	t.Helper()
	if w.Code != http.StatusFound || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	r, err := http.Get(w.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s %s, %v", r.Status, body, err)
	}
	return body
}

func TestZipballRedirectsToAZIPWithOneTopDirectory(t *testing.T) {
	s := newSite(t)
	zip := s.publish(t, plugin("hello", "1.0.0"))
	for target, counts := range map[string]int64{"GET /simple/HELLO/zipball/1.0.0": 1, "GET /simple/hello/zipball/%5E1": 1} {
		before := downloads(t, s.tally)
		method, path, _ := strings.Cut(target, " ")
		if got := location(t, s.send(httptest.NewRequest(method, path, nil))); !bytes.Equal(got, zip) { // it has one already
			t.Errorf("%s: %d bytes, want the %d that were published", target, len(got), len(zip))
		}
		if err := s.counter.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if counted := downloads(t, s.tally) - before; counted != counts {
			t.Errorf("%s counts %d", target, counted)
		}
	}
}

// Nobody keeps the size of what is made for 2.x, and HEAD makes nothing.
func TestHeadOfAZIPWithOneTopDirectoryMakesNone(t *testing.T) {
	s := newSite(t)
	s.publish(t, plugin("hello", "1.0.0"))
	before, objects := downloads(t, s.tally), len(s.blobs.Keys())
	for target, status := range map[string]int{"/simple/hello/zipball/1.0.0": 200, "/simple/HELLO/zipball/latest": 200, "/simple/hello/zipball/9.9.9": 404} {
		w := s.send(httptest.NewRequest("HEAD", target, nil))
		h := w.Header()
		if w.Code != status || h.Get("Location")+h.Get("Content-Length")+h.Get("X-Checksum-Sha256")+h.Get("Repr-Digest") != "" || h.Get("Cache-Control") == "" && status == 200 {
			t.Errorf("%s: %d %v", target, w.Code, h)
		}
	}
	if err := s.counter.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(s.blobs.Keys()); n != objects || downloads(t, s.tally) != before {
		t.Errorf("%d objects, were %d; %d downloads, were %d", n, objects, downloads(t, s.tally), before)
	}
}

func downloads(t *testing.T, tally *memory.Tally) int64 {
	t.Helper()
	d, err := tally.Downloads(t.Context(), "hello")
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		t.Fatal(err)
	}
	return d.Total
}

func TestAListHasMoreThanAPage(t *testing.T) {
	s := newSite(t)
	s.publish(t, plugin("hello", "2.0.0"))
	for i := range 250 {
		if _, err := s.catalog.PutRelease(t.Context(), registrytest.Release(t, "hello", fmt.Sprintf("1.%d.0", i))); err != nil {
			t.Fatal(err)
		}
	}
	list := response[[]struct {
		TagName string `json:"tag_name"`
	}](t, s.get("/simple/hello/releases"), http.StatusOK)
	if len(list) != 251 || list[250].TagName != "1.0.0" {
		t.Errorf("%d releases", len(list))
	}
}
