package manifest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Real publish.yaml files are read. PUBLISH_YAML_CORPUS may name a folder of
// more of them than those in testdata, which are written in their likeness.
func TestCorpus(t *testing.T) {
	folder := "testdata/corpus"
	if named := os.Getenv("PUBLISH_YAML_CORPUS"); named != "" {
		folder = named
	}
	// By the package's name, what its publisher has to change.
	refused := map[string]string{"wss-test": "Commands is missing"}
	paths, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no *.yaml in %s: %v", folder, err)
	}
	found := 0
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			p := readPublish(t, path)
			if p.Name == "" || p.Version == "" || p.Description == "" || len(p.Providers) == 0 || len(p.Tags) == 0 {
				t.Errorf("read only %+v", p)
			}
			err := p.Check()
			why, expected := refused[p.Name]
			switch {
			case err == nil && expected:
				t.Errorf("accepted, want %q", why)
			case err == nil:
			case expected:
				found++
				t.Logf("refused: %v", err)
				wantInvalid(t, err, why)
			default:
				t.Errorf("refused: %v", err)
			}
			if err := registry.CheckName(p.Name); err != nil {
				t.Error(err)
			}
			if _, err := registry.ParseVersion(p.Version); err != nil && p.Version != "dev" {
				t.Error(err)
			}
		})
	}
	if found != len(refused) {
		t.Errorf("%d files were refused, want %d", found, len(refused))
	}
	t.Logf("%d files in %s", len(paths), folder)
}

func readPublish(t *testing.T, path string) manifest.Publish {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := manifest.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
