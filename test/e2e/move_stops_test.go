package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// environmentFile is how a registry in an account is named.
func (s team) environmentFile(t *testing.T) string {
	t.Helper()
	var lines strings.Builder
	lines.WriteString("# a registry\n\n")
	for _, name := range []string{
		"MASTER_KEY", "TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE", "OSS_ENDPOINT", "OSS_PUBLIC_ENDPOINT", "OSS_REGION",
		"OSS_BUCKET", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
	} {
		fmt.Fprintf(&lines, "export %s='%s'\n", name, s.Getenv(name))
	}
	path := filepath.Join(t.TempDir(), "account.env")
	if err := os.WriteFile(path, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func testCopy(t *testing.T, from, to team) {
	args := []string{"copy", "-from", from.ready, "-to", to.environmentFile(t)}
	stdout, stderr, code := command(t, nil, from.admin, append(args, "-package", "begin")...)
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	says(t, stdout, "imported 1 packages: 2 releases and deleted numbers added")
	untilDone(t, from.admin, args)
	same(t, from, to)
	_, stderr, code = command(t, nil, from.admin, "copy", "-to", to.ready)
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	says(t, stderr, "copy needs -from FILE")
}

// testStops ends exports, of both forms, again and again.
func testStops(t *testing.T, from team, dir string) {
	from.command(t, "export", dir)
	want := exported(t, dir)
	other := filepath.Join(t.TempDir(), "other")
	untilDone(t, from.admin, []string{"-ready", from.ready, "export", other})
	if !maps.Equal(exported(t, other), want) {
		t.Error("the files are others")
	}
	file := filepath.Join(t.TempDir(), "other.tar")
	untilDone(t, from.admin, []string{"-ready", from.ready, "export", file})
	third := newTeam(t, start(t))
	untilDone(t, from.admin, []string{"-ready", third.ready, "import", file})
	same(t, from, third)
}

// untilDone ends a command earlier and later, by signals in turn, until it was
// faster.
func untilDone(t *testing.T, program string, args []string) {
	t.Helper()
	stopped := 0
	for after := 20 * time.Millisecond; after < 10*time.Minute; after += after / 2 {
		signal := []os.Signal{syscall.SIGKILL, os.Interrupt}[stopped%2]
		stderr, done := until(t, exec.Command(program, args...), after, signal)
		if done {
			if stopped == 0 {
				t.Error("it was never stopped")
			}
			return
		}
		stopped++
		if stderr != "" {
			says(t, stderr, "stopped. Run the same command again: it goes on where it was")
		}
	}
	t.Fatalf("%v does not end", args)
}

// until ends a command after a time, and tells whether it was done by then.
func until(t *testing.T, cmd *exec.Cmd, after time.Duration, signal os.Signal) (stderr string, done bool) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stderr, cmd.Env = &said, append(os.Environ(), "TMPDIR="+t.TempDir()) // a killed one leaves its files
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Signal(signal) }) //nolint:errcheck // it may have ended
	defer timer.Stop()
	err := cmd.Wait()
	if strings.Contains(said.String(), "is there already") { // the last run was killed after its work
		return "", true
	}
	return said.String(), err == nil
}
