package shelf_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/shelf"
)

// pin is a release with its ZIP.
func pin(t *testing.T, name, version string) (registry.Pin, []byte) {
	t.Helper()
	p := registrytest.Pin(t, name, version)
	zip := registrytest.ZIP(registrytest.Files(registry.Component, name, version))
	sum := sha256.Sum256(zip)
	p.ZIP.SHA256, p.ZIP.Size = hex.EncodeToString(sum[:]), int64(len(zip))
	p.Release.ZIP = p.ZIP
	return p, zip
}

func create(t *testing.T, dir string) *shelf.Writer {
	t.Helper()
	w, err := shelf.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// versions are those of hello on the shelf that fill makes.
func versions() []string { return []string{"1.0.0", "1.0.0-rc.1+b.7", "dev.0.3"} }

// longest is the name of the shelf's other package.
func longest() string { return strings.Repeat("n", registry.MaxName) }

// fill makes a whole shelf.
func fill(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shelf")
	w := create(t, dir)
	for _, version := range versions() {
		put(t, w, "hello", version)
	}
	put(t, w, longest(), "2.0.0")
	if n, err := w.Finish(); err != nil || n != 4 {
		t.Fatalf("%d releases, %v", n, err)
	}
	return dir
}

func put(t *testing.T, w *shelf.Writer, name, version string) {
	t.Helper()
	p, zip := pin(t, name, version)
	if err := w.Put(t.Context(), p, bytes.NewReader(zip)); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsPutIsRead(t *testing.T) {
	r, err := shelf.Open(fill(t))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var names []string
	for p, err := range r.Pins(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		want, zip := pin(t, p.Name, p.Version.String())
		if p.ZIP != want.ZIP || p.Upstream != want.Upstream || !p.Since.Equal(want.Since) || p.Release.Texts != want.Release.Texts || p.Release.ZIP != want.ZIP {
			t.Errorf("%+v", p)
		}
		body, err := r.OpenZIP(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, zip) {
			t.Errorf("%s %s: %d bytes, %v", p.Name, p.Version, len(got), err)
		}
		body.Close()
		names = append(names, p.Name+" "+p.Version.String())
	}
	if want := "hello 1.0.0-rc.1+b.7|hello 1.0.0|hello dev.0.3|" + longest() + " 2.0.0"; strings.Join(names, "|") != want {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestAStoppedRunGoesOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shelf")
	w := create(t, dir)
	put(t, w, "hello", "1.0.0")
	if _, err := shelf.Open(dir); err == nil || !strings.Contains(err.Error(), "has no SHA256SUMS") {
		t.Errorf("an unfinished one is read: %v", err)
	}
	for _, left := range []string{".tmp-ABC", "hello/.tmp-DEF"} {
		if err := os.WriteFile(filepath.Join(dir, left), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = create(t, dir)
	v := registrytest.Version(t, "1.0.0")
	if p, err := w.Shelved(t.Context(), "hello", v); err != nil || p.Version != v {
		t.Errorf("%+v, %v", p, err)
	}
	for _, other := range []string{"1.0.1", "1.0.0+b"} {
		if _, err := w.Shelved(t.Context(), "hello", registrytest.Version(t, other)); registry.CodeOf(err) != registry.NotFound {
			t.Errorf("%s: %v", other, err)
		}
	}
	put(t, w, "hello", "1.1.0")
	if n, err := w.Finish(); err != nil || n != 2 {
		t.Errorf("%d releases, %v", n, err)
	}
	r, err := shelf.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	put(t, w, "hello", "1.2.0") // added to, and not finished
	if _, err := shelf.Open(dir); err == nil || !strings.Contains(err.Error(), "SHA256SUMS does not name it") {
		t.Errorf("an unfinished one is read: %v", err)
	}
}

func TestADamagedZIPIsNotThere(t *testing.T) {
	dir := fill(t)
	w := create(t, dir)
	v := registrytest.Version(t, "1.0.0")
	path := filepath.Join(dir, "hello", "1.0.0.zip")
	for name, damage := range map[string]func() error{
		"cut":     func() error { return os.Truncate(path, 10) },
		"altered": func() error { return os.WriteFile(path, bytes.Repeat([]byte("x"), 500), 0o600) },
		"missing": func() error { return os.Remove(path) },
	} {
		if err := damage(); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if _, err := w.Shelved(t.Context(), "hello", v); registry.CodeOf(err) != registry.NotFound {
			t.Errorf("%s: %v", name, err)
		}
		put(t, w, "hello", "1.0.0")
		if _, err := w.Shelved(t.Context(), "hello", v); err != nil {
			t.Errorf("%s, and put again: %v", name, err)
		}
	}
}

func TestOtherFoldersAreLeftAlone(t *testing.T) {
	for _, name := range []string{"letter.txt", "hello/1.0.0.txt", "a/b/c.json", "hello/../x.json"} {
		dir := t.TempDir()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := shelf.Create(dir); err == nil || !strings.Contains(err.Error(), "no file of a mirror") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// change rewrites a file of a shelf.
func change(t *testing.T, dir, name string, how func(string) string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(how(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
}

// resum makes SHA256SUMS right again, as somebody would who alters with care.
func resum(t *testing.T, dir string) {
	t.Helper()
	change(t, dir, "SHA256SUMS", func(text string) string {
		lines := slices.Collect(strings.Lines(text))
		for i, line := range lines {
			name := strings.TrimSpace(line[66:])
			content, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(content)
			lines[i] = hex.EncodeToString(sum[:]) + "  " + name + "\n"
		}
		return strings.Join(lines, "")
	})
}

func TestWhatIsCutOrAlteredIsRefused(t *testing.T) {
	replace := func(old, text string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, text, 1) }
	}
	for name, test := range map[string]struct {
		file  string
		how   func(string) string
		words string
		care  bool // SHA256SUMS is made right again
	}{
		"a ZIP cut":                      {"hello/1.0.0.zip", func(s string) string { return s[:len(s)-1] }, "hello/1.0.0.zip: its SHA-256 is", false},
		"a ZIP altered":                  {"hello/1.0.0.zip", func(s string) string { return "x" + s[1:] }, "hello/1.0.0.zip: its SHA-256 is", false},
		"a ZIP altered with care":        {"hello/1.0.0.zip", func(s string) string { return "x" + s[1:] }, "hello/1.0.0.zip: it has", true},
		"a text altered":                 {"hello/1.0.0.json", replace("示例", "other"), "hello/1.0.0.json: its SHA-256 is", false},
		"another name, with care":        {"hello/1.0.0.json", replace(`"Name": "hello"`, `"Name": "hallo"`), "hello/1.0.0.json: it is of", true},
		"another version, with care":     {"hello/1.0.0.json", replace(`"Version": "1.0.0"`, `"Version": "9.0.0"`), "hello/1.0.0.json: it is of", true},
		"another ZIP, with care":         {"hello/1.0.0.json", replace(`"Size": `, `"Size": 1`), "hello/1.0.0.json: it is of one release", true},
		"no JSON, with care":             {"hello/1.0.0.json", func(string) string { return "{" }, "hello/1.0.0.json: unexpected EOF", true},
		"a field that there is not":      {"hello/1.0.0.json", replace(`"Name"`, `"Evil": 1, "Name"`), "unknown field", true},
		"no upstream":                    {"hello/1.0.0.json", replace("https://upstream.example/v3", "x"), `upstream "x"`, true},
		"a list cut in a line":           {"SHA256SUMS", func(s string) string { return s[:len(s)-3] }, "SHA256SUMS: ", false},
		"a list cut between lines":       {"SHA256SUMS", func(s string) string { return s[strings.Index(s, "\n")+1:] }, "SHA256SUMS does not name it", false},
		"an empty list":                  {"SHA256SUMS", func(string) string { return "" }, "SHA256SUMS: it is empty", false},
		"a list with a path out of it":   {"SHA256SUMS", func(s string) string { return s + strings.Repeat("0", 64) + "  ../../etc/passwd\n" }, "SHA256SUMS: ", false},
		"a list with one more":           {"SHA256SUMS", func(s string) string { return s + strings.Repeat("0", 64) + "  hello/9.0.0.json\n" }, "hello/9.0.0.json: it is missing", false},
		"a list that names a file twice": {"SHA256SUMS", func(s string) string { return s + s }, "SHA256SUMS: ", false},
		"a list that leaves out the ZIP": {"SHA256SUMS", func(s string) string {
			i := strings.Index(s, "\n")
			return s[:i+1] + s[i+1+strings.Index(s[i+1:], "\n")+1:]
		}, "SHA256SUMS does not name it", false},
		"a list that leaves out the answer": {"SHA256SUMS", func(s string) string { return s[strings.Index(s, "\n")+1:] }, "SHA256SUMS does not name it", false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := fill(t)
			change(t, dir, test.file, test.how)
			if test.care {
				resum(t, dir)
			}
			_, err := shelf.Open(dir)
			if err == nil || !strings.Contains(err.Error(), test.words) || !strings.HasPrefix(err.Error(), dir) {
				t.Errorf("got %v, want %q", err, test.words)
			}
		})
	}
}

func TestLinksAreRefused(t *testing.T) {
	dir := fill(t)
	path := filepath.Join(dir, "hello", "1.0.0.zip")
	if err := os.Rename(path, filepath.Join(t.TempDir(), "moved.zip")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/hostname", path); err != nil {
		t.Skip("this system has no symbolic links")
	}
	if _, err := shelf.Open(dir); err == nil {
		t.Error("it is read")
	}
}
