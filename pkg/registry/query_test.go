package registry_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestLatest(t *testing.T) {
	s := newStore(t)
	for _, step := range []struct{ publish, want string }{
		{"dev", "dev.0.1"}, {"dev", "dev.0.2"}, {"1.0.0-a", "1.0.0-a"}, {"0.9.0", "0.9.0"},
		{"2.0.0-rc.1", "0.9.0"}, {"0.10.0", "0.10.0"}, {"0.1.0", "0.10.0"}, {"dev", "0.10.0"},
	} {
		s.publish(t, "hello", step.publish)
		if got := s.latest(t, "hello"); got != step.want {
			t.Errorf("after publishing %s latest is %s, want %s", step.publish, got, step.want)
		}
		if _, r, err := s.queries().Tag(t.Context(), registry.Anonymous, "Hello", "latest", registry.Full); err != nil || r.Version.String() != step.want || r.Texts.Readme == "" {
			t.Errorf("after publishing %s the tag latest is %s, %v; want %s", step.publish, r.Version, err, step.want)
		}
	}
	pkg, r, err := s.queries().Latest(t.Context(), registry.Anonymous, "HELLO", registry.Full)
	if err != nil || pkg.Name != "hello" || r.Texts.Readme != "# 示例" {
		t.Errorf("package %+v, release %+v, %v", pkg, r, err)
	}
	_, _, err = s.queries().Latest(t.Context(), registry.Anonymous, "nobody", registry.Full)
	wantError(t, err, registry.NotFound, `"nobody"`, "Check the name")
}

func TestTag(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0", "1.2.0", "1.10.0", "2.0.0", "2.1.0", "3.0.0-rc.1", "3.0.0-rc.2+b", "dev", "dev", "dev")
	s.delete(t, "hello", "2.1.0", "dev.0.3")
	for tag, want := range map[string]string{
		"1.2.0": "1.2.0", "^1": "1.10.0", "^1.2": "1.10.0", "~1.2": "1.2.0", "1.x": "1.10.0", "<1.2": "1.0.0",
		"*": "2.0.0", ">=2": "2.0.0", "^1 || ^9": "1.10.0", "1.0.0 - 1.2.0": "1.2.0",
		"^3.0.0-rc.1": "3.0.0-rc.2+b", "3.0.0-rc.2+b": "3.0.0-rc.2+b", "dev": "dev.0.2", "dev.0.1": "dev.0.1",
	} {
		pkg, r, err := s.queries().Tag(t.Context(), registry.Anonymous, "Hello", tag, registry.Full)
		if err != nil || r.Version.String() != want || pkg.Name != "hello" || r.Texts.Readme == "" {
			t.Errorf("%q is %q, %v; want %s", tag, r.Version, err, want)
		}
	}
	for _, tag := range []string{"2.1.0", "^2.1", "^3", "9.9.9", "dev.0.3", "dev.0.9", "3.0.0-rc.2", "3.0.0-rc.2+c", "LATEST", "1.2.3.4"} {
		_, _, err := s.queries().Tag(t.Context(), registry.Anonymous, "hello", tag, registry.Summary)
		wantError(t, err, registry.NotFound, tag)
	}
	for _, tag := range []string{"1.0.0", "^1", "dev", "latest"} {
		_, _, err := s.queries().Tag(t.Context(), registry.Anonymous, "nobody", tag, registry.Summary)
		wantError(t, err, registry.NotFound, `"nobody"`)
	}
}

func TestTheLatestOfNothing(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0")
	s.delete(t, "hello", "1.0.0")
	_, _, err := s.queries().Tag(t.Context(), registry.Anonymous, "hello", "latest", registry.Summary)
	wantError(t, err, registry.NotFound, `"hello" has no release "latest"`)
}

func TestPage(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0", "1.1.0", "1.2.0", "1.3.0", "2.0.0-rc.1", "dev")
	s.delete(t, "hello", "1.1.0")
	all := []string{"2.0.0-rc.1", "1.3.0", "1.2.0", "1.0.0", "dev.0.1"}
	for perPage := 1; perPage <= len(all)+1; perPage++ {
		for page := 1; (page-1)*perPage < len(all)+perPage; page++ {
			pkg, releases, more, err := s.queries().Page(t.Context(), registry.Anonymous, "Hello", page, perPage)
			start := min((page-1)*perPage, len(all))
			end := min(start+perPage, len(all))
			if err != nil || pkg.Name != "hello" || more != (end < len(all)) || fmt.Sprint(versionsOf(releases)) != fmt.Sprint(all[start:end]) {
				t.Errorf("page %d of %d: %v, more=%t, %v", page, perPage, versionsOf(releases), more, err)
			}
		}
	}
}

func TestPageOfNothing(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0")
	s.delete(t, "hello", "1.0.0")
	for _, name := range []string{"hello", "nobody"} {
		_, _, _, err := s.queries().Page(t.Context(), registry.Anonymous, name, 1, 30)
		wantError(t, err, registry.NotFound, name, "Check the name")
	}
	_, _, _, err := s.queries().Page(t.Context(), registry.Anonymous, "nobody", 2, 30)
	wantError(t, err, registry.NotFound, "nobody")
}

func versionsOf(releases []registry.Release) []string {
	all := []string{}
	for _, r := range releases {
		all = append(all, r.Version.String())
	}
	return all
}

func TestDownload(t *testing.T) {
	s := newStore(t)
	s.publish(t, "Hello", "1.0.0+b", "1.1.0")
	downloads := s.downloads()
	for version, name := range map[string]string{"1.0.0+b": "Hello-1.0.0+b.zip", "^1": "Hello-1.1.0.zip", "latest": "Hello-1.1.0.zip"} {
		address, r, err := downloads.URL(t.Context(), registry.Anonymous, "hello", version, "")
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if d := response.Header.Get("Content-Disposition"); response.ContentLength != r.ZIP.Size || !strings.Contains(d, name) {
			t.Errorf("%s: %d bytes, %s; want %d, %s", version, response.ContentLength, d, r.ZIP.Size, name)
		}
	}
	_, _, err := downloads.URL(t.Context(), registry.Anonymous, "hello", "9.9.9", "")
	wantError(t, err, registry.NotFound, "9.9.9")
}
