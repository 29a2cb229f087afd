package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/local/ready"
	"github.com/fc-registry/fc-registry/test/programs"
)

// build makes the programs below scripts, and returns one of them.
func build(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := programs.Build(t.Context(), root, "scripts", func(name string) string { return filepath.Join(dir, name) }); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// process is a running scripts/local.
type process struct {
	registry
	ready  string // file
	stdout *log
	stderr *log
	cmd    *exec.Cmd
	exited chan struct{}
}

// startLimit is how long scripts/local may take, which builds the functions, on
// a busy machine.
const startLimit = 10 * time.Minute

// launch starts scripts/local and waits until it says that all answers.
func launch(t *testing.T, program, address, data string) *process {
	t.Helper()
	p := begin(t, address, data, program)
	p.awaitReady(t)
	return p
}

// awaitReady waits until it says that all answers.
func (p *process) awaitReady(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(startLimit); ; time.Sleep(20 * time.Millisecond) {
		select {
		case <-p.exited:
			t.Fatalf("local ended: %v\n%s", p.cmd.ProcessState, p.stderr)
		default:
		}
		if file, err := ready.Read(p.ready); err == nil {
			p.File = file
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("not ready after %v: %v\n%s", startLimit, err, p.stderr)
		}
	}
}

// begin runs a command that is scripts/local.
func begin(t *testing.T, address, data string, command ...string) *process {
	t.Helper()
	p := &process{ready: filepath.Join(t.TempDir(), "ready.json"), stdout: &log{}, stderr: &log{}, exited: make(chan struct{})}
	p.cmd = exec.Command(command[0], append(command[1:], "-addr", address, "-data", data, "-ready", p.ready)...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = root, p.stdout, p.stderr
	p.cmd.Env, p.cmd.WaitDelay = append(os.Environ(), fmt.Sprintf("LOCAL_PATIENCE=%d", slowness)), 5*time.Second
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		p.cmd.Wait() //nolint:errcheck // how it ended is in ProcessState
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill() //nolint:errcheck // it may have ended
		<-p.exited
		if t.Failed() {
			t.Logf("local's log:\n%s", p.stderr)
		}
	})
	return p
}

// end sends a signal and returns the exit code; -1 when a signal ended it.
func (p *process) end(t *testing.T, signal os.Signal) int {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	return p.wait(t, patience)
}

// wait returns the exit code.
func (p *process) wait(t *testing.T, limit time.Duration) int {
	t.Helper()
	select {
	case <-p.exited:
	case <-time.After(limit):
		t.Fatalf("still running after %v", limit)
	}
	return p.cmd.ProcessState.ExitCode()
}

// children returns the processes that a process has started.
func (p *process) children(t *testing.T) []int {
	t.Helper()
	entries, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(entries) == 0 {
		t.Fatalf("no processes below /proc: %v", err)
	}
	var children []int
	for _, path := range entries {
		if id, _, parent := status(path); parent == p.cmd.Process.Pid {
			children = append(children, id)
		}
	}
	return children
}

// status reads a stat file of /proc; all is zero when the process is gone.
func status(path string) (id int, state string, parent int) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, "", 0
	}
	// The name, in parentheses, may hold anything.
	before, _, _ := bytes.Cut(text, []byte(" ("))
	after := text[bytes.LastIndexByte(text, ')')+1:]
	fmt.Sscan(string(before), &id)            //nolint:errcheck
	fmt.Sscan(string(after), &state, &parent) //nolint:errcheck
	return id, state, parent
}

// alive leaves out processes that have ended, also those of which nobody has
// taken notice yet.
func alive(ids []int) []int {
	var living []int
	for _, id := range ids {
		_, state, _ := status(fmt.Sprintf("/proc/%d/stat", id))
		if state != "" && state != "Z" && state != "X" {
			living = append(living, id)
		}
	}
	return living
}

// command runs a program to its end.
func command(t *testing.T, env []string, program string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs strings.Builder
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr, cmd.Env = &out, &errs, env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { cmd.Process.Signal(syscall.SIGKILL) }) //nolint:errcheck
	defer timer.Stop()
	cmd.Wait() //nolint:errcheck // how it ended is in ProcessState
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}
