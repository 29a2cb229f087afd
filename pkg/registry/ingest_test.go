package registry_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func TestIngestReleases(t *testing.T) {
	s := newStore(t)
	id := s.announce(t, "alice", "Hello", "1.0.0+b")
	uploaded := registrytest.Packed(registrytest.Files(registry.Plugin, "Hello", "1.0.0+b"))
	s.objects.Put(registry.UploadKey(id), uploaded)
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
	want := registry.ZIP{Digest: digest(canonical(t, uploaded)), Original: digest(uploaded)}
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

// canonical is what is served of an uploaded ZIP.
func canonical(t *testing.T, zip []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := manifest.Canonicalize(t.Context(), &out, bytes.NewReader(zip), int64(len(zip)), registry.Plugin); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func digest(file []byte) registry.Digest {
	sum := sha256.Sum256(file)
	return registry.Digest{Size: int64(len(file)), SHA256: hex.EncodeToString(sum[:])}
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
			s.wantRefusal(t, "alice", "hello", "2.0.0", strings.Split(test.words, "|")...)
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

func TestIngestDecidesNothingWhenItFails(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "hello", "1.0.0")
	failing := s.ingesting()
	broken := errors.New("disk is broken")
	failing.Canonicalize = func(context.Context, io.Writer, io.ReaderAt, int64, registry.Type) (registry.Inspected, error) {
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
