package manifest_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func inspect(packed []byte, t registry.Type) (registry.Inspected, error) {
	return manifest.Canonicalize(context.Background(), io.Discard, bytes.NewReader(packed), int64(len(packed)), t)
}

// below puts all files into one directory.
func below(directory string, files map[string]string) map[string]string {
	moved := map[string]string{}
	for path, text := range files {
		moved[directory+path] = text
	}
	return moved
}

func with(files map[string]string, path, text string) map[string]string {
	files[path] = text
	return files
}

func without(files map[string]string, path string) map[string]string {
	delete(files, path)
	return files
}

func files(typ registry.Type) map[string]string { return registrytest.Files(typ, "hello", "1.0.0") }

func TestInspectReadsNameAndVersion(t *testing.T) {
	for name, test := range map[string]struct {
		typ   registry.Type
		files map[string]string
	}{
		"a component":                      {registry.Component, files(registry.Component)},
		"a plugin":                         {registry.Plugin, files(registry.Plugin)},
		"a plugin without package.json":    {registry.Plugin, without(files(registry.Plugin), "package.json")},
		"a project":                        {registry.Project, files(registry.Project)},
		"a project with an empty src":      {registry.Project, with(without(files(registry.Project), "src/s.yaml"), "src/", "")},
		"a single top directory":           {registry.Component, below("hello-1.0.0/", files(registry.Component))},
		"a top directory with its entry":   {registry.Project, with(below("包/", files(registry.Project)), "包/", "")},
		"publish.yaml below the root, too": {registry.Plugin, with(files(registry.Plugin), "src/publish.yaml", "Name: other\nVersion: 9.9.9\n")},
		"Chinese paths and spaces":         {registry.Plugin, with(files(registry.Plugin), "目录/文 件.md", "x")},
		"dots in names":                    {registry.Plugin, with(files(registry.Plugin), "a..b/...c", "x")},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := inspect(registrytest.ZIP(test.files), test.typ)
			if err != nil || found.Name != "hello" || found.Version != "1.0.0" {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}

func TestInspectRefuses(t *testing.T) {
	whole := registrytest.ZIP(files(registry.Component))
	const component, plugin, project = registry.Component, registry.Plugin, registry.Project
	for name, test := range map[string]struct {
		typ    registry.Type
		packed []byte
		words  string
	}{
		"nothing":                  {plugin, nil, "not a readable ZIP|Pack it again"},
		"what is no ZIP":           {plugin, []byte("<!doctype html>"), "not a readable ZIP"},
		"a tarball":                {plugin, append([]byte{0x1f, 0x8b, 8, 0}, make([]byte, 600)...), "not a readable ZIP"},
		"a truncated ZIP":          {component, whole[:len(whole)-30], "not a readable ZIP"},
		"an empty ZIP":             {plugin, registrytest.ZIP(nil), "no publish.yaml"},
		"no publish.yaml":          {component, registrytest.ZIP(without(files(component), "publish.yaml")), "no publish.yaml|single top directory"},
		"publish.yaml two deep":    {plugin, registrytest.ZIP(below("a/b/", files(plugin))), "no publish.yaml"},
		"publish.yml":              {plugin, registrytest.ZIP(map[string]string{"publish.yml": "Name: hello"}), "no publish.yaml"},
		"a directory publish.yaml": {plugin, registrytest.ZIP(map[string]string{"publish.yaml/": "", "x": "y"}), "no publish.yaml"},
		"two top directories":      {plugin, registrytest.ZIP(with(below("a/", files(plugin)), "b/x", "y")), "no publish.yaml"},
		"no package.json":          {component, registrytest.ZIP(without(files(component), "package.json")), "Component|package.json"},
		"package.json elsewhere":   {component, registrytest.ZIP(with(without(files(component), "package.json"), "src/package.json", "{}")), "Component|package.json"},
		"no src":                   {project, registrytest.ZIP(without(files(project), "src/s.yaml")), "Project|src"},
		"a file src":               {project, registrytest.ZIP(with(without(files(project), "src/s.yaml"), "src", "x")), "Project|src"},
		"a broken publish.yaml":    {plugin, registrytest.ZIP(with(files(plugin), "publish.yaml", "Name: [")), "publish.yaml can't be read"},
		"a huge publish.yaml":      {plugin, registrytest.ZIP(with(files(plugin), "publish.yaml", strings.Repeat("# a comment\n", 1<<17))), "publish.yaml"},
		"too many entries":         {plugin, registrytest.ZIP(many(20_001)), "20001 entries|at most 20000"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := inspect(test.packed, test.typ)
			wantInvalid(t, err, strings.Split(test.words, "|")...)
		})
	}
}

func many(count int) map[string]string {
	all := map[string]string{}
	for i := range count {
		all[fmt.Sprintf("d%d/", i)] = ""
	}
	return all
}

func TestInspectRefusesPathsThatLeaveTheFolder(t *testing.T) {
	for _, path := range []string{
		"../evil", "a/../../evil", "/etc/evil", "..", "..\\evil", "C:\\evil", "C:/evil", "c:evil",
		"\\\\host\\evil", "//host/evil", "a\\..\\evil", "a\x00b", "./x/../../y",
	} {
		packed := registrytest.ZIP(with(files(registry.Plugin), path, "x"))
		_, err := inspect(packed, registry.Plugin)
		if registry.CodeOf(err) != registry.Invalid || !strings.Contains(err.Error(), "outside its folder") {
			t.Errorf("%q: %v, want Invalid", path, err)
		}
	}
}

// stored packs a publish.yaml without compression, so that a test can find and
// damage it.
func stored(t *testing.T, text string) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "publish.yaml", Method: zip.Store})
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestInspectRefusesADamagedPublishYAML(t *testing.T) {
	whole := stored(t, "Name: hello\nVersion: 1.0.0\n")
	if _, err := inspect(whole, registry.Plugin); err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Replace(whole, []byte("hello"), []byte("jello"), 1)
	_, err := inspect(damaged, registry.Plugin)
	wantInvalid(t, err, "publish.yaml", "can't be unpacked", "checksum", "Pack it again")

	unknown := bytes.Clone(whole) // compressed in a way of its own
	unknown[bytes.Index(unknown, []byte("PK\x01\x02"))+10] = 99
	_, err = inspect(unknown, registry.Plugin)
	wantInvalid(t, err, "publish.yaml", "method 99")
}

// 10 MB that packed are few.
func TestInspectIsNotFooledByABomb(t *testing.T) {
	packed := registrytest.ZIP(map[string]string{"publish.yaml": strings.Repeat("Name: hello # \n", 10<<20/15)})
	_, err := inspect(packed, registry.Plugin)
	wantInvalid(t, err, "publish.yaml", "has 10485750 bytes", "at most 1048576")
}

func FuzzInspectZIP(f *testing.F) {
	f.Add(registrytest.ZIP(files(registry.Component)))
	f.Add(registrytest.ZIP(below("top/", files(registry.Project))))
	f.Fuzz(func(t *testing.T, packed []byte) {
		for _, typ := range []registry.Type{registry.Component, registry.Plugin, registry.Project} {
			if _, err := inspect(packed, typ); err != nil && registry.CodeOf(err) != registry.Invalid {
				t.Fatal(err)
			}
		}
	})
}

// spy counts what stands in the folder of temporary files while a ZIP is read.
type spy struct {
	*bytes.Reader
	t    *testing.T
	seen []string
}

func (s *spy) ReadAt(p []byte, offset int64) (int, error) {
	left, err := os.ReadDir(os.TempDir())
	if err != nil {
		s.t.Error(err)
	}
	for _, file := range left {
		s.seen = append(s.seen, file.Name())
	}
	return s.Reader.ReadAt(p, offset)
}

func TestACrashLeavesNoTemporaryFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not remove open files")
	}
	t.Setenv("TMPDIR", t.TempDir())
	noise := make([]byte, 1<<20) // can't be compressed: it takes many reads
	rand.NewChaCha8([32]byte{}).Read(noise)
	nested := string(registrytest.ZIP(map[string]string{"a": string(noise)}))
	packed := registrytest.ZIP(with(files(registry.Plugin), "b.zip", nested))
	s := &spy{Reader: bytes.NewReader(packed), t: t}
	if _, err := manifest.Canonicalize(t.Context(), io.Discard, s, int64(len(packed)), registry.Plugin); err != nil {
		t.Fatal(err)
	}
	if len(s.seen) > 0 {
		t.Errorf("while the ZIP was read there were files that a crash would leave: %v", s.seen)
	}
}
