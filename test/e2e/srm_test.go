package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

// release is the specification's, with the fields beside it.
type release struct {
	TagName    string `json:"tag_name"`
	CreatedAt  string `json:"created_at"`
	ZipballURL string `json:"zipball_url"`
	Body       string `json:"body"`
	Size       int64  `json:"size"`
	SHA256     string `json:"sha256"`
}

func testReleases(t *testing.T, r *registry) {
	latest := r.get(t, "/many/releases/latest")
	fields := decode[map[string]any](t, latest)
	for _, name := range []string{"tag_name", "created_at", "zipball_url", "body", "size", "sha256"} {
		if _, ok := fields[name]; !ok {
			t.Errorf("field %s is missing", name)
		}
	}
	got := decode[release](t, latest)
	if got.TagName != "1.64.0" || got.Body != "Notes of 1.64.0" || got.ZipballURL != r.Registry+"/many/zipball/1.64.0" {
		t.Errorf("latest: %+v", got)
	}
	created, err := time.Parse("2006-01-02T15:04:05Z", got.CreatedAt)
	if err != nil || time.Since(created).Abs() > time.Hour {
		t.Errorf("created_at %s: %v", got.CreatedAt, err)
	}
	t.Run("by tag", func(t *testing.T) {
		for tag, want := range map[string]string{"1.7.0": "1.7.0", "^1": "1.64.0", "~1.9": "1.9.0", "1.x": "1.64.0", ">=1 <1.20": "1.19.0"} {
			if got := decode[release](t, r.get(t, "/many/releases/tags/"+url.PathEscape(tag))); got.TagName != want {
				t.Errorf("tag %s: %s, want %s", tag, got.TagName, want)
			}
		}
	})
	t.Run("in other case", func(t *testing.T) {
		if other := r.get(t, "/MANY/releases/latest"); !bytes.Equal(other.body, latest.body) {
			t.Errorf("MANY: %s", other.body)
		}
	})
	t.Run("HEAD", func(t *testing.T) {
		head := r.send(t, "HEAD", "/many/releases/latest", nil, nil)
		if head.status != 200 || len(head.body) != 0 || head.header.Get("Content-Type") != latest.header.Get("Content-Type") {
			t.Errorf("%d %v %q", head.status, head.header, head.body)
		}
	})
}

// testPages reads 65 releases by pages.
func testPages(t *testing.T, r *registry) {
	base := r.Registry + "/many/releases?page="
	link := func(page, perPage int, rel string) string {
		return fmt.Sprintf(`<%s%d&per_page=%d>; rel="%s"`, base, page, perPage, rel)
	}
	for _, c := range []struct {
		query       string
		first, last int // minor versions
		links       []string
	}{
		{"", 64, 35, []string{link(2, 30, "next")}},
		{"?page=2", 34, 5, []string{link(1, 30, "prev"), link(3, 30, "next"), link(1, 30, "first")}},
		{"?page=3", 4, 0, []string{link(2, 30, "prev"), link(1, 30, "first")}},
		{"?page=4", -1, 0, []string{link(3, 30, "prev"), link(1, 30, "first")}},
		{"?per_page=7&page=2", 57, 51, []string{link(1, 7, "prev"), link(3, 7, "next"), link(1, 7, "first")}},
		{"?per_page=65", 64, 0, nil},
		{"?per_page=1000", 64, 0, nil},
	} {
		t.Run("releases"+c.query, func(t *testing.T) {
			a := r.get(t, "/many/releases"+c.query)
			checkOrder(t, decode[[]release](t, a), c.first, c.last)
			if got, want := a.header.Get("Link"), strings.Join(c.links, ", "); got != want {
				t.Errorf("Link: %s\nwant: %s", got, want)
			}
		})
	}
	t.Run("as the CLI asks", func(t *testing.T) {
		const address = "/v3/packages/many/release"
		checkOrder(t, decode[envelope[[]release]](t, r.get(t, address+"?page=1")).Body, 64, 0)
		checkOrder(t, decode[envelope[[]release]](t, r.get(t, address)).Body, 64, 0)
		checkOrder(t, decode[envelope[[]release]](t, r.get(t, address+"?page=2")).Body, -1, 0)
	})
}

// checkOrder requires 1.first.0 down to 1.last.0.
func checkOrder(t *testing.T, list []release, first, last int) {
	t.Helper()
	if list == nil || len(list) != first-last+1 {
		t.Fatalf("%d releases, want %d", len(list), first-last+1)
	}
	for i, got := range list {
		if want := fmt.Sprintf("1.%d.0", first-i); got.TagName != want {
			t.Fatalf("release %d is %s, want %s", i, got.TagName, want)
		}
	}
}

// testPackage looks at what the CLI's dialect adds to a release.
func testPackage(t *testing.T, r *registry) {
	files := project("described", "1.0.0")
	files["readme.md"] = "# described"
	files["version.md"] = "Notes"
	files["publish.yaml"] = strings.NewReplacer(
		"Service: {}", "Service: {FC: {Authorities: [Full], Runtime: Go}}\nTags: [one, two]\nHomePage: https://example.com\nOrganization: acme",
	).Replace(files["publish.yaml"])
	r.publish(t, files)
	got := decode[envelope[map[string]any]](t, r.get(t, "/v3/packages/described/release/latest")).Body
	for name, want := range map[string]string{
		"tag_name": `"1.0.0"`, "body": `"Notes"`, "platform": `3`, "name": `"described"`, "type": `"Project"`,
		"description": `"Made by a test"`, "tags": `["one","two"]`, "provider": `["Others"]`, "category": `{"id":"Test","name":"Test"}`,
		"readme": `"# described"`, "home": `"https://example.com"`, "service": `{"FC":{"Authorities":["Full"],"Runtime":"Go"}}`,
		"user": `{"id":"dev","username":"dev"}`, "organization": `{"id":"acme","name":"acme"}`, "show": `"Public"`,
		"zipball_url": `"` + r.Registry + `/described/zipball/1.0.0"`,
	} {
		if value, err := json.Marshal(got[name]); err != nil || string(value) != want {
			t.Errorf("%s: %s, want %s", name, value, want)
		}
	}
	if got["syaml"] != files["src/s.yaml"] {
		t.Errorf("syaml: %v", got["syaml"])
	}
	if byTag := decode[envelope[map[string]any]](t, r.get(t, "/v3/packages/described/release/tags/1.0.0")).Body; !reflect.DeepEqual(byTag, got) {
		t.Errorf("by tag: %v\nlatest: %v", byTag, got)
	}
}

func testDownloads(t *testing.T, r *registry) {
	zip := r.publish(t, component("built", "1.0.0+b5"))
	found := decode[release](t, r.get(t, "/built/releases/tags/"+url.QueryEscape("1.0.0+b5")))
	if found.TagName != "1.0.0+b5" || found.Size != int64(len(zip)) || found.SHA256 != sha256Of(zip) {
		t.Errorf("%+v of a ZIP with %d bytes", found, len(zip))
	}
	// The CLI masks its own headers before a download, and sends them on.
	for name, header := range map[string]http.Header{"plain": {}, "with masked headers": masked()} {
		t.Run(name, func(t *testing.T) {
			redirect := r.send(t, "GET", found.ZipballURL, nil, header)
			location := redirect.header.Get("Location")
			if redirect.status != http.StatusFound || !strings.HasPrefix(location, "http://") || !json.Valid(redirect.body) {
				t.Fatalf("%d, Location %q, %s", redirect.status, location, redirect.body)
			}
			if strings.HasPrefix(location, r.Registry) {
				t.Errorf("Location %s is the registry, not the storage", location)
			}
			got := r.send(t, "GET", location, nil, header)
			if got.status != 200 || !bytes.Equal(got.body, zip) {
				t.Errorf("status %d, %d bytes, want the %d that were published", got.status, len(got.body), len(zip))
			}
		})
	}
	t.Run("HEAD", func(t *testing.T) {
		for _, address := range []string{found.ZipballURL, "/v3/packages/built/zipball/1.0.0%2Bb5"} {
			head := r.send(t, "HEAD", address, nil, nil)
			for _, name := range []string{"Content-Length", "X-Content-Length"} {
				if got := head.header.Get(name); head.status != http.StatusOK || got != fmt.Sprint(found.Size) || head.header.Get("X-Checksum-Sha256") != found.SHA256 {
					t.Errorf("%s: %d %v", address, head.status, head.header)
				}
			}
		}
	})
	t.Run("without a signature", func(t *testing.T) {
		location, err := url.Parse(r.get(t, found.ZipballURL).header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		location.RawQuery = ""
		if got := r.get(t, location.String()); got.status != http.StatusForbidden {
			t.Errorf("status %d: %s", got.status, got.body)
		}
	})
}
