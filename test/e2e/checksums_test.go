package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// TestChecksums follows every zipball_url of every answer: size, sha256 and
// X-Checksum-Sha256 are those of the bytes that come, whoever may see them.
func TestChecksums(t *testing.T) {
	t.Parallel()
	s := newAccessSite(t)
	for _, visibility := range strings.Fields(every) {
		name := packageOf(visibility)
		var found []release
		for _, path := range []string{"/" + name + "/releases/latest", "/" + name + "/releases/tags/1.0.0", "/" + name + "/releases/tags/dev"} {
			found = append(found, decode[release](t, s.asOwner(t, path)))
		}
		for _, path := range []string{"latest", "tags/1.0.0", "tags/%5E1"} {
			found = append(found, decode[envelope[release]](t, s.asOwner(t, "/v3/packages/"+name+"/release/"+path)).Body)
		}
		found = append(found, decode[[]release](t, s.asOwner(t, "/"+name+"/releases"))...)
		found = append(found, decode[envelope[[]release]](t, s.asOwner(t, "/v3/packages/"+name+"/release")).Body...)
		if len(found) != 12 {
			t.Fatalf("%d releases, want 12: %+v", len(found), found)
		}
		for _, f := range found {
			t.Run(name+" "+f.TagName, func(t *testing.T) { s.checkSum(t, name, f, visibility != public) })
		}
	}
}

func (s *accessSite) asOwner(t *testing.T, path string) answer {
	t.Helper()
	return s.send(t, "GET", path, nil, bearer(*s.tokens["owner"]))
}

func (s *accessSite) checkSum(t *testing.T, name string, f release, ticket bool) {
	t.Helper()
	if want := s.sums[name+" "+f.TagName]; f.SHA256 != want {
		t.Errorf("sha256 %s, published was %s", f.SHA256, want)
	}
	if got := strings.Contains(f.ZipballURL, "ticket="); got != ticket {
		t.Errorf("%s carries a ticket: %v, want %v", f.ZipballURL, got, ticket)
	}
	redirect := s.send(t, "GET", f.ZipballURL, nil, masked()) // as the CLI downloads
	if got := redirect.header.Get("X-Checksum-Sha256"); redirect.status != http.StatusFound || got != f.SHA256 {
		t.Errorf("%d, X-Checksum-Sha256 %q, want %s", redirect.status, got, f.SHA256)
	}
	zip := s.get(t, redirect.header.Get("Location"))
	if zip.status != http.StatusOK || int64(len(zip.body)) != f.Size || sha256Of(zip.body) != f.SHA256 {
		t.Errorf("%d, %d bytes with SHA-256 %s; want %d and %s", zip.status, len(zip.body), sha256Of(zip.body), f.Size, f.SHA256)
	}
}
