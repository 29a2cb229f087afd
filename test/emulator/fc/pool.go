package fc

import (
	"context"
	"slices"
	"sync"
	"syscall"
	"time"
)

// pool holds the instances of one function. A request goes to the instance
// used last that has a place; when none has, it waits for one that is started
// for it or becomes free before.
type pool struct {
	cloud *Cloud
	fn    *Function
	role  *role
	slots int    // requests at once per instance
	ended func() // told when nothing of the pool is left

	requests sync.WaitGroup // let in by the deployment
	starting sync.WaitGroup // boots

	mu      sync.Mutex
	all     []*instance
	free    []*instance // with a place left, used last at the end
	waiting []chan place
	booting int
	closed  bool
}

// place is what a waiting request gets.
type place struct {
	instance *instance
	failure  *failure
}

// acquire takes a place on an instance; release gives it back.
func (p *pool) acquire(ctx context.Context) (*instance, *failure) {
	p.mu.Lock()
	if i := p.take(); i != nil {
		p.mu.Unlock()
		return i, nil
	}
	wait := make(chan place, 1)
	p.waiting = append(p.waiting, wait)
	p.grow()
	p.mu.Unlock()
	select {
	case got := <-wait:
		return got.instance, got.failure
	case <-ctx.Done():
		p.leave(wait)
		return nil, gone()
	}
}

// take returns a free instance, nil for none.
func (p *pool) take() *instance {
	if len(p.free) == 0 {
		return nil
	}
	i := p.free[len(p.free)-1]
	i.active++
	if i.active == p.slots {
		p.free = p.free[:len(p.free)-1]
	}
	return i
}

// leave takes a request that was given up out of the queue.
func (p *pool) leave(wait chan place) {
	p.mu.Lock()
	at := slices.Index(p.waiting, wait)
	if at >= 0 {
		p.waiting = slices.Delete(p.waiting, at, at+1)
	}
	p.mu.Unlock()
	if at < 0 {
		if got := <-wait; got.instance != nil {
			p.release(got.instance, gone())
		}
	}
}

// release gives a place back after a request. An instance that ran out of time
// or broke gets no more requests, and is ended after those that it has.
func (p *pool) release(i *instance, f *failure) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	i.used = now
	i.active--
	if f != nil && f.fatal {
		p.drop(i)
		i.broken = true
	} else if i.firstAnswer == 0 {
		i.firstAnswer = now.Sub(i.proc().started)
	}
	if i.broken && i.active == 0 {
		i.proc().signal(syscall.SIGKILL)
	}
	if i.lost {
		return
	}
	if i.active == p.slots-1 {
		p.free = append(p.free, i)
	}
	p.serveWaiting()
}

// serveWaiting gives free places to those who wait, first come first served.
func (p *pool) serveWaiting() {
	for len(p.waiting) > 0 {
		i := p.take()
		if i == nil {
			return
		}
		p.waiting[0] <- place{instance: i}
		p.waiting = p.waiting[1:]
	}
}

// grow starts as many instances as the waiting requests need; requests beyond
// the account's limit are refused.
func (p *pool) grow() {
	for len(p.waiting) > p.booting*p.slots {
		if p.closed || !p.cloud.reserve() {
			last := len(p.waiting) - 1
			p.waiting[last] <- place{failure: exhausted()}
			p.waiting = p.waiting[:last]
			continue
		}
		p.booting++
		p.starting.Add(1)
		p.cloud.tasks.Go(p.boot)
	}
}

func (p *pool) boot() {
	i, f := p.startInstance()
	p.mu.Lock()
	p.booting--
	if f == nil && p.closed {
		i.proc().signal(syscall.SIGKILL)
		f = notStarted(errClosed)
	}
	if f == nil {
		i.used = time.Now()
		p.all = append(p.all, i)
		p.free = append(p.free, i)
		p.serveWaiting()
		p.mu.Unlock()
		p.starting.Done()
		p.watch(i)
		return
	}
	for range min(p.slots, len(p.waiting)) {
		p.waiting[0] <- place{failure: f}
		p.waiting = p.waiting[1:]
	}
	p.mu.Unlock()
	p.cloud.unreserve()
	p.cloud.Log.Error("instance did not start", "function", p.fn.Name, "error", f)
	p.starting.Done()
}

// watch waits for the end of an instance's process.
func (p *pool) watch(i *instance) {
	<-i.proc().exited
	p.cloud.unreserve()
	if p.remove(i) {
		p.cloud.Log.Warn("instance exited", "function", p.fn.Name, "state", i.proc().cmd.ProcessState)
	}
}

// remove takes an instance out of use; false when it was out already.
func (p *pool) remove(i *instance) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.drop(i)
}

func (p *pool) drop(i *instance) bool {
	if i.lost {
		return false
	}
	i.lost = true
	p.all = slices.DeleteFunc(p.all, func(o *instance) bool { return o == i })
	p.free = slices.DeleteFunc(p.free, func(o *instance) bool { return o == i })
	return true
}

// idle takes the instances out of use that had no request since a time.
func (p *pool) idle(since time.Time) []*instance {
	p.mu.Lock()
	defer p.mu.Unlock()
	var idle []*instance
	for _, i := range slices.Clone(p.all) {
		if i.active == 0 && i.used.Before(since) {
			p.drop(i)
			idle = append(idle, i)
		}
	}
	return idle
}

// close refuses further requests and returns the instances that are left.
func (p *pool) close() []*instance {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	left := slices.Clone(p.all)
	for _, i := range left {
		p.drop(i)
	}
	return left
}

func (p *pool) instances() []Instance {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Instance, 0, len(p.all))
	for _, i := range p.all {
		list = append(list, Instance{
			Function: p.fn.Name, ID: i.id, PID: i.proc().cmd.Process.Pid, Started: i.proc().started,
			Ready: i.readyAfter, FirstAnswer: i.firstAnswer,
		})
	}
	return list
}

func (p *pool) busy() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.waiting)
	for _, i := range p.all {
		n += i.active
	}
	return n
}
