package archive_test

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/archive"
)

// entry is a file in a .tar.
type entry struct {
	header tar.Header
	body   string
}

func tarEntries(t *testing.T) []entry {
	t.Helper()
	path := filepath.Join(t.TempDir(), "all.tar")
	w, err := archive.CreateTar(path)
	must(t, err)
	write(t, w)
	finish(t, w)
	file, err := os.Open(path)
	must(t, err)
	defer file.Close()
	var all []entry
	for r := tar.NewReader(file); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all
		}
		must(t, err)
		body, err := io.ReadAll(r)
		must(t, err)
		all = append(all, entry{*h, string(body)})
	}
}

func packed(t *testing.T, all []entry) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range all {
		must(t, w.WriteHeader(&e.header))
		_, err := io.WriteString(w, e.body)
		must(t, err)
	}
	must(t, w.Close())
	path := filepath.Join(t.TempDir(), "all.tar")
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

func file(name string, size int64) entry {
	return entry{tar.Header{Name: name, Size: size, Mode: 0o600, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}, strings.Repeat("x", int(size))}
}

func TestABadTarIsRefused(t *testing.T) {
	alter := func(alter func(*entry)) func([]entry) []entry {
		return func(all []entry) []entry {
			alter(&all[0])
			return all
		}
	}
	cases := map[string]struct {
		spoil func([]entry) []entry
		words []string
	}{
		"without its index": {func(all []entry) []entry { return all[:len(all)-1] }, []string{"has no index.json"}},
		"a file twice":      {func(all []entry) []entry { return append(all, all[0]) }, []string{"it is there twice"}},
		"path traversal":    {alter(func(e *entry) { e.header.Name = "../../etc/passwd" }), []string{"../../etc/passwd", "no export has a file of this name"}},
		"an absolute path":  {alter(func(e *entry) { e.header.Name = "/etc/passwd" }), []string{"/etc/passwd"}},
		"a ZIP elsewhere":   {alter(func(e *entry) { e.header.Name = strings.Replace(e.header.Name, "zips/", "zips/0", 1) }), []string{"no export has"}},
		"a link": {alter(func(e *entry) {
			e.header.Typeflag, e.header.Linkname, e.header.Size, e.body = tar.TypeSymlink, "/etc/passwd", 0, ""
		}), []string{"no plain file"}},
		"a device": {alter(func(e *entry) { e.header.Typeflag, e.header.Size, e.body = tar.TypeChar, 0, "" }), []string{"no plain file"}},
		"another dialect": {alter(func(e *entry) { e.header.Format, e.header.ModTime = tar.FormatPAX, time.Unix(0, 5) }),
			[]string{"no plain file"}},
		"an unknown file": {func(all []entry) []entry { return append(all, file("readme.txt", 1)) }, []string{"readme.txt"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := archive.Open(packed(t, c.spoil(tarEntries(t))))
			if err == nil {
				r.Close()
			}
			wantWords(t, err, c.words...)
		})
	}
}

// A header may say any size.
func TestAHugeEntryIsRefused(t *testing.T) {
	for name, size := range map[string]int64{
		"index.json": 65 << 20,
		"zips/ab/ab" + strings.Repeat("0", 62) + ".zip": 201 << 20,
	} {
		var b bytes.Buffer
		must(t, tar.NewWriter(&b).WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}))
		path := filepath.Join(t.TempDir(), "huge.tar")
		must(t, os.WriteFile(path, b.Bytes(), 0o600))
		_, err := archive.Open(path)
		wantWords(t, err, name, "at most")
	}
}

func TestACutTarIsRefused(t *testing.T) {
	path := packed(t, tarEntries(t))
	whole, err := os.ReadFile(path)
	must(t, err)
	end := len(bytes.TrimRight(whole, "\x00"))
	for at := 0; at < end; at += 100 {
		must(t, os.WriteFile(path, whole[:at], 0o600))
		if r, err := archive.Open(path); err == nil {
			t.Errorf("cut at %d of %d, it is taken", at, end)
			r.Close()
		}
	}
	for _, text := range []string{"", "PK\x03\x04", strings.Repeat("x", 2000)} {
		must(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := archive.Open(path)
		wantWords(t, err, "all.tar")
	}
}
