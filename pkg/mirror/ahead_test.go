package mirror_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/shelf"
	"github.com/fc-registry/fc-registry/pkg/upstream"
	"github.com/fc-registry/fc-registry/test/hostile"
)

func wishes(t *testing.T, texts ...string) (all []registry.Wish) {
	t.Helper()
	for _, text := range texts {
		w, err := registry.ParseWish(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, w)
	}
	return all
}

// pinned are the versions of hello that are here, highest first.
func (s *site) pinned(t *testing.T) string {
	t.Helper()
	var all []string
	for p, err := range s.pins.PinsOf(t.Context(), "hello") {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p.Version.String())
	}
	return strings.Join(all, " ")
}

// five publishes five releases of hello.
func (s *site) five() {
	for _, version := range []string{"1.0.0", "1.2.0", "2.0.0-rc.1", "dev.0.1", "dev.0.2"} {
		s.publish(version, hostile.GoodZIP("hello", version))
	}
}

func TestWishesNameReleases(t *testing.T) {
	for text, want := range map[string]string{
		"hello": "1.2.0", "hello@latest": "1.2.0", "hello@1.0.0": "1.0.0", "hello@^1": "1.2.0 1.0.0", "hello@*": "1.2.0 1.0.0", "hello@dev": "dev.0.2",
		"hello@>=1 <1.1": "1.0.0", "hello@2.0.0-rc.1": "2.0.0-rc.1", "hello@dev.0.1": "dev.0.1",
	} {
		s := newSite(t)
		s.five()
		p := new(registry.Progress)
		if err := s.mirroring.Ahead(t.Context(), wishes(t, text), p); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got := s.pinned(t); got != want || p.ToDo.Load() != p.Done.Load() || p.Bytes.Load() == 0 {
			t.Errorf("%s: %q, want %q; %d of %d", text, got, want, p.Done.Load(), p.ToDo.Load())
		}
	}
	for _, text := range []string{"", "@1", "../x@1", "v3", "hello@", "hello@x y"} {
		if w, err := registry.ParseWish(text); err == nil {
			t.Errorf("%q is read as %+v", text, w)
		}
	}
	s := newSite(t)
	s.five()
	for _, text := range []string{"none", "hello@^7", "hello@9.9.9"} {
		wantCode(t, s.mirroring.Ahead(t.Context(), wishes(t, text), new(registry.Progress)), registry.NotFound)
	}
}

func TestMirroringAheadGoesOnAndTellsWhatIsRefused(t *testing.T) {
	s := newSite(t)
	s.five()
	if err := s.mirroring.Ahead(t.Context(), wishes(t, "hello@1.0.0"), new(registry.Progress)); err != nil {
		t.Fatal(err)
	}
	s.publish("1.3.0", hostile.BadZIPs("hello", "1.3.0")["a path upwards"])
	p := new(registry.Progress)
	if err := s.mirroring.Ahead(t.Context(), wishes(t, "hello@^1", "hello@dev"), p); err != nil {
		t.Fatal(err)
	}
	problems, _ := p.Problems()
	if p.ToDo.Load() != 4 || p.Done.Load() != 2 || p.Skipped.Load() != 1 || len(problems) != 1 || problems[0].Version.String() != "1.3.0" {
		t.Errorf("%d of %d, %d were there, %+v", p.Done.Load(), p.ToDo.Load(), p.Skipped.Load(), problems)
	}
	if n := len(s.up.Downloads()); n != 4 {
		t.Errorf("%d downloads at the upstream", n)
	}
}

func TestWhatWasPublishedHereIsNotMirrored(t *testing.T) {
	s := newSite(t)
	s.five()
	r := registrytest.Release(t, "hello", "0.1.0")
	if err := s.catalog.PutHead(t.Context(), registry.Head{Package: registrytest.Package(r), Latest: &r}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.catalog.PutRelease(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	wantCode(t, s.mirroring.Ahead(t.Context(), wishes(t, "hello"), new(registry.Progress)), registry.Invalid, "was published here")
	s.nothing(t)
}

// carry puts releases of the site's upstream onto a shelf.
func (s *site) carry(t *testing.T, dir string, texts ...string) *registry.Progress {
	t.Helper()
	w, err := shelf.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	client := outbound.New([]string{s.up.Host})
	carrying := &registry.Carrying{
		Taking:    registry.Taking{Remote: &upstream.ZIPs{HTTP: client}, Canonicalize: manifest.Canonicalize, Clock: s.clock},
		Suppliers: []registry.Supplier{{URL: s.up.URL, Upstream: &upstream.Client{Base: s.up.URL, HTTP: client, Hosts: []string{s.up.Host}}}},
	}
	p := new(registry.Progress)
	if err := carrying.Carry(t.Context(), wishes(t, texts...), w, p); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *site) load(t *testing.T, dir string) (*registry.Progress, error) {
	t.Helper()
	r, err := shelf.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := new(registry.Progress)
	return p, s.mirroring.Load(t.Context(), r, p)
}

// island is a site that has the same upstream, and no way to it.
func island(t *testing.T, s *site) *site {
	t.Helper()
	i := newSite(t)
	i.up = s.up
	i.mirroring.Queries = i.queries()
	return i
}

func TestAShelfBringsReleasesToWhereNoUpstreamIs(t *testing.T) {
	s := newSite(t)
	s.five()
	dir := filepath.Join(t.TempDir(), "shelf")
	if p := s.carry(t, dir, "hello@^1", "hello@2.0.0-rc.1"); p.Done.Load() != 3 {
		t.Errorf("%d carried", p.Done.Load())
	}
	if p := s.carry(t, dir, "hello@*", "hello@dev"); p.Done.Load() != 1 || p.Skipped.Load() != 2 {
		t.Errorf("again: %d carried, %d were there", p.Done.Load(), p.Skipped.Load())
	}
	there := island(t, s)
	there.up.Play(hostile.Answers, hostile.Transport()["a connection that is cut"])
	there.up.Play(hostile.ZIPs, hostile.Transport()["a connection that is cut"])
	for _, done := range []int64{4, 0} {
		p, err := there.load(t, dir)
		if err != nil || p.Done.Load() != done || p.Skipped.Load() != 4-done || p.ToDo.Load() != 4 {
			t.Errorf("%d loaded, %d were there, %v", p.Done.Load(), p.Skipped.Load(), err)
		}
	}
	there.later.Store(int64(365 * 24 * time.Hour))
	for tag, version := range map[string]string{"1.0.0": "1.0.0", "^1": "1.2.0", "dev": "dev.0.2", "2.0.0-rc.1": "2.0.0-rc.1"} {
		if got := there.zip(t, tag); got != string(hostile.GoodZIP("hello", version)) {
			t.Errorf("%s: %d bytes", tag, len(got))
		}
	}
	p, r, err := there.queries().Latest(t.Context(), registry.Anonymous, "hello", registry.Full)
	if err != nil || p.Upstream != s.up.URL || r.Version.String() != "1.2.0" || r.Texts.Readme != "# hello" {
		t.Errorf("%+v %+v, %v", p, r, err)
	}
}

// refuseHello lets no ZIP of hello in.
func refuseHello(ctx context.Context, to io.Writer, zip io.ReaderAt, size int64, typ registry.Type) (registry.Inspected, error) {
	found, err := manifest.Canonicalize(ctx, to, zip, size, typ)
	if found.Name == "hello" {
		err = registry.Errorf(registry.Invalid, "not on this island")
	}
	return found, err
}

func TestAShelfThatContradictsIsNotLoaded(t *testing.T) {
	s := newSite(t)
	s.five()
	s.up.Publish("other", "1.0.0", hostile.GoodZIP("other", "1.0.0"), nil)
	dir := filepath.Join(t.TempDir(), "shelf")
	s.carry(t, dir, "hello@^1", "other")
	for name, test := range map[string]struct {
		before func(t *testing.T, s *site)
		words  string
	}{
		"a package of the name": {func(t *testing.T, s *site) {
			h := registry.Head{Package: registry.Package{Name: "HELLO", Owner: "alice", Visibility: registry.Private}}
			if err := s.catalog.PutHead(t.Context(), h); err != nil {
				t.Fatal(err)
			}
		}, "hello 1.0.0: a package of this name was published here"},
		"a reservation": {func(t *testing.T, s *site) {
			if err := s.answers.PutReservedNames(t.Context(), registry.ReservedNames{Patterns: []string{"hel*"}}); err != nil {
				t.Fatal(err)
			}
		}, "hello 1.0.0: the name is reserved"},
		"a name of another upstream": {func(t *testing.T, s *site) {
			if _, err := s.answers.PutOrigin(t.Context(), registry.Origin{Name: "hello", Upstream: "https://b.example/v3", Since: s.clock()}); err != nil {
				t.Fatal(err)
			}
		}, "hello 1.0.0: the name is that of a package of https://b.example/v3"},
		"an upstream that is not asked": {func(_ *testing.T, s *site) {
			s.mirroring.Queries.Upstreams.Suppliers[0].Deny = []string{"hello"}
		}, "which is not asked for this name: see UPSTREAMS"},
		"other bytes": {func(t *testing.T, s *site) {
			if _, err := s.pins.PutPin(t.Context(), registrytest.Pin(t, "hello", "1.0.0")); err != nil {
				t.Fatal(err)
			}
		}, "hello 1.0.0: 1.0.0 with sha256"},
		"a ZIP that may not be here": {func(_ *testing.T, s *site) {
			s.mirroring.Canonicalize = refuseHello
		}, "is refused: not on this island"},
	} {
		t.Run(name, func(t *testing.T) {
			there := island(t, s)
			test.before(t, there)
			_, err := there.load(t, dir)
			if err == nil || !strings.Contains(err.Error(), "nothing was loaded") || !strings.Contains(err.Error(), test.words) {
				t.Errorf("got %v, want %q", err, test.words)
			}
			if keys := there.blobs.Keys(); len(keys) > 0 {
				t.Errorf("objects %v", keys)
			}
			if _, err := there.pins.Pin(t.Context(), "other", registrytest.Version(t, "1.0.0")); registry.CodeOf(err) != registry.NotFound {
				t.Errorf("the other package was loaded: %v", err)
			}
		})
	}
}

func TestRefusedZIPsAreNotCarried(t *testing.T) {
	s := newSite(t)
	s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
	for i, zip := range slices.Collect(maps.Values(hostile.BadZIPs("hello", "1.1.0"))) {
		s.publish(fmt.Sprintf("1.1.%d", i), zip)
	}
	s.up.Publish("hello", "1.2.0", hostile.GoodZIP("hello", "1.2.0"), map[string]any{"sha256": strings.Repeat("0", 64)})
	dir := filepath.Join(t.TempDir(), "shelf")
	p := s.carry(t, dir, "hello@*")
	problems, _ := p.Problems()
	if p.Done.Load() != 1 || len(problems) != int(p.ToDo.Load())-1 {
		t.Errorf("%d of %d carried, %d problems", p.Done.Load(), p.ToDo.Load(), len(problems))
	}
	if _, err := island(t, s).load(t, dir); err != nil {
		t.Error(err)
	}
}

func TestWhatWasTakenIsVerified(t *testing.T) {
	s := newSite(t)
	s.five()
	if err := s.mirroring.Ahead(t.Context(), wishes(t, "hello@*", "hello@dev"), new(registry.Progress)); err != nil {
		t.Fatal(err)
	}
	verifying := &registry.Verifying{
		Listing: &registry.Everything{Published: s.catalog, Answers: s.answers, Pins: s.pins}, Blobs: s.blobs,
		Canonicalize: manifest.Canonicalize,
	}
	problems := func() (found []string) {
		t.Helper()
		for c, err := range verifying.Verify(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, c.Release.Version.String()+" "+c.Problem)
		}
		return found
	}
	if got := problems(); !slices.Equal(got, []string{"1.2.0 ", "1.0.0 ", "dev.0.2 "}) {
		t.Errorf("%q", got)
	}
	s.blobs.Put(s.blobs.Keys()[0], []byte("other"))
	if got := problems(); len(got) != 3 || !strings.Contains(got[1], "the ZIP has 5 bytes") {
		t.Errorf("%q", got)
	}
}
