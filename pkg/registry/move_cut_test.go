package registry_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

type seq[T any] = iter.Seq2[T, error]

// death ends the process at the at-th call that writes: its effect may be there,
// its answer is not, and no later call has any.
type death struct {
	at      int // 0: never
	applied bool

	mu       sync.Mutex
	calls    int
	happened bool
}

func (c *death) do(call func() error) error {
	c.mu.Lock()
	c.calls++
	at := c.calls
	over := c.at > 0 && at >= c.at
	c.happened = c.happened || over
	c.mu.Unlock()
	if !over {
		return call()
	}
	if at == c.at && c.applied {
		call() // whatever it answers is lost
	}
	return errCrash
}

type cutCatalog struct {
	registry.Catalog
	c *death
}

func (w cutCatalog) PutHead(ctx context.Context, h registry.Head) error {
	return w.c.do(func() error { return w.Catalog.PutHead(ctx, h) })
}

func (w cutCatalog) PutRelease(ctx context.Context, r registry.Release) (stored registry.Release, err error) {
	err = w.c.do(func() error { stored, err = w.Catalog.PutRelease(ctx, r); return err })
	return stored, err
}

func (w cutCatalog) MarkDeleted(ctx context.Context, name string, v registry.Version) error {
	return w.c.do(func() error { return w.Catalog.MarkDeleted(ctx, name, v) })
}

type cutRestore struct {
	registry.Restore
	c *death
}

func (w cutRestore) RestoreHead(ctx context.Context, h registry.Head, over int64) error {
	return w.c.do(func() error { return w.Restore.RestoreHead(ctx, h, over) })
}

func (w cutRestore) RestoreGroup(ctx context.Context, g registry.Group, over int64) error {
	return w.c.do(func() error { return w.Restore.RestoreGroup(ctx, g, over) })
}

func (w cutRestore) RestoreDeleted(ctx context.Context, r registry.Release) error {
	return w.c.do(func() error { return w.Restore.RestoreDeleted(ctx, r) })
}

func (w cutRestore) RestoreDownloads(ctx context.Context, name string, d registry.Downloaded) error {
	return w.c.do(func() error { return w.Restore.RestoreDownloads(ctx, name, d) })
}

type cutAudit struct {
	registry.Audit
	c *death
}

func (w cutAudit) Record(ctx context.Context, e registry.Event) error {
	return w.c.do(func() error { return w.Audit.Record(ctx, e) })
}

type cutTally struct {
	registry.Tally
	c *death
}

func (w cutTally) PutDownloads(ctx context.Context, name string, total int64) error {
	return w.c.do(func() error { return w.Tally.PutDownloads(ctx, name, total) })
}

type cutBlobs struct {
	registry.Blobs
	c *death
}

func (w cutBlobs) Delete(ctx context.Context, key string) error {
	return w.c.do(func() error { return w.Blobs.Delete(ctx, key) })
}

type cutZIPs struct {
	registry.ZIPs
	c *death
}

func (w cutZIPs) PutZIP(ctx context.Context, key string, body io.Reader) error {
	return w.c.do(func() error { return w.ZIPs.PutZIP(ctx, key, body) })
}

type cutReservations struct {
	registry.Reservations
	c *death
}

func (w cutReservations) PutReservedNames(ctx context.Context, n registry.ReservedNames) error {
	return w.c.do(func() error { return w.Reservations.PutReservedNames(ctx, n) })
}

type cutArchive struct {
	registry.Archive
	c *death
}

func (w cutArchive) PutReserved(ctx context.Context, patterns []string) error {
	return w.c.do(func() error { return w.Archive.PutReserved(ctx, patterns) })
}

func (w cutArchive) PutGroup(ctx context.Context, g registry.Group, events seq[registry.Event]) error {
	return w.c.do(func() error { return w.Archive.PutGroup(ctx, g, events) })
}

func (w cutArchive) PutPackage(ctx context.Context, p registry.Moved, releases seq[registry.Release], events seq[registry.Event]) error {
	return w.c.do(func() error { return w.Archive.PutPackage(ctx, p, releases, events) })
}

func (w cutArchive) PutZIP(ctx context.Context, zip registry.ZIP, body io.Reader) error {
	return w.c.do(func() error { return w.Archive.PutZIP(ctx, zip, body) })
}

// eachCut runs a test with a cut at each call, until it needs no more calls.
func eachCut(t *testing.T, run func(t *testing.T, c *death)) {
	t.Helper()
	for _, applied := range []bool{false, true} {
		for at := 1; ; at++ {
			c := &death{at: at, applied: applied}
			t.Run(fmt.Sprintf("cut at call %d, applied=%t", at, applied), func(t *testing.T) { run(t, c) })
			if !c.happened {
				break
			}
			if t.Failed() {
				return
			}
		}
	}
}

// checkHalves requires that nobody sees a half: what is visible has its ZIP,
// and is seen by those only who may.
func (p *place) checkHalves(t *testing.T) {
	t.Helper()
	for name, err := range p.contents.Packages(t.Context()) {
		must(t, err)
		p.checkServed(t, name)
		h, err := p.catalog.Head(t.Context(), name, registry.Full)
		must(t, err)
		for _, r := range p.releases(t, name) {
			opened := name == "secret" // by the administrator
			if h.Visibility == registry.Public && r.Manifest.Visibility == registry.Private && !opened {
				t.Fatalf("everybody sees %s %s, which was published as private", name, r.Version)
			}
		}
	}
}

func TestAnImportGoesOnAfterEachCut(t *testing.T) {
	from := filled(t)
	dir := from.export(t, registry.Selection{})
	eachCut(t, func(t *testing.T, c *death) {
		to := newPlace(t)
		to.cut = c
		if _, err := to.bringIn(t, dir); c.happened != (err != nil) {
			t.Fatal(err)
		}
		to.checkHalves(t)
		to.cut = nil
		to.mustBringIn(t, dir)
		wantContent(t, to.content(t), from.content(t))
	})
}

// later is what happens to a filled place that was exported.
func later(t *testing.T, p *place) {
	p.publish(t, "new", "1.0.0")
	p.delete(t, "Hello", "1.1.0")
	p.mustBring(t, "alice", of("Hello", "3.0.0", "", registry.Private))
	p.mustBring(t, "alice", of("Hello", "3.1.0", "", registry.Private))
	p.delete(t, "Hello", "3.0.0")
	p.publish(t, "gone", "2.0.0")
	must(t, p.managing().SetOwner(t.Context(), as("admin"), "gone", "bob"))
	must(t, p.managing().SetVisibility(t.Context(), as("admin"), "secret", registry.Public))
	must(t, p.organizing().Remove(t.Context(), as("admin"), "ACME （云）/.."))
	must(t, p.contents.Tally.Add(t.Context(), "hello", "2025-03-02", 5, 1))
	must(t, p.contents.Tally.PutDownloads(t.Context(), "hello", 46))
}

func TestALaterImportGoesOnAfterEachCut(t *testing.T) {
	from := filled(t)
	first := from.export(t, registry.Selection{})
	later(t, from)
	dir := from.export(t, registry.Selection{})
	eachCut(t, func(t *testing.T, c *death) {
		to := newPlace(t)
		to.mustBringIn(t, first)
		to.cut = c
		if _, err := to.bringIn(t, dir); c.happened != (err != nil) {
			t.Fatal(err)
		}
		to.checkHalves(t)
		to.cut = nil
		to.mustBringIn(t, dir)
		wantContent(t, to.content(t), from.content(t))
		// An older export has nothing to add.
		to.mustBringIn(t, first)
		wantContent(t, to.content(t), from.content(t))
	})
}

func TestAnExportGoesOnAfterEachCut(t *testing.T) {
	from := filled(t)
	want := files(t, from.export(t, registry.Selection{}))
	eachCut(t, func(t *testing.T, c *death) {
		dir := t.TempDir()
		from.cut = c
		if err := from.exportTo(t, dir, registry.Selection{}, new(registry.Progress)); c.happened != (err != nil) {
			t.Fatal(err)
		}
		from.cut = nil
		must(t, from.exportTo(t, dir, registry.Selection{}, new(registry.Progress)))
		wantFiles(t, files(t, dir), want)
	})
}
