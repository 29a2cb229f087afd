package registrytest

import (
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Catalog tests a registry.Catalog. Each catalog that open returns is empty.
func Catalog(t *testing.T, open func(*testing.T) registry.Catalog) {
	tests := map[string]func(*testing.T, registry.Catalog){
		"an unknown name is NotFound": func(t *testing.T, c registry.Catalog) {
			testUnknownName(t, c, "nobody")
		},
		"an unknown name of any length is NotFound": func(t *testing.T, c registry.Catalog) {
			testUnknownName(t, c, strings.Repeat("x", 4000))
		},
		"a head without releases has no latest":              testHeadWithoutReleases,
		"a head gives back its latest release":               testHeadRoundTrip,
		"a head gives back its journal and maintainers":      testHeadJournal,
		"names are looked up without regard to case":         testNamesWithoutCase,
		"a package's name that is another's prefix":          testNamePrefix,
		"a head is written on its own revision only":         testHeadRevision,
		"of concurrent writers of a head one wins":           testHeadRace,
		"a head's latest can be taken away":                  testHeadLosesLatest,
		"several heads are read at once, unknown ones not":   testHeads,
		"of several heads some have no latest":               testHeadsWithoutLatest,
		"250 heads are read at once":                         testManyHeads,
		"described are head and release with their manifest": testDescribed,
		"a release is read back in full":                     testReleaseRoundTrip,
		"a release may lack whatever can be empty":           testReleaseOfNothing,
		"an unknown version is NotFound":                     testUnknownVersion,
		"adding a release again from its upload is no error": testReleaseRepeated,
		"a release of the longest name is read back":         testLongestName,
		"a version is taken once":                            testReleaseTaken,
		"of concurrent publishers of a version one wins":     testReleaseRace,
		"a deleted release keeps number and ZIP key":         testMarkDeleted,
		"a deleted number stays taken":                       testDeletedStaysTaken,
		"releases come in pages, highest first":              testReleasesPages,
		"pages leave out deleted releases":                   testReleasesDeleted,
		"versions are yielded highest first, by kind":        testVersions,
		"reading versions may be ended early":                testVersionsBreak,
		"6,000 versions are paged and listed completely":     testManyVersions,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func testUnknownName(t *testing.T, c registry.Catalog, name string) {
	ctx := t.Context()
	for _, f := range []registry.Fields{registry.Summary, registry.Full} {
		_, err := c.Head(ctx, name, f)
		wantCode(t, err, registry.NotFound)
		h, _, err := c.Release(ctx, name, Version(t, "1.0.0"), f)
		wantCode(t, err, registry.NotFound)
		equal(t, h, registry.Head{})
	}
	_, _, err := c.Releases(ctx, name, 0, 10)
	wantCode(t, err, registry.NotFound)
	wantCode(t, c.MarkDeleted(ctx, name, Version(t, "1.0.0")), registry.NotFound)
	for _, dev := range []bool{false, true} {
		equal(t, len(versions(t, c, name, dev)), 0)
	}
}

func testHeadWithoutReleases(t *testing.T, c registry.Catalog) {
	ctx := t.Context()
	pkg := Package(Release(t, "Hello", "1.0.0"))
	wantNoError(t, c.PutHead(ctx, registry.Head{Package: pkg}))
	h, err := c.Head(ctx, "Hello", registry.Full)
	wantNoError(t, err)
	equal(t, h, registry.Head{Package: pkg, Journal: registry.Journal{Revision: 1}})
	h, releases, err := c.Releases(ctx, "Hello", 0, 10)
	wantNoError(t, err)
	equal(t, h.Package, pkg)
	equal(t, len(releases), 0)
	h, _, err = c.Release(ctx, "Hello", Version(t, "1.0.0"), registry.Full)
	wantCode(t, err, registry.NotFound)
	equal(t, h, registry.Head{Package: pkg, Journal: registry.Journal{Revision: 1}})
}

func testHeadRoundTrip(t *testing.T, c registry.Catalog) {
	ctx := t.Context()
	r := Release(t, "hello", "1.2.3-rc.1+build.5")
	wantNoError(t, c.PutHead(ctx, registry.Head{Package: Package(r), Latest: &r}))
	for f, want := range map[registry.Fields]registry.Release{registry.Full: r, registry.Summary: summary(r)} {
		h, err := c.Head(ctx, "hello", f)
		wantNoError(t, err)
		equal(t, h.Package, Package(r))
		equalRelease(t, *h.Latest, want)
	}
}

func testHeadJournal(t *testing.T, c registry.Catalog) {
	ctx := t.Context()
	pkg := Package(Release(t, "hello", "1.0.0"))
	pkg.Maintainers, pkg.Visibility = []string{"bob", "carol"}, registry.Private
	written := registry.Head{Package: pkg, Journal: Journal("package/hello")}
	wantNoError(t, c.PutHead(ctx, written))
	written.Revision = 1
	h, err := c.Head(ctx, "hello", registry.Full)
	wantNoError(t, err)
	equal(t, h, written)
	h, err = c.Head(ctx, "hello", registry.Summary)
	wantNoError(t, err)
	equal(t, h, registry.Head{Package: pkg, Journal: registry.Journal{Revision: 1}})
	_, err = c.PutRelease(ctx, Release(t, "hello", "1.0.0"))
	wantNoError(t, err)
	h, _, err = c.Release(ctx, "hello", Version(t, "1.0.0"), registry.Full)
	wantNoError(t, err)
	equal(t, h.Package, pkg)
	h, _, err = c.Releases(ctx, "hello", 0, 1)
	wantNoError(t, err)
	equal(t, h.Package, pkg)
}

func testNamesWithoutCase(t *testing.T, c registry.Catalog) {
	ctx := t.Context()
	r := publish(t, c, Release(t, "Hello", "1.0.0"))
	dev := publish(t, c, Release(t, "hELLO", "dev.0.1"))
	for _, name := range []string{"Hello", "hello", "HELLO"} {
		h, err := c.Head(ctx, name, registry.Full)
		wantNoError(t, err)
		equal(t, h.Name, "Hello")
		h, got, err := c.Release(ctx, name, r.Version, registry.Full)
		wantNoError(t, err)
		equal(t, h.Package, Package(r))
		equalRelease(t, got, r)
		_, page, err := c.Releases(ctx, name, 0, 10)
		wantNoError(t, err)
		equal(t, texts(page), "1.0.0 dev.0.1")
		equal(t, versions(t, c, name, true), []registry.Listed{{Version: dev.Version}})
	}
	other := Release(t, "HELLO", "1.0.0")
	wantCode(t, c.PutHead(ctx, registry.Head{Package: Package(other)}), registry.Conflict)
	_, err := c.PutRelease(ctx, other)
	wantCode(t, err, registry.Conflict)
	wantNoError(t, c.MarkDeleted(ctx, "HELLO", r.Version))
	_, got, err := c.Release(ctx, "hello", r.Version, registry.Summary)
	wantNoError(t, err)
	equal(t, got.Deleted, true)
}

// A key that is made of name and version must not let them run together.
func testNamePrefix(t *testing.T, c registry.Catalog) {
	for _, name := range []string{"hello", "hello-world", "hello.0", "hello_", "hell", "head", "release"} {
		publish(t, c, Release(t, name, "1.0.0"))
	}
	_, page, err := c.Releases(t.Context(), "hello", 0, 10)
	wantNoError(t, err)
	equal(t, len(page), 1)
	equal(t, page[0].Name, "hello")
}

// publish adds a release, and its package when that is new.
func publish(t testing.TB, c registry.Catalog, r registry.Release) registry.Release {
	t.Helper()
	ctx := t.Context()
	_, err := c.Head(ctx, r.Name, registry.Summary)
	if registry.CodeOf(err) == registry.NotFound {
		err = c.PutHead(ctx, registry.Head{Package: Package(r)})
	}
	if err != nil {
		t.Fatal(err)
	}
	stored, err := c.PutRelease(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// versions lists all that Versions yields.
func versions(t testing.TB, c registry.Catalog, name string, dev bool) []registry.Listed {
	t.Helper()
	var all []registry.Listed
	for l, err := range c.Versions(t.Context(), name, dev) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// texts writes the versions of releases in one line.
func texts(releases []registry.Release) string {
	var all []string
	for _, r := range releases {
		all = append(all, r.Version.String())
	}
	return strings.Join(all, " ")
}
