package registry_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/hostile"
)

// tricks are all that an upstream plays on reads.
func tricks() map[string]hostile.Trick {
	all := hostile.Transport()
	maps.Copy(all, hostile.Malformed())
	maps.Copy(all, hostile.Lies())
	return all
}

// hostileTimeout is how long an upstream may take here: the tricks that take all
// the time that they are given are many.
const hostileTimeout = 300 * time.Millisecond

// TestHostileUpstreamsChangeNothing plays every trick on every read: where
// nothing is known, the answer is an error, or a release that is right in
// itself; what was seen is answered as it was.
func TestHostileUpstreamsChangeNothing(t *testing.T) {
	for name, trick := range tricks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, read := range reads() {
				u := honest(t, "hello")
				w := newWorld(t, u)
				w.Timeout = hostileTimeout
				u.Play(hostile.Answers, trick)
				_, releases, err := read.ask(w, t, "hello")
				checkSane(t, read, releases, err)
				if err == nil && strings.Contains(name, "name") && name != "names of people that are no names" {
					t.Errorf("%s: answered with what is said of another name", read.name)
				}
				if u.Reached() > 0 {
					t.Fatalf("%s: a private address was reached", read.name)
				}
			}
			checkSeenStays(t, trick)
		})
	}
}

// checkSane requires that an answer is an error that people can be told, or that
// nothing in it is what it must not be.
func checkSane(t *testing.T, read read, releases []registry.Release, err error) {
	t.Helper()
	if err != nil {
		e, ok := errors.AsType[*registry.Error](err)
		if !ok || (e.Code != registry.Unavailable && e.Code != registry.NotFound) {
			t.Errorf("%s: %v", read.name, err)
		}
		return
	}
	if spoken(releases) != answers()[read.name] {
		t.Errorf("%s: %s", read.name, spoken(releases))
	}
	for _, r := range releases {
		if r.Name != "hello" || r.Manifest.Organization != "" || (r.Manifest.Visibility != "" && r.Manifest.Visibility != registry.Public) {
			t.Errorf("%s: %+v", read.name, r)
		}
		if said := r.ZIP.Original; said.Size < 0 || (said.SHA256 != "" && len(said.SHA256) != 64) || !strings.HasPrefix(r.ZIP.Source, "http") {
			t.Errorf("%s: %+v", read.name, r.ZIP)
		}
		if strings.HasPrefix(r.Manifest.HomePage, "javascript") {
			t.Errorf("%s: home page %s", read.name, r.Manifest.HomePage)
		}
		for _, text := range []string{r.Manifest.Description, r.Texts.VersionBody, r.Texts.Readme} {
			if strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && c != '\n' }) || len(text) > 1<<20 {
				t.Errorf("%s: text %.80q of %d bytes", read.name, text, len(text))
			}
		}
	}
}

// checkSeenStays requires that what was seen before the trick is answered as it
// was, and that neither a local package nor one that comes from another upstream
// is touched.
func checkSeenStays(t *testing.T, trick hostile.Trick) {
	t.Helper()
	u, other := honest(t, "hello", "private", "elsewhere"), honest(t, "elsewhere")
	w := newWorld(t, other, u)
	w.publish(t, "private", "7.0.0")
	seen := make(map[string]string)
	show := func(read read, name string) string {
		p, releases, err := read.ask(w, t, name)
		return fmt.Sprintf("%s %s %+v %v", p.Upstream, spoken(releases), releases, err)
	}
	for _, read := range reads() {
		for _, name := range []string{"hello", "private", "elsewhere"} {
			seen[read.name+name] = show(read, name)
		}
	}
	u.Play(hostile.Answers, trick)
	w.Upstreams = w.instance(w.Suppliers...)
	w.Timeout = hostileTimeout
	w.pass(4 * day)
	for _, read := range reads() {
		for _, name := range []string{"private", "elsewhere"} {
			if got := show(read, name); got != seen[read.name+name] {
				t.Errorf("%s of %s: %s\nwas %s", read.name, name, got, seen[read.name+name])
			}
		}
		_, releases, err := read.ask(w, t, "hello")
		checkSane(t, read, releases, err)
		if got := show(read, "hello"); read.name == "tag 1.0.0" && got != seen[read.name+"hello"] {
			t.Errorf("%s: %s\nwas %s", read.name, got, seen[read.name+"hello"])
		}
	}
}

// TestHostileUpstreamsInSearches plays every trick on lists.
func TestHostileUpstreamsInSearches(t *testing.T) {
	for name, trick := range tricks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, other := honest(t, "hello"), honest(t, "hello-other")
			w := newWorld(t, u, other)
			w.Timeout = 2 * time.Second // in which the other one answers
			u.Play(hostile.Answers, trick)
			browsing := &registry.Browsing{Catalog: w.catalog, Upstreams: w.Upstreams}
			heads, err := browsing.Elsewhere(t.Context(), registry.Search{Text: "hello", Limit: 30})
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, h := range heads {
				found = found || (h.Name == "hello-other" && h.Upstream == other.URL)
				if registry.CheckName(h.Name) != nil || h.Owner != "" || h.Organization != "" || h.Visibility != registry.Public || h.Upstream == "" {
					t.Errorf("found %+v", h.Package)
				}
			}
			if !found || u.Reached() > 0 {
				t.Errorf("what the other upstream has was not found among %+v", heads)
			}
		})
	}
}
