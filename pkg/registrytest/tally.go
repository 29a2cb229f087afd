package registrytest

import (
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Tallied is a catalog whose heads a tally writes its totals into.
type Tallied interface {
	registry.Catalog
	registry.Tally
}

// Tally tests a registry.Tally. Each one that open returns is empty.
func Tally(t *testing.T, open func(*testing.T) Tallied) {
	tests := map[string]func(*testing.T, Tallied){
		"of what was never downloaded there is nothing":       testNoDownloads,
		"downloads of all shards add up, by day and in all":   testDownloads,
		"adding again adds again":                             testAddedAgain,
		"of concurrent adders none is lost":                   testAddersRace,
		"names are counted without regard to case":            testDownloadsWithoutCase,
		"days are forgotten, the total is not":                testForget,
		"a total stands in the head, the highest of several":  testPutDownloads,
		"a head is written without its downloads":             testPutHeadKeepsDownloads,
		"a total of what has no head is not kept, nor a head": testPutDownloadsOfNothing,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func add(t *testing.T, c registry.Tally, name string, day registry.Day, downloads int64, shard int) {
	t.Helper()
	wantNoError(t, c.Add(t.Context(), name, day, downloads, shard))
}

func wantDownloads(t *testing.T, c registry.Tally, name string, total int64, days map[registry.Day]int64) {
	t.Helper()
	got, err := c.Downloads(t.Context(), name)
	wantNoError(t, err)
	if len(days) == 0 && len(got.Days) == 0 {
		got.Days = days
	}
	equal(t, got, registry.Downloaded{Total: total, Days: days})
}

func testNoDownloads(t *testing.T, c Tallied) {
	add(t, c, "hello-world", "2025-03-01", 1, 0)
	add(t, c, "hell", "2025-03-01", 1, registry.Shards-1)
	wantDownloads(t, c, "hello", 0, nil)
	wantNoError(t, c.Forget(t.Context(), "hello", "2025-03-01"))
	wantDownloads(t, c, "hello", 0, nil)
}

func testDownloads(t *testing.T, c Tallied) {
	days := map[registry.Day]int64{}
	total := int64(0)
	for shard := range registry.Shards {
		for _, day := range []registry.Day{"2024-12-31", "2025-01-01", "2025-03-01"} {
			n := int64(shard*10 + len(days) + 1)
			add(t, c, "hello", day, n, shard)
			days[day] += n
			total += n
		}
	}
	wantDownloads(t, c, "hello", total, days)
}

// A repetition after a lost answer can't be told from another download: at
// least once, then.
func testAddedAgain(t *testing.T, c Tallied) {
	for range 3 {
		add(t, c, "hello", "2025-03-01", 5, 3)
	}
	wantDownloads(t, c, "hello", 15, map[registry.Day]int64{"2025-03-01": 15})
	add(t, c, "hello", "2025-03-02", math.MaxInt32, 3)
	wantDownloads(t, c, "hello", 15+math.MaxInt32, map[registry.Day]int64{"2025-03-01": 15, "2025-03-02": math.MaxInt32})
}

func testAddersRace(t *testing.T, c Tallied) {
	var adders sync.WaitGroup
	for i := range 4 * registry.Shards {
		adders.Go(func() {
			if err := c.Add(t.Context(), "hello", "2025-03-01", int64(i), i%registry.Shards); err != nil {
				t.Error(err)
			}
		})
	}
	adders.Wait()
	const sum = (4*registry.Shards - 1) * 4 * registry.Shards / 2
	wantDownloads(t, c, "hello", sum, map[registry.Day]int64{"2025-03-01": sum})
}

func testDownloadsWithoutCase(t *testing.T, c Tallied) {
	wantNoError(t, c.PutHead(t.Context(), registry.Head{Package: registry.Package{Name: "Hello", Owner: "alice", Visibility: registry.Public}}))
	for _, name := range []string{"Hello", "hello", "HELLO"} {
		add(t, c, name, "2025-03-01", 1, 0)
	}
	for _, name := range []string{"Hello", "hello", "hELLO"} {
		wantDownloads(t, c, name, 3, map[registry.Day]int64{"2025-03-01": 3})
	}
	wantNoError(t, c.PutDownloads(t.Context(), "HELLO", 3))
	equal(t, heads(t, c, "hello")[0].Downloads, int64(3))
	wantNoError(t, c.Forget(t.Context(), "hELLO", "2025-03-02"))
	wantDownloads(t, c, "Hello", 3, nil)
}

func testForget(t *testing.T, c Tallied) {
	days := map[registry.Day]int64{}
	for shard := range registry.Shards {
		for i := range 31 {
			day := registry.Day(fmt.Sprintf("2025-01-%02d", i+1))
			if (shard+i)%2 == 0 { // no shard has all days
				add(t, c, "hello", day, 1, shard)
				days[day]++
			}
		}
	}
	add(t, c, "other", "2025-01-01", 1, 0)
	for day := range days {
		if day < "2025-01-20" {
			delete(days, day)
		}
	}
	for range 2 { // may be repeated
		wantNoError(t, c.Forget(t.Context(), "hello", "2025-01-20"))
		wantDownloads(t, c, "hello", registry.Shards*31/2, days)
	}
	wantDownloads(t, c, "other", 1, map[registry.Day]int64{"2025-01-01": 1})
	add(t, c, "hello", "2025-01-31", 1, 0)
	days["2025-01-31"]++
	wantDownloads(t, c, "hello", registry.Shards*31/2+1, days)
}

func testPutDownloads(t *testing.T, c Tallied) {
	r := Release(t, "hello", "1.0.0")
	h := registry.Head{Package: Package(r), Latest: &r}
	wantNoError(t, c.PutHead(t.Context(), h))
	for _, step := range []struct{ put, want int64 }{{0, 0}, {7, 7}, {3, 7}, {7, 7}, {0, 7}, {1 << 40, 1 << 40}} {
		wantNoError(t, c.PutDownloads(t.Context(), "hello", step.put))
		got, err := c.Head(t.Context(), "hello", registry.Full)
		wantNoError(t, err)
		equal(t, got.Downloads, step.want)
		equal(t, got.Revision, int64(1)) // it is no change of the package
		equalRelease(t, *got.Latest, r)
	}
}

func testPutHeadKeepsDownloads(t *testing.T, c Tallied) {
	r := Release(t, "hello", "1.0.0")
	written := registry.Head{Package: Package(r), Latest: &r}
	written.Downloads = 99 // is the tally's to say
	wantNoError(t, c.PutHead(t.Context(), written))
	for revision, latest := range []*registry.Release{nil, &r, nil} {
		wantTotal(t, c, int64(revision)*10)
		wantNoError(t, c.PutDownloads(t.Context(), "hello", int64(revision+1)*10))
		written.Revision, written.Latest = int64(revision+1), latest
		wantNoError(t, c.PutHead(t.Context(), written))
	}
	wantTotal(t, c, 30)
}

// wantTotal requires a total of hello, however its head is read.
func wantTotal(t *testing.T, c registry.Catalog, want int64) {
	t.Helper()
	for _, f := range []registry.Fields{registry.Summary, registry.Described, registry.Full} {
		h, err := c.Head(t.Context(), "hello", f)
		wantNoError(t, err)
		equal(t, h.Downloads, want)
	}
	h, _, err := c.Releases(t.Context(), "hello", 0, 1)
	wantNoError(t, err)
	equal(t, h.Downloads, want)
	equal(t, heads(t, c, "hello")[0].Downloads, want)
}

func testPutDownloadsOfNothing(t *testing.T, c Tallied) {
	wantNoError(t, c.PutDownloads(t.Context(), "hello", 5))
	_, err := c.Head(t.Context(), "hello", registry.Summary)
	wantCode(t, err, registry.NotFound)
	wantNoError(t, c.PutHead(t.Context(), registry.Head{Package: registry.Package{Name: "hello", Owner: "alice", Visibility: registry.Public}}))
	wantTotal(t, c, 0)
}
