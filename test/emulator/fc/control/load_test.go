package control_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/fc"
)

// load asks a function for its answer, over and over, until stop.
type load struct {
	stopped  chan struct{}
	once     sync.Once
	clients  sync.WaitGroup
	answered atomic.Int64
}

func startLoad(t *testing.T, url string) *load {
	l := &load{stopped: make(chan struct{})}
	for range 4 {
		l.clients.Go(func() {
			for {
				select {
				case <-l.stopped:
					return
				default:
					get(t, url+"/answer")
					l.answered.Add(1)
				}
			}
		})
	}
	t.Cleanup(l.stop)
	return l
}

// more waits until some more requests are answered.
func (l *load) more(t *testing.T) {
	from := l.answered.Load()
	eventually(t, "more requests are answered", func() bool { return l.answered.Load() > from+20 })
}

func (l *load) stop() {
	l.once.Do(func() { close(l.stopped) })
	l.clients.Wait()
}

func TestUpdatesUnderLoadFailNoRequest(t *testing.T) {
	p := start(t, "")
	n := client(t, p, keySecret)
	custom, go1 := n.upload(programs["custom"]), n.upload(programs["go1"])
	n.call(200, "createFunction", customFunction("0", custom))
	url := n.call(200, "createTrigger", "api", httpTrigger).url(t)
	l := startLoad(t, url)
	var replaced []fc.Instance
	for i := 1; i <= 10; i++ {
		l.more(t)
		replaced = append(replaced, p.cloud.Instances()...)
		f := object{"environmentVariables": object{"ANSWER": fmt.Sprint(i)}}
		switch i % 4 {
		case 0:
			f["code"], f["runtime"], f["instanceConcurrency"] = custom, "custom.debian10", 20
		case 2:
			f["code"], f["runtime"], f["instanceConcurrency"] = go1, "go1", 1
		}
		n.call(200, "updateFunction", "api", f)
		if got := get(t, url+"/answer"); got != fmt.Sprint(i) {
			t.Errorf("after update %d the answer is %s", i, got)
		}
	}
	for range 50 {
		if got := get(t, url+"/answer"); got != "10" {
			t.Errorf("after the last update the answer is %s", got)
		}
	}
	l.stop()
	t.Logf("%d requests", l.answered.Load())
	for _, i := range replaced {
		eventually(t, "a replaced instance has ended", func() bool { return errors.Is(syscall.Kill(i.PID, 0), syscall.ESRCH) })
	}
	eventually(t, "only the code in service is left", func() bool { return len(unpacked(t, p.cloud.TempDir())) == 1 })
}

func TestManyFunctionsAreDeployedAtOnce(t *testing.T) {
	p := start(t, "")
	zip := inline(programs["custom"])
	const count = 8
	var all sync.WaitGroup
	for i := range count {
		all.Go(func() {
			name := fmt.Sprintf("f%d", i)
			f := customFunction(name, zip)
			f["functionName"] = name
			p.call(t, "POST", "/functions", f).want(t, name, 200, "")
			trigger := p.call(t, "POST", "/functions/"+name+"/triggers", httpTrigger)
			url := trigger.body["httpTrigger"].(object)["urlInternet"].(string)
			if got := get(t, url+"/answer"); got != name {
				t.Errorf("%s answers %q", name, got)
			}
			p.call(t, "DELETE", "/functions/"+name+"/triggers/http", nil).want(t, name, 204, "")
			p.call(t, "DELETE", "/functions/"+name, nil).want(t, name, 204, "")
		})
	}
	all.Wait()
	wantNothingLeft(t, p)
}

func TestOneFunctionIsCreatedAtOnceByMany(t *testing.T) {
	p := start(t, "")
	f := customFunction("x", inline(programs["small"]))
	var all sync.WaitGroup
	var created atomic.Int32
	for range 6 {
		all.Go(func() {
			switch a := p.call(t, "POST", "/functions", f); {
			case a.status == http.StatusOK:
				created.Add(1)
			case a.code != "FunctionAlreadyExists":
				t.Errorf("got %v", a)
			}
		})
	}
	all.Wait()
	if n := len(unpacked(t, p.cloud.TempDir())); created.Load() != 1 || n != 1 {
		t.Errorf("created %d times, %d folders with code", created.Load(), n)
	}
}
