package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/test/local/ready"
)

// kills is how often the local cloud is killed.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("FAULTS_KILLS")
	if text == "" {
		return 6
	}
	n, err := strconv.Atoi(text)
	must(t, err)
	return n
}

// TestKilledCloud ends the whole local cloud by SIGKILL at random moments, while
// clients publish and delete: what was acknowledged is there after the restart.
func TestKilledCloud(t *testing.T) {
	t.Parallel()
	programs, err := buildScripts()
	must(t, err)
	c := &killable{program: filepath.Join(programs, "local"), data: t.TempDir(), address: freeAddress(t)}
	var total ledger
	c.start(t)
	for round := range kills(t) {
		l := c.load(t, round)
		c.start(t)
		l.verify(t, client{base: c.Registry, token: c.Token})
		total.add(l)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	if len(total.released) == 0 || total.cut == 0 {
		t.Fatalf("%d releases, %d requests were cut: there was no load", len(total.released), total.cut)
	}
	t.Logf("%d releases and %d deletions were acknowledged, %d requests were cut off", len(total.released), len(total.deleted), total.cut)
	c.rereadAll(t)
}

// killable is scripts/local with its data on disk.
type killable struct {
	ready.File
	program, data, address string
	cmd                    *exec.Cmd
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l := listen(t)
	must(t, l.Close())
	return l.Addr().String()
}

// start starts it, unless it runs, and waits until it answers.
func (c *killable) start(t *testing.T) {
	t.Helper()
	if c.cmd != nil {
		return
	}
	file := filepath.Join(t.TempDir(), "ready.json")
	c.cmd = exec.Command(c.program, "-addr", c.address, "-data", c.data, "-ready", file)
	c.cmd.Dir, c.cmd.Env = root, append(os.Environ(), "LOCAL_PATIENCE=20", "TMPDIR="+filepath.Dir(file)) // nobody cleans up after a kill
	log, err := os.Create(file + ".log")
	must(t, err)
	c.cmd.Stdout, c.cmd.Stderr = log, log
	must(t, c.cmd.Start())
	must(t, log.Close())
	t.Cleanup(func() { c.end(t) })
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if c.File, err = ready.Read(file); err == nil {
			return
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(file + ".log") // as much as there is
			t.Fatalf("scripts/local is not ready: %v\n%s", err, text)
		}
	}
}

// end kills it, unless it has ended.
func (c *killable) end(t *testing.T) {
	if c.cmd == nil {
		return
	}
	if err := c.cmd.Process.Kill(); err != nil {
		t.Errorf("kill: %v", err)
	}
	c.cmd.Wait() //nolint:errcheck // a signal ended it
	c.cmd = nil
}

// load lets clients work until the cloud is killed under them.
func (c *killable) load(t *testing.T, round int) *ledger {
	t.Helper()
	owner := client{base: c.Registry, token: c.Token}
	l := new(ledger)
	var all sync.WaitGroup
	for id := range 4 {
		all.Go(func() { l.work(t.Context(), owner, fmt.Sprintf("killed-%d-%d", round, id)) })
	}
	eventually(t, "something is released", l.begun)
	time.Sleep(rand.N(700 * time.Millisecond))
	c.end(t)
	all.Wait()
	return l
}

// rereadAll has the administrator's verification read every ZIP again.
func (c *killable) rereadAll(t *testing.T) {
	t.Helper()
	admin, err := app.NewAdmin(c.Getenv)
	must(t, err)
	n := 0
	for checked, err := range admin.Verifying.Verify(context.Background()) {
		must(t, err)
		if n++; checked.Problem != "" {
			t.Errorf("%s %s: %s", checked.Release.Name, checked.Release.Version, checked.Problem)
		}
	}
	t.Logf("read %d ZIPs again", n)
}
