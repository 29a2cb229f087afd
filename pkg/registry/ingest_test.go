package registry_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func TestIngestReleases(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "Hello", "1.0.0+b")
	for range 2 { // the second run changes nothing
		o, err := s.ingesting().Ingest(t.Context(), id)
		if err != nil || o != (registry.Outcome{Released: true}) {
			t.Fatalf("outcome %+v, %v", o, err)
		}
		s.checkSettled(t, "hello")
	}
	pkg, r, err := s.queries().Latest(t.Context(), registry.Anonymous, "hello", registry.Full)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(pluginZIP("Hello", "1.0.0+b"))
	want := registry.ZIP{Size: int64(len(pluginZIP("Hello", "1.0.0+b"))), SHA256: hex.EncodeToString(sum[:])}
	want.Key = "packages/hello/1.0.0+b/" + want.SHA256 + ".zip"
	if r.ZIP != want {
		t.Errorf("ZIP %+v, want %+v", r.ZIP, want)
	}
	if at := r.PublishTime.Format("2006-01-02T15:04:05.999Z07:00"); at != "2025-03-01T00:00:00Z" {
		t.Errorf("published at %s", at)
	}
	if pkg.Owner != "alice" || r.Texts.Readme != "# 示例" || r.Type != registry.Plugin || r.Upload != id {
		t.Errorf("package %+v, release %+v", pkg, r)
	}
}

func TestIngestRejects(t *testing.T) {
	tests := map[string]struct {
		zip   []byte
		words string
	}{
		"what is no ZIP":        {[]byte("<html>"), "not a readable ZIP"},
		"nothing":               {nil, "not a readable ZIP"},
		"a truncated ZIP":       {pluginZIP("hello", "2.0.0")[:200], "not a readable ZIP"},
		"no publish.yaml":       {registrytest.ZIP(map[string]string{"index.js": ""}), "no publish.yaml"},
		"another name":          {pluginZIP("other", "2.0.0"), `Name "other"|"hello" was announced`},
		"another spelling":      {pluginZIP("Hello", "2.0.0"), `Name "Hello"|"hello" was announced`},
		"another version":       {pluginZIP("hello", "2.0.1"), `Version "2.0.1"|"2.0.0" was announced`},
		"a development build":   {pluginZIP("hello", "dev"), `Version "dev"|"2.0.0" was announced`},
		"a broken publish.yaml": {registrytest.ZIP(map[string]string{"publish.yaml": "Name: [", "index.js": ""}), "publish.yaml can't be read"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			s.publish(t, "hello", "1.0.0")
			id := s.announce(t, "alice", "hello", "2.0.0")
			s.objects.Put(registry.UploadKey(id), test.zip)
			first := s.reject(t, id, strings.Split(test.words, "|")...)
			// A better ZIP does not change what was decided.
			s.objects.Put(registry.UploadKey(id), pluginZIP("hello", "2.0.0"))
			if again := s.reject(t, id); again != first {
				t.Errorf("the second outcome is %+v, the first %+v", again, first)
			}
			if got := s.visible(t, "hello"); got != "1.0.0" {
				t.Errorf("visible are %q", got)
			}
			s.publish(t, "hello", "2.0.0") // the number is still free
			s.checkSettled(t, "hello")
		})
	}
}

// reject ingests an upload that must be rejected and leave nothing.
func (s store) reject(t *testing.T, id string, words ...string) registry.Outcome {
	t.Helper()
	o, err := s.ingesting().Ingest(t.Context(), id)
	if err != nil || o.Released || o.Reason == "" {
		t.Fatalf("outcome %+v, %v; want a rejection", o, err)
	}
	wantWords(t, o.Reason, words...)
	s.checkSettled(t, "hello")
	return o
}

func TestIngestRejectsWhatWasTakenMeanwhile(t *testing.T) {
	for _, late := range []struct{ user, name, version, words string }{
		{"alice", "hello", "1.0.0", "1.0.0|published already|Raise Version"},
		{"bob", "hello", "3.0.0", `"hello"|"alice"|"bob"`},
		{"alice", "HELLO", "3.0.0", `"HELLO"|"hello"`},
	} {
		s := newStore(t)
		id := s.upload(t, late.user, late.name, late.version)
		s.publish(t, "hello", "1.0.0", "2.0.0")
		s.reject(t, id, strings.Split(late.words, "|")...)
	}
}

func TestIngestRejectsADeletedNumber(t *testing.T) {
	s := newStore(t)
	late := s.upload(t, "alice", "hello", "1.0.0")
	s.publish(t, "hello", "1.0.0")
	s.delete(t, "hello", "1.0.0")
	s.reject(t, late, "1.0.0", "deleted", "can't be used again")
}

func TestIngestGivesDevelopmentBuildsTheNextNumber(t *testing.T) {
	s := newStore(t)
	var ids []string
	for range 3 { // all are announced as dev.0.1
		ids = append(ids, s.upload(t, "alice", "hello", "dev"))
	}
	for _, id := range ids {
		if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
			t.Fatalf("outcome %+v, %v", o, err)
		}
	}
	if got := s.visible(t, "hello"); got != "dev.0.3 dev.0.2 dev.0.1" {
		t.Errorf("visible are %q", got)
	}
	s.checkSettled(t, "hello")
}

func TestIngestTakesAVersionThatTheFormChanged(t *testing.T) {
	changed := submission("hello", "1.0.0")
	changed.InZIP = "0.9.0"
	for _, inZIP := range []string{"0.9.0", "1.0.0"} {
		s := newStore(t)
		a, err := s.publishing().Announce(t.Context(), as("alice"), changed)
		if err != nil {
			t.Fatal(err)
		}
		id := uploadID(t, a.URL)
		s.objects.Put(registry.UploadKey(id), pluginZIP("hello", inZIP))
		if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released || s.visible(t, "hello") != "1.0.0" {
			t.Errorf("with %s in the ZIP: outcome %+v, %v, visible %q", inZIP, o, err, s.visible(t, "hello"))
		}
	}
}

func TestIngestOfAnUnknownUploadRemovesIt(t *testing.T) {
	s := newStore(t)
	s.objects.Put(registry.UploadKey("unknown"), pluginZIP("hello", "1.0.0"))
	s.reject(t, "unknown", "Nobody announced", "Publish again")
}

func TestIngestWaitsForTheObject(t *testing.T) {
	s := newStore(t)
	id := s.announce(t, "alice", "hello", "1.0.0")
	o, err := s.ingesting().Ingest(t.Context(), id)
	wantError(t, err, registry.NotFound, id, "no object")
	if o.Done() {
		t.Fatalf("outcome %+v before there was an object", o)
	}
	s.objects.Put(registry.UploadKey(id), pluginZIP("hello", "1.0.0"))
	if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
}

// oversized says that objects are larger than they are.
type oversized struct{ registry.Blobs }

func (o oversized) Open(ctx context.Context, key string) (io.ReadCloser, registry.BlobInfo, error) {
	body, info, err := o.Blobs.Open(ctx, key)
	info.Size = registry.MaxZIP + 1
	return body, info, err
}

func TestIngestRejectsWhatIsTooLarge(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "hello", "1.0.0")
	s.blobs = oversized{s.objects}
	s.reject(t, id, "209715201", "at most 209715200")
}

// cut ends objects too early, without an error.
type cut struct{ registry.Blobs }

func (c cut) Open(ctx context.Context, key string) (io.ReadCloser, registry.BlobInfo, error) {
	body, info, err := c.Blobs.Open(ctx, key)
	return io.NopCloser(io.LimitReader(body, info.Size/2)), info, err
}

func TestIngestDoesNotJudgeHalfAnObject(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "hello", "1.0.0")
	short := s
	short.blobs = cut{s.objects}
	o, err := short.ingesting().Ingest(t.Context(), id)
	wantError(t, err, registry.Internal, id, "bytes")
	if o.Done() {
		t.Fatalf("outcome %+v", o)
	}
	if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
}

// replaced lets another upload arrive after the first was opened.
type replaced struct{ *memory.Blobs }

func (r replaced) Open(ctx context.Context, key string) (io.ReadCloser, registry.BlobInfo, error) {
	body, info, err := r.Blobs.Open(ctx, key)
	r.Put(key, pluginZIP("evil", "6.6.6"))
	return body, info, err
}

func TestIngestReleasesOnlyWhatItInspected(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "hello", "1.0.0")
	racing := s
	racing.blobs = replaced{s.objects}
	_, err := racing.ingesting().Ingest(t.Context(), id)
	wantError(t, err, registry.Unavailable, "replaced")
	if s.visible(t, "hello") != "" {
		t.Fatal("a ZIP is visible that nobody inspected")
	}
	s.reject(t, id, `"evil"`)
}

func TestIngestDecidesNothingWhenItFails(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "hello", "1.0.0")
	failing := s.ingesting()
	broken := errors.New("disk is broken")
	failing.Inspect = func(io.ReaderAt, int64, registry.Type) (registry.Inspected, error) {
		return registry.Inspected{}, broken
	}
	if o, err := failing.Ingest(t.Context(), id); !errors.Is(err, broken) || o.Done() {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	if keys := s.objects.Keys(); !slices.Equal(keys, []string{registry.UploadKey(id)}) {
		t.Fatalf("objects %v", keys)
	}
	if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
}
