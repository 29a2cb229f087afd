package fc

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// empty is a cloud with nothing deployed.
func empty(t testing.TB) *Cloud {
	t.Helper()
	c, err := New(Options{Account: sts.NewAccount("id", "secret", time.Now), Region: "cn-hangzhou", AccountID: "1234567890"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeCloud(t, c) })
	return c
}

// answering is a function whose requests are answered by the environment
// variable ANSWER.
func answering(runtime, answer string) *Function {
	f := &Function{
		Name: "f", Runtime: runtime, Handler: "go1", CodeDir: programs, Env: map[string]string{"ANSWER": answer},
		Timeout: time.Hour, MemorySize: 128, Concurrency: 1, Triggers: Triggers{HTTP: &HTTPTrigger{Methods: []string{"GET"}}},
	}
	if f.custom() {
		f.Command, f.Concurrency = []string{filepath.Join(programs, "custom")}, 10
	}
	return f
}

// deploy puts a function into service as "f" and tells over the channel when
// it has ended.
func deploy(t testing.TB, c *Cloud, f *Function) <-chan struct{} {
	t.Helper()
	ended := make(chan struct{})
	if err := c.Deploy("f", f, func() { close(ended) }); err != nil {
		t.Fatal(err)
	}
	return ended
}

func serve(t testing.TB, c *Cloud) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Serve("f", listener); err != nil {
		t.Fatal(err)
	}
}

func wait(t testing.TB, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(2 * time.Minute):
		t.Fatalf("waited 2 minutes in vain: %s", what)
	}
}

func TestReplacedFunctionFailsNoRequest(t *testing.T) {
	for _, runtime := range []string{"go1", "custom"} {
		c := empty(t)
		var ended []<-chan struct{}
		ended = append(ended, deploy(t, c, answering(runtime, "0")))
		serve(t, c)
		stop := make(chan struct{})
		var clients sync.WaitGroup
		var answered atomic.Int64
		for range 4 {
			clients.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					got := get(t, c.URL("f")+"/answer")
					if got.status != http.StatusOK {
						t.Errorf("%s: got %d %s", runtime, got.status, got.body)
					}
					answered.Add(1)
				}
			})
		}
		const updates = 10
		for n := 1; n <= updates; n++ {
			from := answered.Load()
			eventually(t, "more requests are answered", func() bool { return answered.Load() > from+10 })
			ended = append(ended, deploy(t, c, answering(runtime, fmt.Sprint(n))))
		}
		if got := get(t, c.URL("f")+"/answer"); got.body != fmt.Sprint(updates) {
			t.Errorf("%s: after the updates the answer is %s", runtime, got.body)
		}
		close(stop)
		clients.Wait()
		for _, e := range ended[:updates] {
			wait(t, runtime+": a replaced function ends", e)
		}
		select {
		case <-ended[updates]:
			t.Errorf("%s: the function in service has ended", runtime)
		default:
		}
	}
}

func TestReplacedFunctionFinishesItsRequestAndStops(t *testing.T) {
	record := filepath.Join(t.TempDir(), "record")
	c := empty(t)
	old := answering("custom", "old")
	old.PreStop, old.Env["RECORD"] = &Hook{Timeout: time.Second}, record
	ended := deploy(t, c, old)
	serve(t, c)
	slow := make(chan string)
	path, release := hold(t)
	go func() { slow <- get(t, c.URL("f")+path).body }()
	eventually(t, "the request is at work", func() bool { return c.busy() == 1 })
	deploy(t, c, answering("custom", "new"))
	if got := get(t, c.URL("f")+"/answer"); got.body != "new" {
		t.Errorf("got %s", got.body)
	}
	select {
	case <-ended:
		t.Error("the old instance ended with a request at work")
	default:
	}
	release()
	if body := <-slow; body == "" {
		t.Error("the request at work got no answer")
	}
	wait(t, "the old instance ends", ended)
	if text, err := os.ReadFile(record); err != nil || string(text) != "GET /pre-stop 0 \n" {
		t.Errorf("preStop: got %q, %v", text, err)
	}
	if n := len(c.Instances()); n != 1 {
		t.Errorf("%d instances", n)
	}
}

func TestRemovedFunctionLeavesNoProcessAndNoAddress(t *testing.T) {
	for _, runtime := range []string{"go1", "custom"} {
		c := empty(t)
		ended := deploy(t, c, answering(runtime, "x"))
		serve(t, c)
		url := c.URL("f")
		get(t, url+"/answer")
		pid := c.Instances()[0].PID
		go func() {
			if response, err := http.Get(url + "/sleep?for=1h"); err == nil { // cut
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		}()
		eventually(t, "the request is at work", func() bool { return c.busy() == 1 })
		c.Remove("f")
		wantClosed(t, url)
		wait(t, runtime+": the function ends", ended)
		if alive(pid) || len(c.Instances()) > 0 || c.URL("f") != "" {
			t.Errorf("%s: something is left: %v", runtime, c.Instances())
		}
		c.Remove("f")
	}
}

func TestTriggersChangeWithoutNewInstances(t *testing.T) {
	c := empty(t)
	deploy(t, c, answering("custom", "x"))
	serve(t, c)
	url := c.URL("f")
	get(t, url+"/answer")
	pid := c.Instances()[0].PID
	if err := c.SetTriggers("f", Triggers{HTTP: &HTTPTrigger{Methods: []string{"POST"}}}); err != nil {
		t.Fatal(err)
	}
	wantFailure(t, "GET", get(t, url+"/answer"), http.StatusMethodNotAllowed, "MethodNotAllowed", "GET")
	if got := do(t, "POST", url+"/answer", ""); got.body != "x" || c.Instances()[0].PID != pid {
		t.Errorf("got %q, instances %v", got.body, c.Instances())
	}
	if err := c.SetTriggers("f", Triggers{}); err != nil {
		t.Fatal(err)
	}
	wantClosed(t, url)
}

func wantClosed(t testing.TB, url string) {
	t.Helper()
	if conn, err := net.Dial("tcp", url[len("http://"):]); err == nil {
		conn.Close()
		t.Errorf("%s is still open", url)
	}
}
