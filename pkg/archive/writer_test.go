package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/archive"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestAnUnfinishedExportIsNone(t *testing.T) {
	eachForm(t, func(t *testing.T, path string, create func(string) (*archive.Writer, error)) {
		w, err := create(path)
		must(t, err)
		write(t, w)
		must(t, w.Close())
		_, err = archive.Open(path)
		if path, ok := strings.CutSuffix(path, ".tar"); ok {
			if !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s.tar: %v", path, err)
			}
		} else {
			wantWords(t, err, "was not finished. Run the export again")
		}

		w, err = create(path)
		must(t, err)
		for _, version := range []string{"2.0.0", "dev.0.1"} {
			if has, err := w.HasZIP(zipOf("ZIP of " + version)); err != nil || !has {
				t.Errorf("the ZIP of %s is to be copied again: %v", version, err)
			}
		}
		if has, err := w.HasZIP(zipOf("other")); err != nil || has {
			t.Errorf("a ZIP that is not there is: %v", err)
		}
		write(t, w)
		finish(t, w)
		r, err := archive.Open(path)
		must(t, err)
		defer r.Close()
		checkRead(t, r)
		if left, err := filepath.Glob(path + ".*"); err != nil || len(left) != 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	})
}

// A .tar that ends anywhere goes on behind its last whole ZIP.
func TestATarThatWasCutGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "all.tar")
	w, err := archive.CreateTar(path)
	must(t, err)
	write(t, w)
	finish(t, w)
	whole, err := os.ReadFile(path)
	must(t, err)
	for end := 0; end < len(whole); end += 256 {
		other := filepath.Join(t.TempDir(), "all.tar")
		cut := bytes.Clone(whole[:end])
		must(t, os.WriteFile(other+".partial", cut, 0o600))
		w, err := archive.CreateTar(other)
		must(t, err)
		for i, version := range []string{"2.0.0", "dev.0.1"} {
			has, err := w.HasZIP(zipOf("ZIP of " + version))
			must(t, err)
			if want := end >= (i+1)*1024; has != want {
				t.Errorf("cut at %d: the ZIP of %s is there: %t, want %t", end, version, has, want)
			}
		}
		write(t, w)
		finish(t, w)
		r, err := archive.Open(other)
		must(t, err)
		checkRead(t, r)
		must(t, r.Close())
	}
}

// failing ends in the middle of a ZIP.
type failing struct{}

func (failing) Read(p []byte) (int, error) { return 0, errors.New("the line is dead") }

func TestAZIPThatFailsLeavesNothing(t *testing.T) {
	eachForm(t, func(t *testing.T, path string, create func(string) (*archive.Writer, error)) {
		w, err := create(path)
		must(t, err)
		zip := zipOf("ZIP of 2.0.0")
		if err := w.PutZIP(t.Context(), zip, io.MultiReader(strings.NewReader("ZIP"), failing{})); err == nil {
			t.Error("no error")
		}
		must(t, w.Close())
		w, err = create(path)
		must(t, err)
		if has, err := w.HasZIP(zip); err != nil || has {
			t.Errorf("half of a ZIP is taken for one: %v", err)
		}
		write(t, w)
		finish(t, w)
		r, err := archive.Open(path)
		must(t, err)
		defer r.Close()
		checkRead(t, r)
	})
}

func TestAnExportLeavesOthersFilesAlone(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o600))
	_, err := archive.CreateFolder(dir)
	wantWords(t, err, dir, "choose an empty folder")
	_, err = archive.CreateTar(filepath.Join(dir, "thesis.txt"))
	wantWords(t, err, "thesis.txt", "is there already")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("there are %v, %v", entries, err)
	}
}

// Whoever is killed while the first file is written leaves a part of it.
func TestAnExportGoesOnAfterItsFirstByte(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, ".tmp-AAAA"), nil, 0o600))
	w, err := archive.CreateFolder(dir)
	must(t, err)
	write(t, w)
	finish(t, w)
	if left, err := filepath.Glob(filepath.Join(dir, ".tmp-*")); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// A second export into the same folder leaves only what it has written.
func TestAnExportReplacesAnEarlierOne(t *testing.T) {
	dir := t.TempDir()
	w, err := archive.CreateFolder(dir)
	must(t, err)
	write(t, w)
	finish(t, w)
	must(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "packages/.tmp-AAAA"), nil, 0o600))

	w, err = archive.CreateFolder(dir)
	must(t, err)
	must(t, w.PutPackage(t.Context(), moved("hello"), of(releases(t, "hello")[:1]), events("package/hello")))
	finish(t, w)
	var left []string
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			left = append(left, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	}))
	zip := zipOf("ZIP of 2.0.0").SHA256
	wantSame(t, left, []string{"audit/package-hello.jsonl", "index.json", "notes.txt", "packages/package-hello.jsonl", "zips/" + zip[:2] + "/" + zip + ".zip"})
}

// What could not be read again is not written.
func TestNothingIsWrittenThatCannotBeRead(t *testing.T) {
	w, err := archive.CreateFolder(t.TempDir())
	must(t, err)
	defer w.Close()
	m := moved("hello")
	m.Owner = "no user"
	wantWords(t, w.PutPackage(t.Context(), m, of[registry.Release](nil), events("package/hello")), `package "hello"`, `"no user"`)
	wrong := releases(t, "hello")
	slices.Reverse(wrong)
	wantWords(t, w.PutPackage(t.Context(), moved("hello"), of(wrong), events("package/hello")), "the highest version must come first")
	g := groups()[0]
	g.Revision = 0
	wantWords(t, w.PutGroup(context.Background(), g, events("organization/x")), "revision 0")
}
