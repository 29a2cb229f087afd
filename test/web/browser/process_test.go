package browser

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestChromiumEndsWithTheProgramThatStartedIt(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Chromium's profile is in TMPDIR, and each of its processes names it.
	folder := t.TempDir()
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), holdVariable+"=1", "TMPDIR="+folder)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "started\n" {
		t.Fatalf("the program says %q: %v", line, err)
	}
	if len(processes(t, folder)) < 3 {
		t.Errorf("Chromium runs as %q, want several processes", processes(t, folder))
	}
	cmd.Process.Kill() //nolint:errcheck // Wait tells
	cmd.Wait()         //nolint:errcheck // it was killed
	awaitNone(t, folder)
}

func TestCloseEndsChromium(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	b, err := Start("..")
	if err != nil {
		t.Fatal(err)
	}
	if len(processes(t, folder)) == 0 {
		t.Error("no process of Chromium is found")
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	awaitNone(t, folder)
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
		t.Errorf("Close leaves %q", left)
	}
}

func TestStartSaysWhatIsNotInstalled(t *testing.T) {
	if _, err := Start(t.TempDir()); err == nil || !strings.Contains(err.Error(), "axe.min.js") || !strings.Contains(err.Error(), "test/web/install") {
		t.Errorf("without axe-core: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Start(".."); err == nil || !strings.Contains(err.Error(), `"chromium"`) || !strings.Contains(err.Error(), "test/web/install") {
		t.Errorf("without Chromium: %v", err)
	}
}

func TestStartSaysWhyChromiumDoesNotRun(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "chromium"), []byte("#!/bin/sh\necho no library >&2\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	if _, err := Start(".."); err == nil || !strings.Contains(err.Error(), "no library") {
		t.Errorf("a Chromium that ends at once: %v", err)
	}
}

// awaitNone waits until no process names a folder.
func awaitNone(t *testing.T, folder string) {
	t.Helper()
	var left []string
	for range 100 {
		if left = processes(t, folder); len(left) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("still running: %q", left)
}

// processes returns the command lines that name a folder.
func processes(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(files) == 0 {
		t.Fatalf("no processes below /proc: %v", err)
	}
	var found []string
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err == nil && bytes.Contains(line, []byte(folder)) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}
