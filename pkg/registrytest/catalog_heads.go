package registrytest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// described is what registry.Described leaves of a release.
func described(r registry.Release) registry.Release {
	manifest := r.Manifest
	r = summary(r)
	r.Manifest = manifest
	return r
}

// heads reads heads, by name: they come in no order.
func heads(t *testing.T, c registry.Catalog, names ...string) []registry.Head {
	t.Helper()
	all, err := c.Heads(t.Context(), names)
	wantNoError(t, err)
	slices.SortFunc(all, func(a, b registry.Head) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

func testHeads(t *testing.T, c registry.Catalog) {
	var releases []registry.Release
	for _, name := range []string{"Alpha", "beta", "gamma"} {
		r := Release(t, name, "1.0.0")
		wantNoError(t, c.PutHead(t.Context(), registry.Head{Package: Package(r), Latest: &r, Journal: Journal("package/" + name)}))
		releases = append(releases, r)
	}
	got := heads(t, c, "gamma", "unknown", "ALPHA", "alph", "alpha-beta")
	equal(t, len(got), 2)
	for i, r := range []registry.Release{releases[0], releases[2]} {
		equal(t, got[i].Package, Package(r))
		equal(t, got[i].Journal, registry.Journal{Revision: 1})
		equalRelease(t, *got[i].Latest, described(r))
	}
	equal(t, len(heads(t, c)), 0)
	equal(t, len(heads(t, c, "unknown")), 0)
}

func testHeadsWithoutLatest(t *testing.T, c registry.Catalog) {
	r := Release(t, "hello", "1.0.0")
	wantNoError(t, c.PutHead(t.Context(), registry.Head{Package: Package(r)}))
	want := registry.Head{Package: Package(r), Journal: registry.Journal{Revision: 1}}
	equal(t, heads(t, c, "hello"), []registry.Head{want})

	want.Latest = &r
	wantNoError(t, c.PutHead(t.Context(), want))
	want.Latest = nil
	want.Revision = 2
	wantNoError(t, c.PutHead(t.Context(), want))
	want.Revision = 3
	equal(t, heads(t, c, "hello"), []registry.Head{want})
}

// More than a storage gives in one answer.
func testManyHeads(t *testing.T, c registry.Catalog) {
	var names, want []string
	for i := range 250 {
		name := fmt.Sprintf("package-%03d", i)
		names = append(names, name, fmt.Sprintf("unknown-%03d", i))
		want = append(want, name)
		wantNoError(t, c.PutHead(t.Context(), registry.Head{Package: registry.Package{Name: name, Owner: "alice", Visibility: registry.Public}}))
	}
	var got []string
	for _, h := range heads(t, c, names...) {
		got = append(got, h.Name)
	}
	equal(t, got, want)
}

// Described lies between Summary and Full, wherever it is asked for.
func testDescribed(t *testing.T, c registry.Catalog) {
	r := Release(t, "hello", "1.0.0")
	publish(t, c, r)
	h := registry.Head{Package: Package(r), Latest: &r, Journal: Journal("package/hello")}
	h.Revision = 1
	wantNoError(t, c.PutHead(t.Context(), h))
	got, err := c.Head(t.Context(), "hello", registry.Described)
	wantNoError(t, err)
	equal(t, got.Package, Package(r))
	equal(t, got.Journal, registry.Journal{Revision: 2})
	equalRelease(t, *got.Latest, described(r))
	_, one, err := c.Release(t.Context(), "hello", r.Version, registry.Described)
	wantNoError(t, err)
	equalRelease(t, one, described(r))
}
