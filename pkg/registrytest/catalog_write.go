package registrytest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func testHeadRevision(t *testing.T, c registry.Catalog) {
	ctx := t.Context()
	r := Release(t, "hello", "1.0.0")
	first := registry.Head{Package: Package(r)}
	wantCode(t, c.PutHead(ctx, registry.Head{Package: Package(r), Journal: registry.Journal{Revision: 1}}), registry.Conflict)
	wantNoError(t, c.PutHead(ctx, first))
	// A repeated write has no effect, whether or not it is taken for a new one.
	if err := c.PutHead(ctx, first); err != nil {
		wantCode(t, err, registry.Conflict)
	}
	h, err := c.Head(ctx, "hello", registry.Full)
	wantNoError(t, err)
	equal(t, h.Revision, int64(1))

	h.Latest = &r
	wantNoError(t, c.PutHead(ctx, h))
	stale := h
	stale.Owner = "mallory"
	wantCode(t, c.PutHead(ctx, stale), registry.Conflict)
	h, err = c.Head(ctx, "hello", registry.Full)
	wantNoError(t, err)
	equal(t, h.Revision, int64(2))
	equal(t, h.Package, Package(r))
	equalRelease(t, *h.Latest, r)
}

func testHeadRace(t *testing.T, c registry.Catalog) {
	for _, revision := range []int64{0, 1} {
		winners := race(t, 8, func(i int) error {
			pkg := registry.Package{Name: "hello", Owner: fmt.Sprint("user", i), Visibility: registry.Public}
			return c.PutHead(t.Context(), registry.Head{Package: pkg, Journal: registry.Journal{Revision: revision}})
		})
		equal(t, len(winners), 1)
		h, err := c.Head(t.Context(), "hello", registry.Summary)
		wantNoError(t, err)
		equal(t, h.Owner, fmt.Sprint("user", winners[0]))
		equal(t, h.Revision, revision+1)
	}
}

func testHeadLosesLatest(t *testing.T, c registry.Catalog) {
	ctx := t.Context()
	r := Release(t, "hello", "1.0.0")
	wantNoError(t, c.PutHead(ctx, registry.Head{Package: Package(r), Latest: &r}))
	wantNoError(t, c.PutHead(ctx, registry.Head{Package: Package(r), Journal: registry.Journal{Revision: 1}}))
	h, err := c.Head(ctx, "hello", registry.Full)
	wantNoError(t, err)
	equal(t, h, registry.Head{Package: Package(r), Journal: registry.Journal{Revision: 2}})
}

func testReleaseRoundTrip(t *testing.T, c registry.Catalog) {
	testRoundTrip(t, c, Release(t, "hello", "1.2.3-rc.1+build.5"))
}

func testLongestName(t *testing.T, c registry.Catalog) {
	name := strings.Repeat("N", registry.MaxName)
	testRoundTrip(t, c, Release(t, name, strings.Repeat("1", registry.MaxVersion-4)+".0.0"))
	_, err := c.Head(t.Context(), name+"N", registry.Summary)
	wantCode(t, err, registry.NotFound)
}

func testRoundTrip(t *testing.T, c registry.Catalog, r registry.Release) {
	t.Helper()
	equalRelease(t, publish(t, c, r), r)
	for f, want := range map[registry.Fields]registry.Release{registry.Full: r, registry.Summary: summary(r)} {
		h, got, err := c.Release(t.Context(), r.Name, r.Version, f)
		wantNoError(t, err)
		equal(t, h.Package, Package(r))
		equal(t, h.Latest, (*registry.Release)(nil))
		equalRelease(t, got, want)
	}
}

func testReleaseOfNothing(t *testing.T, c registry.Catalog) {
	full := Release(t, "hello", "1.0.0")
	r := registry.Release{
		Name: "hello", Version: full.Version, Type: registry.Plugin, PublishTime: full.PublishTime,
		Publisher: "alice", Upload: full.Upload, ZIP: full.ZIP,
		Manifest: registry.Manifest{Visibility: registry.Public, Tags: []string{}, Commands: map[string]string{}},
	}
	publish(t, c, r)
	_, got, err := c.Release(t.Context(), "hello", r.Version, registry.Full)
	wantNoError(t, err)
	equalRelease(t, got, r)
}

func testUnknownVersion(t *testing.T, c registry.Catalog) {
	ctx := t.Context()
	publish(t, c, Release(t, "hello", "1.0.0"))
	for _, unknown := range []string{"1.0.1", "0.9.9", "1.0.0-rc.1", "dev.0.1"} {
		h, _, err := c.Release(ctx, "hello", Version(t, unknown), registry.Full)
		equal(t, h.Name, "hello")
		wantCode(t, err, registry.NotFound)
		wantCode(t, c.MarkDeleted(ctx, "hello", Version(t, unknown)), registry.NotFound)
	}
	equal(t, len(versions(t, c, "hello", false)), 1)
	equal(t, len(versions(t, c, "hello", true)), 0)
}

func testReleaseRepeated(t *testing.T, c registry.Catalog) {
	r := publish(t, c, Release(t, "hello", "1.0.0"))
	again := r
	again.PublishTime = r.PublishTime.AddDate(0, 0, 1)
	stored, err := c.PutRelease(t.Context(), again)
	wantNoError(t, err)
	equalRelease(t, stored, r)
	_, page, err := c.Releases(t.Context(), "hello", 0, 10)
	wantNoError(t, err)
	equal(t, len(page), 1)
	equalRelease(t, page[0], listed(r))
}

func testReleaseTaken(t *testing.T, c registry.Catalog) {
	first := publish(t, c, Release(t, "hello", "1.0.0+first"))
	for _, same := range []string{"1.0.0+first", "1.0.0", "1.0.0+other"} {
		stored, err := c.PutRelease(t.Context(), Release(t, "hello", same))
		wantCode(t, err, registry.Conflict)
		equalRelease(t, stored, first)
	}
	_, got, err := c.Release(t.Context(), "hello", Version(t, "1.0.0"), registry.Full)
	wantNoError(t, err)
	equalRelease(t, got, first)
}

func testReleaseRace(t *testing.T, c registry.Catalog) {
	taken := publish(t, c, Release(t, "hello", "0.1.0"))
	releases := make([]registry.Release, 8)
	for i := range releases {
		releases[i] = Release(t, "hello", "1.0.0")
	}
	winners := race(t, len(releases), func(i int) error {
		_, err := c.PutRelease(t.Context(), releases[i])
		return err
	})
	equal(t, len(winners), 1)
	_, got, err := c.Release(t.Context(), "hello", releases[0].Version, registry.Full)
	wantNoError(t, err)
	equalRelease(t, got, releases[winners[0]])
	equal(t, versions(t, c, "hello", false), []registry.Listed{{Version: got.Version}, {Version: taken.Version}})
}

func testMarkDeleted(t *testing.T, c registry.Catalog) {
	ctx := t.Context()
	publish(t, c, Release(t, "hello", "1.0.0"))
	r := publish(t, c, Release(t, "hello", "2.0.0"))
	for range 2 { // may be repeated
		wantNoError(t, c.MarkDeleted(ctx, "hello", r.Version))
		for _, f := range []registry.Fields{registry.Summary, registry.Full} {
			h, got, err := c.Release(ctx, "hello", r.Version, f)
			wantNoError(t, err)
			equal(t, h.Package, Package(r))
			equalRelease(t, got, tombstone(r))
		}
	}
	_, other, err := c.Release(ctx, "hello", Version(t, "1.0.0"), registry.Summary)
	wantNoError(t, err)
	equal(t, other.Deleted, false)
}

func testDeletedStaysTaken(t *testing.T, c registry.Catalog) {
	ctx := t.Context()
	r := publish(t, c, Release(t, "hello", "1.0.0"))
	wantNoError(t, c.MarkDeleted(ctx, "hello", r.Version))
	stored, err := c.PutRelease(ctx, Release(t, "hello", "1.0.0"))
	wantCode(t, err, registry.Conflict)
	equalRelease(t, stored, tombstone(r))
	// The upload's own repetition learns that it was released, and deleted.
	stored, err = c.PutRelease(ctx, r)
	wantNoError(t, err)
	equalRelease(t, stored, tombstone(r))
}

// race runs n writers at once and returns those that succeeded; all others
// must report a Conflict.
func race(t *testing.T, n int, write func(i int) error) []int {
	t.Helper()
	failures := make([]error, n)
	var writers sync.WaitGroup
	for i := range n {
		writers.Go(func() { failures[i] = write(i) })
	}
	writers.Wait()
	var winners []int
	for i, err := range failures {
		if err == nil {
			winners = append(winners, i)
			continue
		}
		wantCode(t, err, registry.Conflict)
	}
	return winners
}
