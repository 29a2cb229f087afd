package registrytest

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Restore tests a registry.Restore. Each one that open returns is empty.
func Restore(t *testing.T, open func(*testing.T) Held) {
	tests := map[string]func(*testing.T, Held){
		"a head is restored as it was":                          testRestoreHead,
		"a head is restored over its revision only":             testRestoreHeadOver,
		"a head keeps its downloads":                            testRestoreHeadDownloads,
		"the next change of a restored head is the next one":    testHeadAfterRestore,
		"an organization is restored as it was":                 testRestoreGroup,
		"of concurrent restorers of a head one wins":            testRestoreRace,
		"a deleted number is taken, and shows nothing":          testRestoreDeleted,
		"a number that is taken is not taken again":             testRestoreDeletedTaken,
		"downloads are raised to what they were, in all by day": testRestoreDownloads,
		"restored downloads go on":                              testDownloadsGoOn,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// restored is a head of which everything is set.
func restored(t *testing.T) registry.Head {
	r := Release(t, "Hello", "1.0.0")
	h := registry.Head{Package: Package(r), Latest: &r, Journal: Journal("package/hello")}
	h.Maintainers, h.Revision = []string{"bob", "carol"}, 7
	return h
}

func wantHead(t *testing.T, c registry.Catalog, want registry.Head) {
	t.Helper()
	got, err := c.Head(t.Context(), "hello", registry.Full)
	wantNoError(t, err)
	if got.Latest != nil && want.Latest != nil {
		equalRelease(t, *got.Latest, *want.Latest)
		got.Latest, want.Latest = nil, nil
	}
	equal(t, got, want)
}

func testRestoreHead(t *testing.T, c Held) {
	h := restored(t)
	wantNoError(t, c.RestoreHead(t.Context(), h, 0))
	wantHead(t, c, h)
	h.Latest, h.Maintainers, h.Visibility = nil, nil, registry.Private
	wantNoError(t, c.RestoreHead(t.Context(), h, 7)) // the same revision again
	wantHead(t, c, h)
}

func testRestoreHeadOver(t *testing.T, c Held) {
	h := restored(t)
	wantCode(t, c.RestoreHead(t.Context(), h, 3), registry.Conflict)
	wantCode(t, c.RestoreHead(t.Context(), h, 7), registry.Conflict)
	wantNoError(t, c.RestoreHead(t.Context(), h, 0))
	later := h
	later.Owner, later.Revision = "mallory", 9
	wantCode(t, c.RestoreHead(t.Context(), later, 0), registry.Conflict)
	wantCode(t, c.RestoreHead(t.Context(), later, 6), registry.Conflict)
	wantHead(t, c, h)
	wantNoError(t, c.RestoreHead(t.Context(), later, 7))
	wantHead(t, c, later)
}

func testRestoreHeadDownloads(t *testing.T, c Held) {
	h := restored(t)
	wantNoError(t, c.RestoreHead(t.Context(), h, 0))
	wantNoError(t, c.PutDownloads(t.Context(), "hello", 12))
	h.Revision, h.Downloads = 8, 3
	wantNoError(t, c.RestoreHead(t.Context(), h, 7))
	h.Downloads = 12
	wantHead(t, c, h)
}

func testHeadAfterRestore(t *testing.T, c Held) {
	h := restored(t)
	wantNoError(t, c.RestoreHead(t.Context(), h, 0))
	h.Owner = "bob"
	wantNoError(t, c.PutHead(t.Context(), h))
	h.Revision = 8
	wantHead(t, c, h)
}

func testRestoreGroup(t *testing.T, c Held) {
	g := registry.Group{
		Name: company, Members: map[string]registry.Role{"alice": registry.OwnerRole, "bob": registry.Member},
		Journal: Journal("organization/" + company),
	}
	g.Revision = 7
	wantCode(t, c.RestoreGroup(t.Context(), g, 6), registry.Conflict)
	wantNoError(t, c.RestoreGroup(t.Context(), g, 0))
	wantCode(t, c.RestoreGroup(t.Context(), g, 0), registry.Conflict)
	wantRole(t, c, company, "bob", registry.Member)
	got, err := c.Group(t.Context(), company)
	wantNoError(t, err)
	equal(t, got, g)

	g.Removed, g.Members, g.Revision = true, nil, 9
	wantNoError(t, c.RestoreGroup(t.Context(), g, 7))
	got, err = c.Group(t.Context(), company)
	wantNoError(t, err)
	equal(t, got, g)
	wantNoError(t, c.PutGroup(t.Context(), g))
}

func testRestoreRace(t *testing.T, c Held) {
	for _, over := range []int64{0, 7} {
		winners := race(t, 8, func(i int) error {
			h := restored(t)
			h.Revision = over + 7
			return c.RestoreHead(t.Context(), h, over)
		})
		equal(t, len(winners), 1)
	}
}

func testRestoreDeleted(t *testing.T, c Held) {
	publish(t, c, Release(t, "hello", "1.0.0"))
	gone := tombstone(Release(t, "hello", "2.0.0"))
	for range 2 { // may be repeated
		wantNoError(t, c.RestoreDeleted(t.Context(), gone))
	}
	_, got, err := c.Release(t.Context(), "hello", gone.Version, registry.Full)
	wantNoError(t, err)
	equalRelease(t, got, gone)
	_, page, err := c.Releases(t.Context(), "hello", 0, 10)
	wantNoError(t, err)
	equal(t, len(page), 1)
	_, err = c.PutRelease(t.Context(), Release(t, "hello", "2.0.0"))
	wantCode(t, err, registry.Conflict)
}

func testRestoreDeletedTaken(t *testing.T, c Held) {
	r := publish(t, c, Release(t, "hello", "1.0.0"))
	wantCode(t, c.RestoreDeleted(t.Context(), tombstone(Release(t, "hello", "1.0.0"))), registry.Conflict)
	_, got, err := c.Release(t.Context(), "hello", r.Version, registry.Full)
	wantNoError(t, err)
	equalRelease(t, got, r)
}

func testRestoreDownloads(t *testing.T, c Held) {
	ctx := t.Context()
	was := registry.Downloaded{Total: 100, Days: map[registry.Day]int64{"2025-03-01": 5, "2025-03-02": 7}}
	for range 2 { // may be repeated
		wantNoError(t, c.RestoreDownloads(ctx, "Hello", was))
		wantDownloads(t, c, "hello", 100, was.Days)
	}
	wantNoError(t, c.RestoreDownloads(ctx, "hello", registry.Downloaded{Total: 90, Days: map[registry.Day]int64{"2025-03-02": 9}}))
	wantDownloads(t, c, "hello", 100, map[registry.Day]int64{"2025-03-01": 5, "2025-03-02": 9})
	wantDownloads(t, c, "hello-world", 0, nil)
	wantNoError(t, c.RestoreDownloads(ctx, "nothing", registry.Downloaded{}))
	wantDownloads(t, c, "nothing", 0, nil)
}

func testDownloadsGoOn(t *testing.T, c Held) {
	ctx := t.Context()
	was := registry.Downloaded{Total: 100, Days: map[registry.Day]int64{"2025-03-01": 5}}
	add(t, c, "hello", "2025-03-01", 2, registry.Shards-1)
	wantNoError(t, c.RestoreDownloads(ctx, "hello", was))
	wantDownloads(t, c, "hello", 100, was.Days)
	add(t, c, "hello", "2025-03-01", 3, 0)
	wantDownloads(t, c, "hello", 103, map[registry.Day]int64{"2025-03-01": 8})
	wantNoError(t, c.RestoreDownloads(ctx, "hello", was))
	wantDownloads(t, c, "hello", 103, map[registry.Day]int64{"2025-03-01": 8})
	wantNoError(t, c.Forget(ctx, "hello", "2025-03-02"))
	wantDownloads(t, c, "hello", 103, nil)
}

// PlacedBlobs are blobs into which ZIPs of elsewhere can be put.
type PlacedBlobs interface {
	registry.Blobs
	registry.ZIPs
}

// ZIPs tests a registry.ZIPs. Each one that open returns is empty.
func ZIPs(t *testing.T, open func(*testing.T) PlacedBlobs) {
	t.Run("a ZIP is put whole", func(t *testing.T) {
		b := open(t)
		for _, text := range []string{"PK", strings.Repeat("0123456789abcdef", 1<<16), ""} {
			key := fmt.Sprint(uploadedKey, len(text))
			wantNoError(t, b.PutZIP(t.Context(), key, strings.NewReader(text)))
			equal(t, read(t, b, key) == text, true)
		}
	})
	t.Run("a ZIP that is there stays as it is", func(t *testing.T) {
		b := open(t)
		for _, text := range []string{"first", "first", "second"} {
			wantNoError(t, b.PutZIP(t.Context(), uploadedKey, strings.NewReader(text)))
			equal(t, read(t, b, uploadedKey), "first")
		}
	})
	t.Run("a file that is put stays open", func(t *testing.T) {
		b := open(t)
		file, remove, err := registry.TempFile("put-*.zip")
		wantNoError(t, err)
		_, err = io.WriteString(file, "PK")
		wantNoError(t, err)
		_, err = file.Seek(0, io.SeekStart)
		wantNoError(t, err)
		wantNoError(t, b.PutZIP(t.Context(), uploadedKey, file))
		equal(t, read(t, b, uploadedKey), "PK")
		wantNoError(t, remove())
	})
	t.Run("a ZIP that can't be read to its end is not put", func(t *testing.T) {
		b := open(t)
		broken := io.MultiReader(strings.NewReader("cut"), brokenReader{})
		if err := b.PutZIP(t.Context(), uploadedKey, broken); err == nil {
			t.Error("no error")
		}
		wantExists(t, b, uploadedKey, false)
	})
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
