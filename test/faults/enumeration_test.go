package faults

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

// kind is what happens to a call.
type kind struct {
	name string
	rule func(p *point, s scenario) fault.Rule
}

var failed = kind{"fails before it acts", func(*point, scenario) fault.Rule {
	// A code of which the SDKs know nothing, so that they don't try again.
	return fault.Rule{Action: fault.Fail, Failure: fault.Failure{Status: 500, Code: "Injected", Message: "by the test"}}
}}

var lost = kind{"acts, its answer is lost", func(*point, scenario) fault.Rule {
	return fault.Rule{Action: fault.Drop}
}}

var killed = kind{"acts, then the process is killed", func(p *point, s scenario) fault.Rule {
	return fault.Rule{Action: fault.Drop, Hook: func(fault.Call) {
		if err := p.kill(s.function); err != nil {
			p.t.Errorf("kill: %v", err)
		}
	}}
}}

// TestEveryStorageCallFails has each storage call of each change fail, and lose
// its answer. The functions run in this process.
func TestEveryStorageCallFails(t *testing.T) {
	t.Parallel()
	enumerate(t, inProcess, failed, lost)
}

// TestEveryStorageCallIsTheLast has the function's process, or the
// administrator's, killed right after each storage call of each change.
func TestEveryStorageCallIsTheLast(t *testing.T) {
	t.Parallel()
	enumerate(t, func(t *testing.T) *world {
		w := processes(t, 0)
		commands(t, w)
		return w
	}, killed)
}

// tally is what an enumeration came to.
type tally struct {
	mu                        sync.Mutex
	points, repeated, orphans int
}

func enumerate(t *testing.T, start func(*testing.T) *world, kinds ...kind) {
	var all tally
	t.Run("all", func(t *testing.T) {
		for name, group := range groups() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := start(t)
				w.hook(t)
				for i, s := range group {
					s.enumerate(t, w, fmt.Sprintf("%s-%d", name, i), &all, kinds)
				}
				w.uploadsExpire(t)
			})
		}
	})
	if all.points == 0 || all.repeated == 0 {
		t.Fatalf("tried %d points, of which %d reached the client: the faults do not reach the functions", all.points, all.repeated)
	}
	t.Logf("tried %d points; at %d the client had to try again; before that, %d had left a ZIP that no release refers to", all.points, all.repeated, all.orphans)
}

// enumerate has a fault of each kind meet each storage call of a scenario.
func (s scenario) enumerate(t *testing.T, w *world, name string, all *tally, kinds []kind) {
	calls, orphans := count(t, w, s, name), 0
	for k, kind := range kinds {
		for n, call := range calls {
			label := fmt.Sprintf("%s/call %d of %d, %s, %s", s.name, n+1, len(calls), call, kind.name)
			t.Run(label, func(t *testing.T) {
				p := newPoint(t, w, fmt.Sprintf("%s-%d-%d", name, k, n))
				repeated, orphan := p.meet(s, kind, n+1, call)
				all.add(repeated, orphan)
				if orphan {
					orphans++
				}
			})
		}
	}
	t.Logf("%s: %d storage calls; %d faults left a ZIP without a release until it was tried again", s.name, len(calls), orphans)
}

func (a *tally) add(repeated, orphan bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.points++
	if repeated {
		a.repeated++
	}
	if orphan {
		a.orphans++
	}
}

// downloads is the table in which downloads are counted.
const downloads = "downloads"

// count returns the storage calls of a scenario, from a run without faults. They
// end where downloads are counted: whether that is due, the clock decides.
func count(t *testing.T, w *world, s scenario, name string) []string {
	var mu sync.Mutex
	var calls []string
	counting := false
	p := newPoint(t, w, name)
	s.setup(p)
	w.plan.Add(fault.Rule{Action: fault.Watch, Hook: func(c fault.Call) {
		mu.Lock()
		defer mu.Unlock()
		counting = counting || c.Resource == downloads
		if counting {
			return
		}
		calls = append(calls, c.Operation+" "+filepath.Dir("/" + c.Resource)[1:])
	}})
	err := s.act(p)
	w.plan.Clear()
	must(t, err)
	p.finish(s)
	mu.Lock()
	defer mu.Unlock()
	if len(calls) == 0 {
		t.Fatalf("%s makes no storage call", s.name)
	}
	return calls
}

// meet runs a scenario whose n-th storage call meets a fault, and tells whether
// the client had to try again, and whether a ZIP without a release was there
// before that.
func (p *point) meet(s scenario, k kind, n int, call string) (repeated, orphan bool) {
	s.setup(p)
	var seen atomic.Int64
	p.plan.Add(fault.Rule{Action: fault.Watch, Hook: func(fault.Call) { seen.Add(1) }})
	rule := k.rule(p, s)
	rule.Nth = n
	p.plan.Add(rule)
	err := s.act(p)
	p.plan.Clear()
	if seen.Load() < int64(n) {
		p.t.Errorf("only %d storage calls were made", seen.Load())
	}
	if err != nil && k.name == lost.name && strings.Contains(call, "Row") {
		p.t.Errorf("the SDK sends the call again by itself, but the client is told: %v", err)
	}
	p.between()
	orphan = p.orphans() > 0
	if err != nil {
		p.repeat(s)
	}
	p.finish(s)
	return err != nil, orphan
}

// repeat tries again, a few times.
func (p *point) repeat(s scenario) {
	again := s.again
	if again == nil {
		again = s.act
	}
	var err error
	for range 3 {
		if err = again(p); err == nil {
			return
		}
	}
	p.t.Errorf("trying again does not help: %v", err)
}

func (p *point) finish(s scenario) {
	p.notify()
	s.done(p)
	p.check()
}
