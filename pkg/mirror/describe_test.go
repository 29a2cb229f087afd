package mirror_test

import (
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/hostile"
)

// describe asks what a ZIP is, by a mode and in both forms.
func (s *site) describe(t *testing.T, mode registry.UpstreamMode, version string) (zip, old registry.ZIP, err, oldErr error) {
	t.Helper()
	downloads := s.downloads(mode, time.Minute)
	r, err := downloads.Describe(t.Context(), registry.Anonymous, "hello", version, "")
	wrapping := registry.NewWrapping(downloads, s.blobs, manifest.WrapZIP, time.Minute)
	wrapped, oldErr := wrapping.Describe(t.Context(), registry.Anonymous, "hello", version, "")
	return r.ZIP, wrapped.ZIP, err, oldErr
}

// What an upstream announces is not what will be served here: that is known when
// it is here. To describe a ZIP fetches none.
func TestADescriptionFetchesNothing(t *testing.T) {
	good := hostile.GoodZIP("hello", "1.0.0")
	for _, version := range []string{"1.0.0", "^1", "latest"} {
		s := newSite(t)
		s.publish("1.0.0", good)
		zip, old, err, oldErr := s.describe(t, registry.Mirror, version)
		if err != nil || oldErr != nil || zip.Size != 0 || zip.SHA256 != "" || old.Size != 0 || old.SHA256 != "" {
			t.Errorf("%s: %+v %+v, %v, %v", version, zip, old, err, oldErr)
		}
		s.nothing(t)
		if n := len(s.up.Downloads()); n != 0 {
			t.Errorf("%s: %d downloads at the upstream", version, n)
		}
		served := s.zip(t, version)
		zip, old, err, oldErr = s.describe(t, registry.Mirror, version)
		if err != nil || oldErr != nil || zip.Size != int64(len(served)) || zip.SHA256 != sumOf([]byte(served)) || old.Size != 0 || old.SHA256 != "" {
			t.Errorf("%s, when it is here: %+v %+v, %v, %v", version, zip, old, err, oldErr)
		}
	}
}

func TestADescriptionFailsAsTheDownloadDoes(t *testing.T) {
	s := newSite(t)
	s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
	_, _, err, oldErr := s.describe(t, registry.Off, "1.0.0")
	wantCode(t, err, registry.NotFound, "hands out no ZIPs of others")
	wantCode(t, oldErr, registry.NotFound, "hands out no ZIPs of others")

	// Whoever is redirected gets what the upstream announces, and 2.x gets nothing.
	zip, _, err, oldErr := s.describe(t, registry.Redirect, "1.0.0")
	if err != nil || zip.SHA256 != sumOf(hostile.GoodZIP("hello", "1.0.0")) || zip.Key != "" {
		t.Errorf("%+v, %v", zip, err)
	}
	wantCode(t, oldErr, registry.NotFound, "is not kept here")

	for _, version := range []string{"9.9.9", "^9"} {
		_, _, err, oldErr = s.describe(t, registry.Mirror, version)
		wantCode(t, err, registry.NotFound)
		wantCode(t, oldErr, registry.NotFound)
	}
	s.publish("1.1.0", hostile.BadZIPs("hello", "1.1.0")["a path upwards"])
	_, _, refused := s.url(t.Context(), "1.1.0")
	_, _, err, oldErr = s.describe(t, registry.Mirror, "1.1.0")
	wantCode(t, err, registry.Forbidden, refused.Error())
	wantCode(t, oldErr, registry.Forbidden, refused.Error())
}
