package fc

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// atOnce sends n requests that are at work at the same time, and returns the
// replies.
func atOnce(t *testing.T, c *Cloud, n int) []httpReply {
	t.Helper()
	path, release := hold(t)
	replies := make([]httpReply, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { replies[i] = get(t, c.URL("f")+path) })
	}
	eventually(t, "all are at work", func() bool { return c.busy() == n })
	release()
	all.Wait()
	return replies
}

func TestGo1InstanceServesOneRequestAtATime(t *testing.T) {
	c := start(t, go1Spec(httpTriggers))
	pids := make(map[string]bool)
	for _, r := range atOnce(t, c, 4) {
		if r.status != http.StatusOK {
			t.Fatalf("got %d %s", r.status, r.body)
		}
		pids[r.body] = true
	}
	if len(pids) != 4 || len(c.Instances()) != 4 {
		t.Errorf("4 requests at once ran in %d processes, %d instances", len(pids), len(c.Instances()))
	}
	for range 5 {
		get(t, c.URL("f")+"/echo")
	}
	if n := len(c.Instances()); n != 4 {
		t.Errorf("%d instances after single requests, want the 4 reused", n)
	}
}

func TestCustomInstanceServesInstanceConcurrencyAtOnce(t *testing.T) {
	c := start(t, customSpec("instanceConcurrency: 3", httpTriggers))
	get(t, c.URL("f")+"/echo")
	pids := make(map[string]int)
	for _, r := range atOnce(t, c, 6) {
		pid, most, _ := strings.Cut(r.body, " ")
		pids[pid]++
		if most > "3" {
			t.Errorf("%s requests at once in process %s", most, pid)
		}
	}
	if len(pids) != 2 || len(c.Instances()) != 2 {
		t.Errorf("6 requests, 3 per instance: %v, %d instances", pids, len(c.Instances()))
	}
}

func TestRequestsBeyondTheInstanceLimitAreRefused(t *testing.T) {
	c := start(t, go1Spec(httpTriggers))
	for range maxInstances - 1 {
		if !c.reserve() {
			t.Fatal("the limit is reached too early")
		}
	}
	get(t, c.URL("f")+"/echo") // the last one
	done := make(chan httpReply)
	path, release := hold(t)
	go func() { done <- get(t, c.URL("f")+path) }()
	eventually(t, "the instance works", func() bool { return c.busy() == 1 })
	wantFailure(t, "request 101", get(t, c.URL("f")+"/echo"), http.StatusTooManyRequests, "ResourceExhausted", "100 instances")
	release()
	if r := <-done; r.status != http.StatusOK {
		t.Errorf("the request at work got %d %s", r.status, r.body)
	}
}

func TestIdleInstancesAreStopped(t *testing.T) {
	for name, spec := range map[string]string{"go1": go1Spec(httpTriggers), "custom": customSpec(httpTriggers)} {
		c := start(t, spec, func(o *Options) { o.IdleTimeout = 50 * time.Millisecond })
		get(t, c.URL("f")+"/echo")
		var pid int
		for _, i := range c.Instances() {
			pid = i.PID
		}
		eventually(t, "the instance is stopped", func() bool { return len(c.Instances()) == 0 && (pid == 0 || !alive(pid)) })
		if got := get(t, c.URL("f")+"/echo"); got.status != http.StatusOK {
			t.Errorf("%s: after the stop: %d %s", name, got.status, got.body)
		}
	}
}

func TestInstancesTellTheirTimes(t *testing.T) {
	c := start(t, go1Spec(httpTriggers))
	begin := time.Now()
	get(t, c.URL("f")+"/echo")
	took := time.Since(begin)
	i := c.Instances()[0]
	if i.Function != "function-f" || i.PID == 0 || i.Ready <= 0 || i.FirstAnswer < i.Ready || i.FirstAnswer > took || i.Started.Before(begin) {
		t.Errorf("got %+v after %v", i, took)
	}
}
