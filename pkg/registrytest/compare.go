package registrytest

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// wantCode fails the test when err does not carry the code.
func wantCode(t *testing.T, err error, want registry.Code) {
	t.Helper()
	if err == nil || registry.CodeOf(err) != want {
		t.Fatalf("got error %v (code %d), want code %d", err, registry.CodeOf(err), want)
	}
}

func wantNoError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// equal fails the test when got and want differ.
func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %s\nwant %s", show(got), show(want))
	}
}

func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// normal lets empty and absent lists, and times in any form, be equal.
func normal(r registry.Release) registry.Release {
	r.PublishTime = r.PublishTime.UTC()
	m := &r.Manifest
	m.Providers = normalList(m.Providers)
	m.Tags = normalList(m.Tags)
	if len(m.Commands) == 0 {
		m.Commands = nil
	}
	services := map[string]registry.Service{}
	for name, s := range m.Service {
		s.Authorities = normalList(s.Authorities)
		services[name] = s
	}
	m.Service = services
	return r
}

func normalList(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// summary is what registry.Summary leaves of a release.
func summary(r registry.Release) registry.Release {
	r.Manifest = registry.Manifest{}
	r.ZIP.Original = registry.Digest{}
	r.Texts = registry.Texts{VersionBody: r.Texts.VersionBody}
	r.English = registry.Texts{}
	return r
}

// listed is a release as Releases returns it.
func listed(r registry.Release) registry.Release {
	r = summary(r)
	r.Type, r.Publisher, r.Upload, r.ZIP.Key, r.ZIP.License = "", "", "", "", ""
	return r
}

// tombstone is what MarkDeleted leaves of a release.
func tombstone(r registry.Release) registry.Release {
	return registry.Release{Name: r.Name, Version: r.Version, Deleted: true, Upload: r.Upload, ZIP: registry.ZIP{Key: r.ZIP.Key}}
}

func equalRelease(t *testing.T, got, want registry.Release) {
	t.Helper()
	if !reflect.DeepEqual(normal(got), normal(want)) {
		t.Fatalf("version %s, want %s\ngot  %s\nwant %s", got.Version, want.Version, show(got), show(want))
	}
}
