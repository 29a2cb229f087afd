package rules

import (
	"bytes"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheReadmesTestsAreThere keeps the names that show each promise true.
func TestTheReadmesTestsAreThere(t *testing.T) {
	var tests []byte
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "node_modules" {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile("../../" + path)
		tests = append(tests, text...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, readme := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile("../../" + readme)
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllSubmatch(text, -1)
		if len(names) == 0 {
			t.Errorf("%s names no test", readme)
		}
		for _, name := range names {
			if !bytes.Contains(tests, []byte("\nfunc "+string(name[1])+"(t ")) {
				t.Errorf("%s names %s, which there is not", readme, name[1])
			}
		}
	}
}
