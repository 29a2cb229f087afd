package web

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var verbs = regexp.MustCompile(`%[sd]`)

func TestBothLanguagesHaveTheSameMessages(t *testing.T) {
	en, err := readMessages(english)
	if err != nil {
		t.Fatal(err)
	}
	zh, err := readMessages(chinese)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range slices.Sorted(maps.Keys(en)) {
		if en[id] == "" || zh[id] == "" {
			t.Errorf("%s: %q and %q", id, en[id], zh[id])
		}
		if a, b := verbs.FindAllString(en[id], -1), verbs.FindAllString(zh[id], -1); !slices.Equal(a, b) {
			t.Errorf("%s takes %v in English and %v in Chinese", id, a, b)
		}
	}
	for id := range zh {
		if en[id] == "" {
			t.Errorf("%s is in Chinese only", id)
		}
	}
}

// Every id stands in a template or in the code as a text of its own.
func TestNoMessageIsMissingOrUnused(t *testing.T) {
	used := idsInSource(t)
	en, err := readMessages(english)
	if err != nil {
		t.Fatal(err)
	}
	for id := range en {
		counted := strings.TrimSuffix(strings.TrimSuffix(id, ".one"), ".many")
		if !used[id] && !used[counted] {
			t.Errorf("%s is not used", id)
		}
	}
	called := regexp.MustCompile(`\b(t|count) "([^"]+)"`)
	for _, name := range files(t, "templates") {
		for _, call := range called.FindAllStringSubmatch(source(t, "templates/"+name), -1) {
			ids := []string{call[2]}
			if call[1] == "count" {
				ids = []string{call[2] + ".one", call[2] + ".many"}
			}
			for _, id := range ids {
				if _, ok := en[id]; !ok {
					t.Errorf("%s: there is no message %q", name, id)
				}
			}
		}
	}
}

// idsInSource are all quoted texts of the templates and the code.
func idsInSource(t *testing.T) map[string]bool {
	quoted := regexp.MustCompile(`"([a-z][A-Za-z.]*)"`)
	used := make(map[string]bool)
	for _, folder := range []string{".", "templates"} {
		for _, name := range files(t, folder) {
			if strings.HasSuffix(name, "_test.go") || !strings.Contains(".go .html", name[strings.LastIndex(name, "."):]) {
				continue
			}
			for _, match := range quoted.FindAllStringSubmatch(source(t, folder+"/"+name), -1) {
				used[match[1]] = true
			}
		}
	}
	return used
}

func files(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := fs.ReadDir(os.DirFS("."), folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func source(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
