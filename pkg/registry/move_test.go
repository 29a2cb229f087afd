package registry_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/archive"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func TestWhatIsImportedIsWhatWasExported(t *testing.T) {
	from := filled(t)
	dir := from.export(t, registry.Selection{})
	to := newPlace(t)
	p := to.mustBringIn(t, dir)
	wantContent(t, to.content(t), from.content(t))
	if p.Packages.Load() != 4 || p.Done.Load() != 8 || p.ToDo.Load() != 8 {
		t.Errorf("%d packages, %d of %d releases", p.Packages.Load(), p.Done.Load(), p.ToDo.Load())
	}
	wantFiles(t, files(t, to.export(t, registry.Selection{})), files(t, dir))

	p = to.mustBringIn(t, dir)
	wantContent(t, to.content(t), from.content(t))
	if p.ToDo.Load() != 8 || p.ToDoBytes.Load() != 0 || p.Done.Load() != 0 || p.Skipped.Load() != 8 {
		t.Errorf("a second time: %d to do, %d done, %d skipped", p.ToDo.Load(), p.Done.Load(), p.Skipped.Load())
	}
}

func TestAnImportedPackageGoesOn(t *testing.T) {
	from, to := filled(t), newPlace(t)
	to.mustBringIn(t, from.export(t, registry.Selection{}))
	for _, p := range []*place{from, to} {
		for _, version := range []string{"0.9.0", "1.0.0", "2.0.0-rc.1"} {
			_, err := p.publishing().Announce(t.Context(), as("alice"), submission("Hello", version))
			wantError(t, err, registry.Conflict, version[:5])
		}
		p.publish(t, "Hello", "3.0.0", "dev")
		p.delete(t, "Hello", "1.1.0", "3.0.0")
		must(t, p.organizing().SetRole(t.Context(), as("admin"), "acme （云）/..", "carl", registry.Member))
		p.checkRecorded(t, "Hello")
	}
	if got, want := to.recorded(t, "package/hello"), from.recorded(t, "package/hello"); got != want {
		t.Errorf("the audit says %s\nwant %s", got, want)
	}
	if got := to.visible(t, "Hello"); got != "2.0.0-rc.1+b 1.0.0 dev.0.2 dev.0.1" {
		t.Errorf("visible: %s", got)
	}
}

func TestAnImportedDeletionLeavesNoObjects(t *testing.T) {
	from, to := filled(t), newPlace(t)
	to.mustBringIn(t, from.export(t, registry.Selection{}))
	to.objects.Put(to.simpleOf(t, "1.1.0"), []byte("made for old clients"))
	from.delete(t, "Hello", "1.1.0")
	to.mustBringIn(t, from.export(t, registry.Selection{}))
	wantContent(t, to.content(t), from.content(t))
}

// The audit may lag behind a record by one event.
func TestTheLastEventIsMoved(t *testing.T) {
	from, to := filled(t), newPlace(t)
	whole := from.export(t, registry.Selection{})
	lagging := memory.NewAudit()
	for _, e := range registrytest.Events(t, from.audit, "") {
		if e.Subject != "package/hello" || e.Action != "delete" {
			must(t, lagging.Record(t.Context(), e))
		}
	}
	from.audit = lagging
	dir := from.export(t, registry.Selection{})
	wantFiles(t, files(t, dir), files(t, whole))
	to.mustBringIn(t, dir)
	to.publish(t, "Hello", "4.0.0")
	to.checkRecorded(t, "Hello")
}

// publishing is an archive during whose first package somebody publishes.
type publishing struct {
	*archive.Writer
	publish func()
}

func (p *publishing) PutPackage(ctx context.Context, m registry.Moved, releases seq[registry.Release], events seq[registry.Event]) error {
	err := p.Writer.PutPackage(ctx, m, releases, events)
	if m.Name == "Hello" && p.publish != nil {
		p.publish()
		p.publish = nil
	}
	return err
}

func TestAPackageThatChangesIsExportedAgain(t *testing.T) {
	from, to := filled(t), newPlace(t)
	dir := t.TempDir()
	w, err := archive.CreateFolder(dir)
	must(t, err)
	must(t, from.exporting().Export(t.Context(), &publishing{w, func() { from.publish(t, "Hello", "9.0.0") }}, registry.Selection{}, new(registry.Progress)))
	_, err = w.Finish("test", time.Time{}, time.Now())
	must(t, errors.Join(err, w.Close()))
	to.mustBringIn(t, dir)
	wantContent(t, to.content(t), from.content(t))
}

func TestExportOfSomePackages(t *testing.T) {
	from, to := filled(t), newPlace(t)
	to.mustBringIn(t, from.export(t, registry.Selection{Packages: []string{"inner", "HELLO", "hello"}}))
	got, want := to.content(t), from.content(t)
	for _, name := range []string{"gone", "secret"} {
		if _, ok := got.Heads[name]; ok {
			t.Errorf("%s came too", name)
		}
	}
	if len(got.Reserved) > 0 || len(got.Heads) != 2 || !reflect.DeepEqual(got.Heads["Hello"], want.Heads["Hello"]) || len(got.Groups) != 1 || got.Groups[0].Name != "ACME （云）/.." {
		t.Errorf("got %+v, %+v, %q", got.Heads, got.Groups, got.Reserved)
	}
	err := from.exporting().Export(t.Context(), nil, registry.Selection{Packages: []string{"hello", "nobody"}}, new(registry.Progress))
	wantError(t, err, registry.NotFound, `"nobody"`)

	to.mustBringIn(t, from.export(t, registry.Selection{}))
	wantContent(t, to.content(t), want)
}

func TestExportSince(t *testing.T) {
	from, to, fresh := filled(t), newPlace(t), newPlace(t)
	to.mustBringIn(t, from.export(t, registry.Selection{}))
	since := now().Add(time.Hour)
	ingest := from.ingesting()
	ingest.Clock = func() time.Time { return since.Add(time.Second) }
	o, err := ingest.Ingest(t.Context(), from.upload(t, "alice", "Hello", "3.0.0-rc.1"))
	if err != nil || !o.Released {
		t.Fatalf("%+v, %v", o, err)
	}
	from.delete(t, "Hello", "1.0.0")
	dir := from.export(t, registry.Selection{Since: since})
	if zips, err := filepath.Glob(filepath.Join(dir, "zips/*/*.zip")); err != nil || len(zips) != 1 {
		t.Errorf("exported %v, %v", zips, err)
	}
	to.mustBringIn(t, dir)
	wantContent(t, to.content(t), from.content(t))

	// Where nothing was, latest is what is there, and the numbers are taken.
	fresh.mustBringIn(t, dir)
	if got := fresh.latest(t, "Hello"); got != "3.0.0-rc.1" {
		t.Errorf("latest is %q", got)
	}
	_, err = fresh.publishing().Announce(t.Context(), as("alice"), submission("Hello", "0.9.0"))
	wantError(t, err, registry.Conflict, "deleted")
	fresh.mustBringIn(t, from.export(t, registry.Selection{}))
	if got, want := fresh.visible(t, "Hello"), from.visible(t, "Hello"); got != want || fresh.latest(t, "Hello") != "1.1.0" {
		t.Errorf("visible %q, want %q; latest %q", got, want, fresh.latest(t, "Hello"))
	}
}

func TestADamagedZIPStopsNothingElse(t *testing.T) {
	from, to := filled(t), newPlace(t)
	_, r, err := from.catalog.Release(t.Context(), "hello", registrytest.Version(t, "1.1.0"), registry.Full)
	must(t, err)
	_, lost, err := from.catalog.Release(t.Context(), "secret", registrytest.Version(t, "1.0.0"), registry.Full)
	must(t, err)
	good, lostZIP := from.content(t).Objects[r.ZIP.Key], from.content(t).Objects[lost.ZIP.Key]
	from.objects.Put(r.ZIP.Key, bytes.Repeat([]byte("x"), len(good)))
	must(t, from.objects.Delete(t.Context(), lost.ZIP.Key))

	dir, progress := t.TempDir(), new(registry.Progress)
	must(t, from.exportTo(t, dir, registry.Selection{}, progress))
	wantProblems(t, progress)
	wantProblems(t, to.mustBringIn(t, dir))
	if got := to.visible(t, "Hello"); got != "2.0.0-rc.1+b 1.0.0 dev.0.1" || to.latest(t, "Hello") != "1.0.0" {
		t.Errorf("visible %q, latest %q", got, to.latest(t, "Hello"))
	}
	to.checkServed(t, "secret")

	from.objects.Put(r.ZIP.Key, []byte(good))
	from.objects.Put(lost.ZIP.Key, []byte(lostZIP))
	must(t, from.exportTo(t, dir, registry.Selection{}, new(registry.Progress)))
	to.mustBringIn(t, dir)
	if to.visible(t, "Hello") != from.visible(t, "Hello") || to.latest(t, "Hello") != "1.1.0" || to.visible(t, "secret") != "1.0.0" {
		t.Errorf("mended: visible %q, latest %q", to.visible(t, "Hello"), to.latest(t, "Hello"))
	}
	if got := to.recorded(t, "package/hello"); !strings.HasSuffix(got, "admin: import 1 releases: 1.1.0; admin: import latest 1.1.0") {
		t.Errorf("the audit says %s", got)
	}
}

func wantProblems(t *testing.T, p *registry.Progress) {
	t.Helper()
	problems, more := p.Problems()
	found := map[string]string{}
	for _, one := range problems {
		found[one.Name+" "+one.Version.String()] = one.Reason
	}
	if len(found) != 2 || more != 0 || found["Hello 1.1.0"] == "" || found["secret 1.0.0"] == "" {
		t.Errorf("problems: %+v and %d more", problems, more)
	}
}

func openArchive(t *testing.T, dir string) *archive.Reader {
	t.Helper()
	r, err := archive.Open(dir)
	must(t, err)
	t.Cleanup(func() { r.Close() })
	return r
}

// zipsThen does something, once or more often, when a ZIP has been put.
type zipsThen struct {
	registry.ZIPs
	then func()
}

func (z zipsThen) PutZIP(ctx context.Context, key string, body io.Reader) error {
	err := z.ZIPs.PutZIP(ctx, key, body)
	z.then()
	return err
}
