package registry_test

import (
	"context"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/archive"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// place is a store that can be moved.
type place struct {
	store
	contents memory.Contents
	cut      *death // nil: nothing fails
}

func newPlace(t *testing.T) *place {
	s := newStore(t)
	catalog, organizations := s.catalog.(*memory.Catalog), s.organizations.(*memory.Organizations)
	return &place{store: s, contents: memory.Contents{Catalog: catalog, Organizations: organizations, Tally: memory.NewTally(catalog)}}
}

func (p *place) exporting() *registry.Exporting {
	return &registry.Exporting{
		Catalog: p.catalog, Contents: p.contents, Organizations: p.organizations, Reservations: p.answers,
		Audit: p.audit, Tally: p.contents.Tally, Blobs: p.blobs,
	}
}

func (p *place) importing() *registry.Importing {
	c := p.cut
	if c == nil {
		c = &death{}
	}
	recorder := &registry.Recorder{Audit: cutAudit{p.audit, c}, Clock: now}
	return &registry.Importing{
		Heads:    &registry.Heads{Catalog: cutCatalog{p.catalog, c}, Recorder: recorder},
		Contents: p.contents, Restore: cutRestore{p.contents, c}, Organizations: p.organizations,
		Reserving: &registry.Reserving{Reservations: cutReservations{p.answers, c}, Recorder: recorder},
		Tally:     cutTally{p.contents.Tally, c}, Blobs: cutBlobs{p.blobs, c}, ZIPs: cutZIPs{p.objects, c},
	}
}

func (p *place) reserve(t testing.TB, pattern string) {
	t.Helper()
	must(t, p.importing().Reserving.Reserve(context.Background(), as("admin"), pattern))
}

// filled holds one of everything that is moved.
func filled(t *testing.T) *place {
	p := newPlace(t)
	p.publish(t, "Hello", "0.9.0", "1.0.0", "1.1.0", "2.0.0-rc.1+b", "dev")
	p.delete(t, "Hello", "0.9.0")
	p.publish(t, "gone", "1.0.0")
	p.delete(t, "gone", "1.0.0")
	must(t, p.organizing().Create(t.Context(), as("admin"), "ACME （云）/..", "alice"))
	must(t, p.organizing().SetRole(t.Context(), as("admin"), "ACME （云）/..", "bob", registry.MaintainerRole))
	must(t, p.organizing().Create(t.Context(), as("admin"), "closed", "alice"))
	must(t, p.organizing().Remove(t.Context(), as("admin"), "closed"))
	p.mustBring(t, "alice", of("inner", "1.0.0", "ACME （云）/..", registry.Organization))
	p.mustBring(t, "alice", of("secret", "1.0.0", "", registry.Private))
	must(t, p.managing().AddMaintainer(t.Context(), as("admin"), "secret", "bob"))
	p.reserve(t, "acme-*")
	p.reserve(t, "zeta")
	must(t, p.contents.Tally.Add(t.Context(), "hello", "2025-03-01", 41, 3))
	must(t, p.contents.Tally.PutDownloads(t.Context(), "hello", 41))
	return p
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// export writes a folder, and returns its name.
func (p *place) export(t testing.TB, s registry.Selection) string {
	t.Helper()
	dir := t.TempDir()
	must(t, p.exportTo(t, dir, s, new(registry.Progress)))
	return dir
}

// exportTo writes a folder, or goes on writing it.
func (p *place) exportTo(t testing.TB, dir string, s registry.Selection, progress *registry.Progress) error {
	t.Helper()
	w, err := archive.CreateFolder(dir)
	must(t, err)
	defer w.Close()
	var to registry.Archive = w
	if p.cut != nil {
		to = cutArchive{w, p.cut}
	}
	if err := p.exporting().Export(t.Context(), to, s, progress); err != nil {
		return err
	}
	_, err = w.Finish("test", s.Since, time.Now())
	return err
}

// bringIn imports an export.
func (p *place) bringIn(t testing.TB, name string) (*registry.Progress, error) {
	t.Helper()
	r, err := archive.Open(name)
	must(t, err)
	defer r.Close()
	progress := new(registry.Progress)
	return progress, p.importing().Import(t.Context(), as("admin"), r, progress)
}

func (p *place) mustBringIn(t testing.TB, name string) *registry.Progress {
	t.Helper()
	progress, err := p.bringIn(t, name)
	must(t, err)
	return progress
}

// content is all that a place holds, but users.
type content struct {
	Heads     map[string]registry.Head
	Releases  map[string][]registry.Release
	Groups    []registry.Group
	Reserved  []string
	Events    []registry.Event
	Downloads map[string]registry.Downloaded
	Objects   map[string]string
}

func (p *place) content(t testing.TB) content {
	t.Helper()
	c := content{
		Heads: map[string]registry.Head{}, Releases: map[string][]registry.Release{},
		Downloads: map[string]registry.Downloaded{}, Objects: map[string]string{},
	}
	for name, err := range p.contents.Packages(context.Background()) {
		must(t, err)
		h, err := p.catalog.Head(context.Background(), name, registry.Full)
		must(t, err)
		c.Heads[name] = h
		for r, err := range p.contents.History(context.Background(), name, registry.Full) {
			must(t, err)
			c.Releases[name] = append(c.Releases[name], r)
		}
		d, err := p.contents.Tally.Downloads(context.Background(), name)
		must(t, err)
		c.Downloads[name] = d
	}
	for g, err := range p.contents.Groups(context.Background()) {
		must(t, err)
		c.Groups = append(c.Groups, g)
	}
	reserved, err := p.answers.ReservedNames(context.Background())
	must(t, err)
	c.Reserved = reserved.Patterns
	c.Events = registrytest.Events(t, p.audit, "")
	for _, key := range p.objects.Keys() {
		body, _, err := p.objects.Open(context.Background(), key)
		must(t, err)
		text, err := io.ReadAll(body)
		must(t, err)
		c.Objects[key] = string(text)
	}
	return c
}

func wantContent(t testing.TB, got, want content) {
	t.Helper()
	a, b := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range a.NumField() {
		if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			t.Errorf("%s:\n%+v\nwant\n%+v", a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

// files reads an export's files, but for the time in the index.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	must(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if name == "index.json" {
			text = regexp.MustCompile(`"created": "[^"]*"`).ReplaceAll(text, nil)
		}
		all[name] = string(text)
		return err
	}))
	return all
}

func wantFiles(t testing.TB, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Fatalf("the exports differ:\n%q\nwant\n%q", got, want)
	}
}
