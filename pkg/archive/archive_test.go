package archive_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/archive"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

const company = `阿里云 "FC" ../..\`

// event is the n-th of a subject.
func event(subject string, n int64) registry.Event {
	e := registrytest.Event(subject, n)
	e.Time = e.Time.Add(time.Duration(n) * time.Second)
	return e
}

func journal(subject string, revision int64) registry.Journal {
	e := event(subject, revision)
	return registry.Journal{Revision: revision, Event: &e, Recent: []string{"publish 1", "delete 0/11"}}
}

func moved(name string) registry.Moved {
	m := registry.Moved{Downloaded: registry.Downloaded{Total: 9, Days: map[registry.Day]int64{"2025-03-01": 4}}}
	m.Package = registry.Package{Name: name, Owner: "alice", Maintainers: []string{"bob"}, Organization: company, Visibility: registry.Organization}
	m.Journal = journal(registry.PackageSubject(name), 3)
	return m
}

func zipOf(text string) registry.ZIP {
	sum := sha256.Sum256([]byte(text))
	return registry.ZIP{Digest: registry.Digest{Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:])}}
}

// releases are two and a deleted one.
func releases(t *testing.T, name string) []registry.Release {
	var all []registry.Release
	for _, version := range []string{"2.0.0", "1.0.0-rc.1+b", "dev.0.1"} {
		r := registrytest.Release(t, name, version)
		zip := zipOf("ZIP of " + version)
		r.ZIP = registry.ZIP{Key: registry.ZIPKey(name, r.Version, zip.SHA256), Digest: zip.Digest, License: "MIT"}
		if version == "2.0.0" { // the others are older than the canonical form
			r.ZIP.Original = zipOf("upload of " + version).Digest
		}
		r.Manifest.Tags = []string{"a,b"}
		r.Texts.Readme = "# <b>示例</b> \u2028"
		all = append(all, r)
	}
	r := &all[1]
	*r = registry.Release{Name: name, Version: r.Version, Deleted: true, Upload: r.Upload, ZIP: registry.ZIP{Key: r.ZIP.Key}}
	return all
}

func groups() []registry.Group {
	return []registry.Group{
		{Name: company, Members: map[string]registry.Role{"alice": registry.OwnerRole, "bob": registry.Member}, Journal: journal(registry.GroupSubject(company), 3)},
		{Name: "gone", Removed: true, Journal: journal("organization/gone", 3)},
	}
}

func of[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}

func events(subject string) iter.Seq2[registry.Event, error] {
	return of([]registry.Event{event(subject, 1), event(subject, 3)})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// names are packages that file systems take for something else.
func names() []string {
	return []string{"CON", "aux.txt", "a..b-", "hello", strings.Repeat("n", registry.MaxName)}
}

// write writes an export, all of it but the index.
func write(t *testing.T, w *archive.Writer) {
	t.Helper()
	ctx := t.Context()
	must(t, w.PutReserved(ctx, []string{"acme-*", "zeta"}))
	for _, g := range groups() {
		must(t, w.PutGroup(ctx, g, events(registry.GroupSubject(g.Name))))
	}
	for _, name := range names() {
		must(t, w.PutPackage(ctx, moved(name), of(releases(t, name)), events(registry.PackageSubject(name))))
	}
	for _, version := range []string{"2.0.0", "dev.0.1"} {
		text := "ZIP of " + version
		must(t, w.PutZIP(ctx, zipOf(text), strings.NewReader(text)))
	}
}

func finish(t *testing.T, w *archive.Writer) {
	t.Helper()
	_, err := w.Finish("here", time.Time{}, time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC))
	must(t, errors.Join(err, w.Close()))
}

// forms are the two kinds of exports, and what a new one is called.
func forms() map[string]func(string) (*archive.Writer, error) {
	return map[string]func(string) (*archive.Writer, error){"folder": archive.CreateFolder, "all.tar": archive.CreateTar}
}

// eachForm runs a test with an export of each form.
func eachForm(t *testing.T, run func(t *testing.T, path string, create func(string) (*archive.Writer, error))) {
	for name, create := range forms() {
		t.Run(name, func(t *testing.T) { run(t, filepath.Join(t.TempDir(), name), create) })
	}
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	eachForm(t, func(t *testing.T, path string, create func(string) (*archive.Writer, error)) {
		w, err := create(path)
		must(t, err)
		write(t, w)
		finish(t, w)
		r, err := archive.Open(path)
		must(t, err)
		defer r.Close()
		checkRead(t, r)
		want := archive.Counts{Packages: 5, Releases: 10, Deleted: 5, Organizations: 2, Events: 14, ZIPs: 2, Bytes: 12 + 14}
		if r.Index.Counts != want || r.Index.From != "here" || r.Index.Format != archive.Format {
			t.Errorf("index: %+v", r.Index)
		}
	})
}

func checkRead(t *testing.T, r *archive.Reader) {
	t.Helper()
	ctx := t.Context()
	reserved, err := r.Reserved(ctx)
	must(t, err)
	wantSame(t, reserved, []string{"acme-*", "zeta"})
	wantSame(t, sorted(gather(t, r.Groups(ctx))), sorted(groups()))
	var all []registry.Moved
	for _, name := range names() {
		all = append(all, moved(name))
		got := gather(t, r.Releases(ctx, name))
		for i, want := range releases(t, name) {
			want.Upload = got[i].Upload // of its own each time
			wantSame(t, got[i], want)
		}
		wantSame(t, gather(t, r.Events(ctx, registry.PackageSubject(name))), gather(t, events(registry.PackageSubject(name))))
	}
	wantSame(t, sorted(gather(t, r.Packages(ctx))), sorted(all))
	for _, zip := range releases(t, "hello") {
		if zip.Deleted {
			continue
		}
		body, err := r.OpenZIP(ctx, zip)
		must(t, err)
		text, err := io.ReadAll(body)
		must(t, errors.Join(err, body.Close()))
		wantSame(t, string(text), "ZIP of "+zip.Version.String())
	}
	lost := registry.Release{ZIP: zipOf("lost")}
	if _, err := r.OpenZIP(ctx, lost); registry.CodeOf(err) != registry.NotFound {
		t.Errorf("a ZIP that is not there: %v", err)
	}
}

func gather[T any](t *testing.T, all iter.Seq2[T, error]) []T {
	t.Helper()
	var list []T
	for one, err := range all {
		must(t, err)
		list = append(list, one)
	}
	return list
}

func show(v any) string { return fmt.Sprintf("%+v", v) }

func sorted[T any](all []T) []string {
	var texts []string
	for _, one := range all {
		texts = append(texts, show(pointerless(one)))
	}
	slices.Sort(texts)
	return texts
}

// pointerless shows the event instead of where it is.
func pointerless(v any) any {
	switch v := v.(type) {
	case registry.Moved:
		e := *v.Event
		v.Event = nil
		return []any{v, e}
	case registry.Group:
		e := *v.Event
		v.Event = nil
		return []any{v, e}
	}
	return v
}

func wantSame(t *testing.T, got, want any) {
	t.Helper()
	if show(got) != show(want) {
		t.Errorf("got\n%s\nwant\n%s", show(got), show(want))
	}
}

func wantWords(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%v\ndoes not say %q", err, w)
		}
	}
}

func TestFormat1IsRead(t *testing.T) {
	dir := exported(t)
	must(t, os.Remove(filepath.Join(dir, "reserved.json")))
	reindex(t, dir, func(i *archive.Index) {
		i.Format = 1
		i.Files = slices.DeleteFunc(i.Files, func(f archive.File) bool { return f.Name == "reserved.json" })
	})
	r, err := archive.Open(dir)
	must(t, err)
	defer r.Close()
	if reserved, err := r.Reserved(t.Context()); err != nil || len(reserved) > 0 {
		t.Errorf("%q, %v", reserved, err)
	}
}
