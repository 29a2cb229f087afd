package mirror_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/hostile"
)

func TestModes(t *testing.T) {
	s := newSite(t)
	good := hostile.GoodZIP("hello", "1.0.0")
	s.publish("1.0.0", good)
	address, r, err := s.downloads(registry.Redirect, 0).URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
	if err != nil || read(t, address) != string(good) || !strings.HasPrefix(address, strings.TrimSuffix(s.up.URL, "/v3")) || r.ZIP.Source != address {
		t.Errorf("redirect: %q %+v, %v", address, r.ZIP, err)
	}
	_, _, err = s.downloads(registry.Off, 0).URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
	wantCode(t, err, registry.NotFound, "hands out no ZIPs of others")
	s.nothing(t)
	s.zip(t, "1.0.0")
	address, _, err = s.downloads(registry.Redirect, 0).URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
	if err != nil || !strings.Contains(address, "upstream/hello/1.0.0/") {
		t.Errorf("redirect, when it is here: %q, %v", address, err)
	}
}

func TestNamesThatAreHereAreNeverTakenFromUpstream(t *testing.T) {
	for name, hide := range map[string]func(*registry.Head){
		"public, without that version": func(*registry.Head) {},
		"private":                      func(h *registry.Head) { h.Visibility = registry.Private },
		"without a release":            func(h *registry.Head) { h.Latest = nil },
		"in another case":              func(h *registry.Head) { h.Name = "HELLO" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
			h := registry.Head{Package: registry.Package{Name: "hello", Owner: "alice", Visibility: registry.Public}}
			hide(&h)
			if err := s.catalog.PutHead(t.Context(), h); err != nil {
				t.Fatal(err)
			}
			_, _, err := s.url(t.Context(), "1.0.0")
			wantCode(t, err, registry.NotFound)
			_, err = s.mirroring.Mirror(t.Context(), "hello", "1.0.0")
			wantCode(t, err, registry.NotFound)
			s.nothing(t)
			if n := len(s.up.Requests()) + len(s.up.Downloads()); n > 0 {
				t.Errorf("the upstream was asked %d times", n)
			}
		})
	}
}

func TestNothingOfWhoAsksGoesUpstream(t *testing.T) {
	s := newSite(t)
	s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
	s.zip(t, "1.0.0")
	for _, r := range slices.Concat(s.up.Requests(), s.up.Downloads()) {
		names := slices.Sorted(maps.Keys(r.Header))
		for _, name := range names {
			if !slices.Contains([]string{"Accept", "User-Agent"}, name) {
				t.Errorf("%s %s has the header %s", r.Method, r.URL, name)
			}
		}
		if r.URL.RawQuery != "" || r.Method != "GET" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
	}
}
