package e2e

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/local"
)

// TestTemplates publishes folders in the likeness of the vendor's templates with
// the CLI, begins a project from each, and deploys what was begun. TEMPLATES may
// name a folder that holds others, at any depth.
func TestTemplates(t *testing.T) {
	t.Parallel()
	folders := templateFolders(t)
	r := start(t)
	s := r.cli(t, r.Token)
	for _, name := range []string{"fc3", "fc3-domain"} {
		s.ok(t, "testdata/"+name, "registry", "publish")
	}
	s.env, s.limit = emptyAccount(t), buildLimit
	for _, dir := range folders {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			testTemplate(t, r, s.fresh(t), dir) // two of one home would be in each other's way
		})
	}
	t.Logf("%d templates", len(folders))
}

// templateFolders are the folders that hold a publish.yaml.
func templateFolders(t *testing.T) (folders []string) {
	t.Helper()
	top := os.Getenv("TEMPLATES")
	if top == "" {
		top = t.TempDir()
		for _, made := range templates() {
			made.write(t, filepath.Join(top, made.name))
		}
	}
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && slices.Contains([]string{"publish.yaml", "publish.yml"}, d.Name()) && !strings.Contains(path, "/.") {
			folders = append(folders, filepath.Dir(path))
		}
		return err
	})
	if err != nil || len(folders) == 0 {
		t.Fatalf("no templates in %s: %v", top, err)
	}
	return folders
}

// emptyAccount starts a cloud with nothing in it, and returns the environment in
// which the CLI deploys to it.
func emptyAccount(t *testing.T) []string {
	t.Helper()
	lines := new(log)
	cloud, err := local.Start(t.Context(), local.Options{Root: root, Addr: freeAddress(t), Output: lines, Empty: true, NoTimers: true})
	if err != nil {
		t.Fatal(err)
	}
	a := &account{registry: &registry{File: cloud.Ready}, cloud: cloud, log: lines}
	t.Cleanup(func() { a.stop(t) })
	return a.environment()
}

// testTemplate publishes a template, begins a project from it, which must be the
// folder src, and deploys it.
func testTemplate(t *testing.T, r *registry, s cli, dir string) {
	name, version := nameIn(t, dir)
	says(t, s.ok(t, dir, "registry", "publish"), "Publish package "+name+"@"+version+" success.")
	latest := "/v3/packages/" + name + "/release/latest"
	within(t, buildLimit, name+" is released", func() bool { return r.get(t, latest).status == http.StatusOK })
	published := decode[envelope[struct {
		Readme     string
		ZipballURL string `json:"zipball_url"`
	}]](t, r.get(t, latest)).Body
	if readme, err := os.ReadFile(filepath.Join(dir, "readme.md")); err != nil || published.Readme != string(readme) {
		t.Errorf("%s: readme %q, %v", name, published.Readme, err)
	}

	list := "/v3/packages/releases?search=" + name
	within(t, buildLimit, name+" is found", func() bool { return strings.Contains(string(r.get(t, list).body), `"name":"`+name+`"`) })

	begun := filepath.Join(t.TempDir(), name)
	s.ok(t, filepath.Dir(begun), "init", "--uri", published.ZipballURL, "-y", "-d", name, "--parameters", parameters(t, name))
	got, want := tree(t, begun), tree(t, filepath.Join(dir, "src"))
	delete(got, "s.yaml") // filled in
	delete(want, "s.yaml")
	for path := range want {
		if got[path] != want[path] {
			t.Errorf("%s: %s is %.80q, published was %.80q", name, path, got[path], want[path])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d files were begun, %d published: %v", name, len(got), len(want), got)
	}
	if deployed := field(s.ok(t, begun, "deploy", "-y"), "functionName"); !slices.Contains(deployed, functionName(name)) {
		t.Errorf("%s: deployed are %q", name, deployed)
	}
}

// parameters are what a person would be asked for. The emulated cloud has no
// other runtimes.
func parameters(t *testing.T, template string) string {
	t.Helper()
	text, err := json.Marshal(map[string]string{
		"region": "cn-hangzhou", "functionName": functionName(template), "access": "default", "runtime": "custom.debian10",
		"acrImage": "registry.example.com/a/b:c", "ossBucket": "pictures", "functionRole": "", "domainName": "auto",
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// functionName is what the function of a template is called: names of functions
// are shorter than those of packages.
func functionName(template string) string { return template[:min(len(template), 64)] }

// nameIn reads the Name and Version of a template.
func nameIn(t *testing.T, dir string) (name, version string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "publish.yaml"))
	if os.IsNotExist(err) {
		text, err = os.ReadFile(filepath.Join(dir, "publish.yml"))
	}
	if err != nil {
		t.Fatal(err)
	}
	first := func(name string) string { return append(field(string(text), name), "")[0] }
	return first("Name"), first("Version")
}

// tree is what is below a folder: texts, and where links lead.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if d.Type() == fs.ModeSymlink {
			to, err := os.Readlink(path)
			files[name] = "-> " + filepath.Clean(to)
			return err
		}
		text, err := os.ReadFile(path)
		info, infoErr := d.Info()
		if infoErr == nil && info.Mode()&0o100 != 0 {
			text = append(text, "\n(can be run)"...)
		}
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
