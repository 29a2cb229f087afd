package markdown_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/markdown"
)

var update = flag.Bool("update", false, "write what is rendered to testdata, for you to review")

func TestReadmes(t *testing.T) {
	sources, err := filepath.Glob("testdata/*.md")
	if err != nil || len(sources) == 0 {
		t.Fatalf("%d readmes (error %v)", len(sources), err)
	}
	r, check := markdown.New(), newChecker()
	for _, path := range sources {
		t.Run(path, func(t *testing.T) {
			source := read(t, path)
			rendered := string(r.HTML(source, prefix))
			check.safe(t, rendered)
			compare(t, path[:len(path)-len(".md")]+".html", rendered)
		})
	}
}

// compare fails the test unless got is what the file holds.
func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := read(t, path); got != want {
		t.Errorf("differs from %s:\n%s", path, got)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
