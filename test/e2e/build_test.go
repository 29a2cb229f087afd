package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestBuild builds a function twice: in another folder, with other settings of
// Go, and for a user whose files are nobody else's.
func TestBuild(t *testing.T) {
	t.Parallel()
	here, there := checkout(t), checkout(t)
	runBuild(t, here, "./scripts/build query-latest")
	runBuild(t, there, "umask 077; ./scripts/build query-latest", "GOFLAGS=-tags=other", "GOAMD64=v3", "TZ=Asia/Shanghai")
	var programs [][]byte
	for _, dir := range []string{here, there} {
		path := filepath.Join(dir, "target", "query-latest", "main")
		program, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, program)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if first := time.Date(1980, 1, 2, 0, 0, 0, 0, time.UTC); info.Mode() != 0o755 || !info.ModTime().Equal(first) {
			t.Errorf("%v of %v, want -rwxr-xr-x of %v", info.Mode(), info.ModTime().UTC(), first)
		}
	}
	if !bytes.Equal(programs[0], programs[1]) {
		t.Errorf("%d and %d bytes, and not the same", len(programs[0]), len(programs[1]))
	}
}

func runBuild(t *testing.T, dir, command string, env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, output)
	}
}
