package fc

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const hooks = "instanceLifecycleConfig: {initializer: {handler: h, timeout: 2}, preStop: {handler: h, timeout: 2}}"

func TestInitializerAndPreStopRunOncePerInstance(t *testing.T) {
	for name, test := range map[string]struct {
		spec func(...string) string
		want string
	}{
		"go1":    {go1Spec, "initialized\nstopping\n"},
		"custom": {customSpec, "POST /initialize 0 \nGET /pre-stop 0 \n"},
	} {
		record := filepath.Join(t.TempDir(), "record")
		c := start(t, test.spec("environmentVariables: {RECORD: "+record+"}", hooks, httpTriggers))
		for range 3 {
			get(t, c.URL("f")+"/echo")
		}
		closeCloud(t, c)
		if text, err := os.ReadFile(record); err != nil || string(text) != test.want {
			t.Errorf("%s: got %q, %v", name, text, err)
		}
	}
}

func TestFailedInitializerIsAnswered(t *testing.T) {
	c := start(t, go1Spec("environmentVariables: {INITIALIZER: panic}", hooks, httpTriggers))
	got := get(t, c.URL("f")+"/echo")
	if got.status != 502 || !strings.Contains(got.body, "no initialization today") || len(c.Instances()) != 0 {
		t.Errorf("got %d %s, instances %v", got.status, got.body, c.Instances())
	}
}

func TestCloseLeavesNoProcess(t *testing.T) {
	for name, spec := range map[string]func(...string) string{"go1": go1Spec, "custom": customSpec} {
		c := start(t, spec("timeout: 3600", httpTriggers), func(o *Options) { o.Patience = 1 })
		get(t, c.URL("f")+"/echo")
		go func() { // at work when the cloud is closed
			if response, err := http.Get(c.URL("f") + "/sleep?for=1h"); err == nil {
				response.Body.Close()
			}
		}()
		eventually(t, "the request is at work", func() bool { return c.busy() > 0 })
		pids := c.Instances()
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil { // and it ends before the request would
			t.Errorf("%s: Close: %v", name, err)
		}
		for _, i := range pids {
			if alive(i.PID) {
				t.Errorf("%s: process %d is left", name, i.PID)
			}
		}
		if _, err := os.Stat(c.scratch); !os.IsNotExist(err) {
			t.Errorf("%s: folder %s is left: %v", name, c.scratch, err)
		}
	}
}

func TestKilledEmulatorLeavesNoProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("this system can't end children with their parent") // process_other.go says so
	}
	for name, spec := range map[string]string{"go1": go1Spec(httpTriggers), "custom": customSpec(httpTriggers)} {
		path := filepath.Join(t.TempDir(), "s.yaml")
		if err := os.WriteFile(path, []byte(spec), 0o600); err != nil {
			t.Fatal(err)
		}
		parent := exec.Command(filepath.Join(programs, "parent"), path, programs)
		parent.Env = append(os.Environ(), "TMPDIR="+t.TempDir()) // it can't clean up
		parent.Stderr = os.Stderr
		stdout, err := parent.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := parent.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(stdout).ReadString('\n')
		pid, _ := strconv.Atoi(strings.TrimSpace(line))
		if pid == 0 || !alive(pid) {
			t.Errorf("%s: no function runs: %q, %v", name, line, err)
		}
		parent.Process.Kill()
		parent.Wait()
		eventually(t, name+": the function's process is gone", func() bool { return !running(pid) })
	}
}

// running is alive, but for processes that wait for somebody to collect them:
// an orphan's collector need not be there in a container.
func running(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}
