package zipfile_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/zipfile"
	"github.com/fc-registry/fc-registry/test/unzip"
	"github.com/fc-registry/fc-registry/test/unzip/forge"
)

func canonical(packed []byte) ([]byte, *zipfile.Contents, error) {
	var to bytes.Buffer
	c, err := zipfile.Canonical(context.Background(), &to, bytes.NewReader(packed), int64(len(packed)))
	return to.Bytes(), c, err
}

func mustCanonical(t *testing.T, packed []byte) ([]byte, *zipfile.Contents) {
	t.Helper()
	to, c, err := canonical(packed)
	if err != nil {
		t.Fatal(err)
	}
	return to, c
}

func TestHonestZIPsHaveACanonicalForm(t *testing.T) {
	for name, packed := range forge.Good() {
		t.Run(name, func(t *testing.T) {
			to, c := mustCanonical(t, packed)
			if again, _ := mustCanonical(t, packed); !bytes.Equal(to, again) {
				t.Error("the same ZIP gives other bytes")
			}
			if own, _ := mustCanonical(t, to); !bytes.Equal(to, own) {
				t.Error("the canonical form of itself has other bytes")
			}
			wantPlainHeaders(t, to)
			tree, err := unzip.ByGo(to)
			if err != nil {
				t.Fatal(err)
			}
			if tree.Top() != c.Root() {
				t.Errorf("root %q, want %q", c.Root(), tree.Top())
			}
		})
	}
}

// wantPlainHeaders wants nothing in a ZIP that could be read in two ways.
func wantPlainHeaders(t *testing.T, packed []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	at := int64(0)
	for _, f := range z.File {
		data, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		local := packed[at:data]
		if want := at + 30 + int64(len(f.Name)); data != want {
			t.Errorf("%q: data at %d, want %d", f.Name, data, want)
		}
		at = data + int64(f.CompressedSize64)
		if f.Flags&^0x800 != 0 || len(f.Extra) > 0 || f.Comment != "" || f.CreatorVersion>>8 != 3 {
			t.Errorf("%+v", f.FileHeader)
		}
		switch mode := f.ExternalAttrs >> 16; mode {
		case 0o100644, 0o100755, 0o040755, 0o120777:
		default:
			t.Errorf("%q: mode %o", f.Name, mode)
		}
		if !bytes.Equal(local[6:8], []byte{byte(f.Flags), byte(f.Flags >> 8)}) {
			t.Errorf("%q: other flags in the local header", f.Name)
		}
	}
}

// What is left out is litter only; kinds, contents and modes stay.
func TestTheCanonicalFormHasTheSameFiles(t *testing.T) {
	long := strings.Repeat("abc", 1000)
	program := forge.File("src/run.sh", "#!/bin/sh\n")
	program.Attributes |= 0o111 << 16
	setuid := forge.File("src/su", "x")
	setuid.Attributes = 0o104600 << 16
	packed := forge.ZIP(forge.File("publish.yaml", "Name: hello\n"), forge.Folder("empty/"), forge.File("src/目录/long", long).Streamed(),
		program, setuid, forge.Link("readme.md", "src/su"), forge.File("__MACOSX/._a:b", "x"), forge.File("src/Icon\r", "x"), forge.File("src/THUMBS.DB", "x"), forge.File("src/._kept", "x"))
	to, _ := mustCanonical(t, packed)
	got, err := unzip.ByGo(to)
	if err != nil {
		t.Fatal(err)
	}
	want := unzip.Tree{
		"publish.yaml": unzip.File("Name: hello\n", false), "empty": {Kind: "folder"}, "src": {Kind: "folder"}, "src/目录": {Kind: "folder"},
		"src/目录/long": unzip.File(long, false), "src/run.sh": unzip.File("#!/bin/sh\n", true), "src/su": unzip.File("x", false),
		"readme.md": {Kind: "link", Target: "src/su"}, "src/._kept": unzip.File("x", false),
	}
	if d := want.Differences(got); len(d) > 0 {
		t.Error(strings.Join(d, "\n"))
	}
}

func TestDatesStayUnlessTheyAreNone(t *testing.T) {
	leap, none := uint16(44<<9|2<<5|29), uint16(45<<9|2<<5|29) // 29 February 2024 and 2025
	dated := func(name string, date, clock uint16) forge.Entry {
		return forge.File(name, "x").Both(func(h *forge.Header) { h.Date, h.Time = date, clock })
	}
	to, _ := mustCanonical(t, forge.ZIP(dated("a", leap, 23<<11|59<<5|29), dated("b", none, 0), dated("c", leap, 24<<11), dated("d", 0, 0)))
	z, err := zip.NewReader(bytes.NewReader(to), int64(len(to)))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"2024-02-29 23:59:58", "1980-01-01 00:00:00", "1980-01-01 00:00:00", "1980-01-01 00:00:00"} {
		if got := z.File[i].Modified.Format("2006-01-02 15:04:05"); got != want {
			t.Errorf("%s: %s, want %s", z.File[i].Name, got, want)
		}
	}
}

func TestFilesAreReadThroughLinks(t *testing.T) {
	_, c := mustCanonical(t, forge.ZIP(forge.File("top/src/a", "text"), forge.Link("top/b", "src/a"), forge.Link("top/lib", "src"), forge.Link("top/up/c", "../src/a")))
	for _, name := range []string{"b", "src/a", "lib/a", "up/c"} {
		if data, err := c.ReadFile(c.Root()+name, 4); string(data) != "text" || err != nil {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if _, err := c.ReadFile("top/b", 3); !isRefusal(err) || !strings.Contains(err.Error(), `"top/src/a" has 4 bytes; at most 3`) {
		t.Error(err)
	}
	for _, name := range []string{"top", "top/src", "top/lib", "top/x", "", "top/src/a/", "TOP/b"} {
		if c.HasFile(name) {
			t.Errorf("%q is a file", name)
		}
	}
	if !c.HasDirectory("top/lib") || !c.HasDirectory("top/up/") || c.HasDirectory("top/b") {
		t.Error("directories are not found through links")
	}
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*zipfile.Refusal](err)
	return ok
}

func TestTheRootIsWhereTheClientBegins(t *testing.T) {
	for want, entries := range map[string][]forge.Entry{
		"top/":     {forge.File("top/a", ""), forge.File("__MACOSX/top/._a", ""), forge.File(".DS_Store", "")},
		"implied/": {forge.File("implied/a/b", ""), forge.File("implied/c", "")},
		"empty/":   {forge.Folder("empty/")},
	} {
		if _, c := mustCanonical(t, forge.ZIP(entries...)); c.Root() != want {
			t.Errorf("root %q, want %q", c.Root(), want)
		}
	}
	for what, entries := range map[string][]forge.Entry{
		"a link beside":    {forge.File("top/a", ""), forge.Link("b", "top/a")},
		"two folders":      {forge.File("a/a", ""), forge.File("b/a", "")},
		"a file only":      {forge.File("a", "")},
		"litter only":      {forge.File(".DS_Store", "")},
		"a file beside it": {forge.File("top/a", ""), forge.File("b", "")},
	} {
		if _, c := mustCanonical(t, forge.ZIP(entries...)); c.Root() != "" {
			t.Errorf("%s: root %q", what, c.Root())
		}
	}
}

// failing fails after some bytes.
type failing struct {
	*bytes.Reader
	left int
	err  error
}

func (f *failing) ReadAt(p []byte, offset int64) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, f.err
	}
	return f.Reader.ReadAt(p, offset)
}

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, f.err
	}
	return len(p), nil
}

// A disk that fails, or is full, is not the ZIP's fault.
func TestWhatFailsOutsideIsNoRefusal(t *testing.T) {
	noise := make([]byte, 300<<10)
	for i := range noise {
		noise[i] = byte(rand.Uint32()) //nolint:gosec // any bytes
	}
	packed := forge.ZIP(forge.File("a", strings.Repeat("text", 1000)), forge.File("b", string(noise)), forge.Link("c", "a"))
	for left := 0; left < len(packed); left += 5000 {
		from := &failing{bytes.NewReader(packed), left, errors.ErrUnsupported}
		if _, err := zipfile.Canonical(t.Context(), io.Discard, from, int64(len(packed))); !errors.Is(err, errors.ErrUnsupported) || isRefusal(err) {
			t.Fatalf("reading fails after %d bytes: %v", left, err)
		}
		to := &failing{nil, left, syscall.ENOSPC}
		if _, err := zipfile.Canonical(t.Context(), to, bytes.NewReader(packed), int64(len(packed))); !errors.Is(err, syscall.ENOSPC) || isRefusal(err) {
			t.Fatalf("writing fails after %d bytes: %v", left, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := zipfile.Canonical(ctx, io.Discard, bytes.NewReader(packed), int64(len(packed))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
