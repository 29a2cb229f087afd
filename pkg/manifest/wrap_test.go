package manifest_test

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func wrap(t *testing.T, packed []byte) []byte {
	t.Helper()
	var wrapped bytes.Buffer
	if err := manifest.WrapZIP(&wrapped, bytes.NewReader(packed), int64(len(packed))); err != nil {
		t.Fatal(err)
	}
	return wrapped.Bytes()
}

// pack packs entries as they are described.
func pack(t *testing.T, entries ...*zip.FileHeader) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, h := range entries {
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, "/") {
			if _, err := io.WriteString(w, strings.Repeat("text of "+h.Name+"\n", 100)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func entriesOf(t *testing.T, packed []byte) []*zip.File {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	return z.File
}

// data returns an entry's data: as they stand there, or unpacked and checked.
func data(t *testing.T, f *zip.File, raw bool) []byte {
	t.Helper()
	var r io.Reader
	var err error
	if raw {
		r, err = f.OpenRaw()
	} else {
		r, err = f.Open()
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWrapMovesAllBelowOneDirectory(t *testing.T) {
	at := time.Date(2024, 2, 29, 12, 34, 56, 0, time.UTC)
	header := func(name string, method uint16, mode fs.FileMode) *zip.FileHeader {
		h := &zip.FileHeader{Name: name, Method: method, Modified: at, Comment: "of " + name}
		h.SetMode(mode)
		return h
	}
	packed := pack(t,
		header("publish.yaml", zip.Deflate, 0o644), header("src/", zip.Store, fs.ModeDir|0o755), header("src/run.sh", zip.Deflate, 0o755),
		header("目录/文 件.md", zip.Store, 0o600), header("package/inner.txt", zip.Deflate, 0o644), header("empty/", zip.Store, fs.ModeDir|0o700),
	)
	before, after := entriesOf(t, packed), entriesOf(t, wrap(t, packed))
	if len(before) != len(after) {
		t.Fatalf("%d entries of %d", len(after), len(before))
	}
	for i, b := range before {
		a := after[i]
		if a.Name != "package/"+b.Name || a.Mode()&0o100 != b.Mode()&0o100 || a.Mode().Type() != b.Mode().Type() || a.Method != b.Method || a.CRC32 != b.CRC32 || a.NonUTF8 != b.NonUTF8 {
			t.Errorf("%+v\nbecomes %+v", b.FileHeader, a.FileHeader)
		}
		if d := a.Modified.Sub(at).Abs(); d > 2*time.Second {
			t.Errorf("%s: modified %v, want %v", a.Name, a.Modified, at)
		}
		if !bytes.Equal(data(t, a, true), data(t, b, true)) || !bytes.Equal(data(t, a, false), data(t, b, false)) {
			t.Errorf("%s has other data", a.Name)
		}
	}
}

// What passes when it is published passes as it is served.
func TestWhatIsWrappedPassesTheInspection(t *testing.T) {
	for _, typ := range []registry.Type{registry.Component, registry.Plugin, registry.Project} {
		found, err := inspect(wrap(t, registrytest.ZIP(with(files(typ), "src/", ""))), typ)
		if err != nil || found.Name != "hello" || found.Version != "1.0.0" {
			t.Errorf("%s: %+v, %v", typ, found, err)
		}
	}
}

func TestWrapMakesTheSameBytesEachTime(t *testing.T) {
	packed := registrytest.ZIP(files(registry.Project))
	first := wrap(t, packed)
	if second := wrap(t, packed); !bytes.Equal(first, second) {
		t.Error("two runs make different bytes")
	}
	if again := wrap(t, first); !bytes.Equal(again, first) {
		t.Error("a second directory was put around the first")
	}
}

func TestAZIPWithOneTopDirectoryStaysAsItIs(t *testing.T) {
	for name, packed := range map[string][]byte{
		"made by the publisher of 2.x": registrytest.ZIP(below("package/", files(registry.Component))),
		"with the directory's entry":   registrytest.ZIP(with(below("hello-1.0.0/", files(registry.Plugin)), "hello-1.0.0/", "")),
	} {
		if got := wrap(t, packed); !bytes.Equal(got, packed) {
			t.Errorf("%s: other bytes", name)
		}
	}
}

// Some programs compress a directory, to two bytes that stand for nothing.
func TestWrapTakesCompressedDirectories(t *testing.T) {
	nothing := []byte{3, 0}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	// archive/zip writes no data for a directory: the name is changed below.
	w, err := z.CreateRaw(&zip.FileHeader{Name: "src.", Method: zip.Deflate, CompressedSize64: uint64(len(nothing))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(nothing); err != nil {
		t.Fatal(err)
	}
	if w, err = z.Create("publish.yaml"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, files(registry.Plugin)["publish.yaml"]); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	compressed := bytes.ReplaceAll(packed.Bytes(), []byte("src."), []byte("src/"))
	if _, err := inspect(compressed, registry.Plugin); err != nil {
		t.Fatalf("the inspection refuses it: %v", err)
	}
	got := wrap(t, compressed)
	if _, err := inspect(got, registry.Plugin); err != nil {
		t.Error(err)
	}
	names := make([]string, 0, 2)
	for _, f := range entriesOf(t, got) {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, []string{"package/src/", "package/publish.yaml"}) {
		t.Errorf("entries %q", names)
	}
}

func TestWrapFailsOnWhatIsNoZIP(t *testing.T) {
	whole := registrytest.ZIP(files(registry.Plugin))
	for _, packed := range [][]byte{nil, []byte("<!doctype html>"), whole[:len(whole)-30]} {
		if err := manifest.WrapZIP(io.Discard, bytes.NewReader(packed), int64(len(packed))); err == nil {
			t.Errorf("%.20q was wrapped", packed)
		}
	}
}
