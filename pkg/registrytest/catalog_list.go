package registrytest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// ordered are versions from the highest to the lowest: two-digit numbers, the
// pre-releases of the specification's example, development builds.
func ordered() []string {
	return strings.Fields(`
		12.0.0 2.10.0 2.9.10 2.9.9 1.0.0 1.0.0-rc.1 1.0.0-beta.11 1.0.0-beta.2 1.0.0-beta
		1.0.0-alpha.beta 1.0.0-alpha.1 1.0.0-alpha 0.0.1
		dev.0.100 dev.0.10 dev.0.9 dev.0.1`)
}

// publishOrdered adds the versions of ordered in another order.
func publishOrdered(t *testing.T, c registry.Catalog) {
	t.Helper()
	mixed := slices.Sorted(slices.Values(ordered()))
	for _, v := range mixed {
		publish(t, c, Release(t, "hello", v))
	}
}

func testReleasesPages(t *testing.T, c registry.Catalog) {
	publishOrdered(t, c)
	all := ordered()
	for _, page := range []struct{ skip, limit int }{
		{0, 1}, {0, 5}, {5, 5}, {10, 5}, {12, 3}, {13, 1}, {15, 5}, {0, len(all)}, {0, 100}, {len(all), 5}, {len(all) + 7, 5},
	} {
		h, got, err := c.Releases(t.Context(), "hello", page.skip, page.limit)
		wantNoError(t, err)
		equal(t, h.Name, "hello")
		equal(t, h.Latest, (*registry.Release)(nil))
		start := min(page.skip, len(all))
		equal(t, texts(got), strings.Join(all[start:min(start+page.limit, len(all))], " "))
	}
	_, got, err := c.Releases(t.Context(), "hello", 0, 1)
	wantNoError(t, err)
	equalRelease(t, got[0], listed(Release(t, "hello", all[0])))
}

func testReleasesDeleted(t *testing.T, c registry.Catalog) {
	publishOrdered(t, c)
	var left []string
	for i, v := range ordered() {
		if i%3 == 1 {
			left = append(left, v)
			continue
		}
		wantNoError(t, c.MarkDeleted(t.Context(), "hello", Version(t, v)))
	}
	for skip := range left {
		_, got, err := c.Releases(t.Context(), "hello", skip, 2)
		wantNoError(t, err)
		equal(t, texts(got), strings.Join(left[skip:min(skip+2, len(left))], " "))
	}
}

func testVersions(t *testing.T, c registry.Catalog) {
	publishOrdered(t, c)
	wantNoError(t, c.MarkDeleted(t.Context(), "hello", Version(t, "12.0.0")))
	wantNoError(t, c.MarkDeleted(t.Context(), "hello", Version(t, "dev.0.100")))
	want := map[bool][]registry.Listed{}
	for _, text := range ordered() {
		v := Version(t, text)
		deleted := text == "12.0.0" || text == "dev.0.100"
		want[v.IsDev()] = append(want[v.IsDev()], registry.Listed{Version: v, Deleted: deleted})
	}
	equal(t, versions(t, c, "hello", false), want[false])
	equal(t, versions(t, c, "hello", true), want[true])
}

func testVersionsBreak(t *testing.T, c registry.Catalog) {
	publishOrdered(t, c)
	yielded := 0
	for l, err := range c.Versions(t.Context(), "hello", false) {
		wantNoError(t, err)
		equal(t, l.Version.String(), ordered()[yielded])
		if yielded++; yielded == 2 {
			break
		}
	}
	equal(t, yielded, 2)
	// The catalog is usable from inside the loop.
	for l, err := range c.Versions(t.Context(), "hello", true) {
		wantNoError(t, err)
		wantNoError(t, c.MarkDeleted(t.Context(), "hello", l.Version))
	}
}

// More versions than one page of the storage holds.
func testManyVersions(t *testing.T, c registry.Catalog) {
	if testing.Short() {
		t.Skip("writes 6,000 releases")
	}
	const count, writers = 6000, 8
	publish(t, c, Release(t, "hello", "0.0.0"))
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := w + 1; i < count; i += writers {
				if _, err := c.PutRelease(t.Context(), Release(t, "hello", fmt.Sprintf("0.0.%d", i))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	for i, l := range versions(t, c, "hello", false) {
		if want := fmt.Sprintf("0.0.%d", count-1-i); l.Version.String() != want {
			t.Fatalf("version %d is %s, want %s", i, l.Version, want)
		}
	}
	equal(t, len(versions(t, c, "hello", false)), count)
	for _, skip := range []int{0, 4990, count - 5, count} {
		_, page, err := c.Releases(t.Context(), "hello", skip, 20)
		wantNoError(t, err)
		equal(t, len(page), min(20, count-skip))
		for i, r := range page {
			equal(t, r.Version.String(), fmt.Sprintf("0.0.%d", count-1-skip-i))
		}
	}
}
