package programs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// repository has one command, which says a word, and a folder without one.
func repository(t *testing.T, word string) string {
	t.Helper()
	root := t.TempDir()
	write(t, root, "go.mod", "module example.com/r\n\ngo 1.26\n")
	write(t, root, "commands/without/data.json", "{}")
	say(t, root, word)
	return root
}

func say(t *testing.T, root, word string) {
	t.Helper()
	write(t, root, "commands/say/main.go", fmt.Sprintf("package main\n\nfunc main() { println(%q) }\n", word))
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func built(t *testing.T, root string) (program string) {
	t.Helper()
	dir := t.TempDir()
	if err := Build(t.Context(), root, "commands", func(name string) string { return filepath.Join(dir, "new", name) }); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "new", "say")
}

func says(t *testing.T, program, want string) {
	t.Helper()
	output, err := exec.Command(program).CombinedOutput()
	if got := strings.TrimSpace(string(output)); err != nil || got != want {
		t.Errorf("%s says %q, %v; want %q", program, got, err, want)
	}
}

func TestWhatWasChangedIsBuiltAnew(t *testing.T) {
	t.Parallel()
	root := repository(t, "first")
	before := built(t, root)
	info, err := os.Stat(filepath.Join(root, "commands", "say", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	say(t, root, "other")
	if err := os.Chtimes(filepath.Join(root, "commands", "say", "main.go"), info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	after := built(t, root)
	says(t, before, "first") // whoever has it keeps it
	says(t, after, "other")
}

func TestWhatIsUpToDateIsLinkedOnce(t *testing.T) {
	t.Parallel()
	root := repository(t, "once")
	var programs [3]string
	var all sync.WaitGroup
	for i := range programs {
		all.Go(func() { programs[i] = built(t, root) })
	}
	all.Wait()
	first, err := os.Stat(programs[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if info, err := os.Stat(p); err != nil || !os.SameFile(first, info) {
			t.Errorf("%s is a file of its own: %v", p, err)
		}
		says(t, p, "once")
	}
}

func TestWhatCanNotBeBuiltSaysWhy(t *testing.T) {
	t.Parallel()
	root := repository(t, "good")
	built(t, root)
	write(t, root, "commands/say/main.go", "package main\n\nfunc main() { wrong }\n")
	err := Build(t.Context(), root, "commands", func(string) string { return filepath.Join(t.TempDir(), "say") })
	if err == nil || !strings.Contains(err.Error(), "undefined: wrong") {
		t.Errorf("error %v", err)
	}
}
