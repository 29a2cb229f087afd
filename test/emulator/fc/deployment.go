package fc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// deployment is a function in service: its triggers, and the pool that takes
// its requests now.
type deployment struct {
	// server and url are guarded by the cloud's lock.
	server *http.Server // nil without an address
	url    string

	mu   sync.RWMutex
	pool *pool // nil once the function is removed
	http *HTTPTrigger
	oss  []OSSTrigger

	timers []*timer
}

// errNotDeployed is for a function that was removed, or never there.
var errNotDeployed = errors.New("the function is not deployed")

// Deploy puts a function into service, or another one in the place of that
// name: the next request goes to new instances, and those at work end after
// their last one. The address of its HTTP trigger stays. ended is called when
// the last instance of f has ended, because it was replaced or removed; not
// when the cloud is closed.
func (c *Cloud) Deploy(resource string, f *Function, ended func()) error {
	p := &pool{
		cloud: c, fn: f, slots: f.Concurrency, ended: ended,
		role: &role{arn: f.Role, account: c.Account, ttl: c.RoleTTL, now: c.Clock},
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errClosed
	}
	d := c.deployed[resource]
	if d == nil {
		d = new(deployment)
		c.deployed[resource] = d
	}
	c.pools[p] = struct{}{}
	if old := d.replace(p, f.Triggers, c.Clock()); old != nil {
		c.tasks.Go(func() { c.drain(old, nil) })
	}
	return nil
}

// SetTriggers gives a deployed function other triggers; its instances stay.
// Without an HTTP trigger its address is closed.
func (c *Cloud) SetTriggers(resource string, t Triggers) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.deployed[resource]
	if d == nil || c.closed {
		return fmt.Errorf("set triggers of %s: %w", resource, errNotDeployed)
	}
	d.mu.Lock()
	d.set(t, c.Clock())
	d.mu.Unlock()
	if t.HTTP == nil {
		c.stopServing(d)
	}
	return nil
}

// Serve answers the HTTP trigger of a deployed function at a listener, which
// is closed with the trigger, the function or the cloud.
func (c *Cloud) Serve(resource string, listener net.Listener) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.deployed[resource]
	if d == nil || c.closed {
		return errors.Join(fmt.Errorf("serve %s: %w", resource, errNotDeployed), listener.Close())
	}
	c.stopServing(d)
	server := c.newServer(d)
	d.server, d.url = server, "http://"+listener.Addr().String()
	c.tasks.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			c.Log.Error("HTTP trigger ended", "resource", resource, "error", err)
		}
	})
	return nil
}

// Remove ends a function: its address is closed when Remove returns, requests
// at work have 3 seconds to end. One that is not deployed is no error.
func (c *Cloud) Remove(resource string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.deployed[resource]
	if d == nil || c.closed {
		return
	}
	delete(c.deployed, resource)
	c.stopServing(d)
	old := d.replace(nil, Triggers{}, c.Clock())
	c.tasks.Go(func() { c.drain(old, time.After(c.limit(stopLimit))) })
}

// stopServing closes the address at once; requests at work go on for a while.
func (c *Cloud) stopServing(d *deployment) {
	server := d.server
	if server == nil {
		return
	}
	d.server, d.url = nil, ""
	over, cancel := context.WithCancel(context.Background())
	cancel()
	server.Shutdown(over) //nolint:errcheck // closes the listener, waits for nothing
	c.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), c.limit(stopLimit))
		defer cancel()
		shutDown(ctx, server)
	})
}

// drain ends the instances of a pool that gets no more requests: after the
// last one that it has, or at the limit.
func (c *Cloud) drain(p *pool, limit <-chan time.Time) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.requests.Wait()
	}()
	select {
	case <-done:
	case <-limit:
	}
	var all sync.WaitGroup
	for _, i := range p.close() {
		all.Go(func() { c.retire(i) })
	}
	all.Wait()
	p.starting.Wait()
	<-done // its instances have ended: so have its requests
	c.mu.Lock()
	delete(c.pools, p)
	c.mu.Unlock()
	p.ended()
}

// enter returns the pool that takes a request now, nil when the function was
// removed. The caller calls requests.Done at the request's end.
func (d *deployment) enter() (*pool, *HTTPTrigger) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.pool != nil {
		d.pool.requests.Add(1)
	}
	return d.pool, d.http
}

// replace returns the pool that was in use before; no more requests enter it.
func (d *deployment) replace(p *pool, t Triggers, now time.Time) *pool {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := d.pool
	d.pool = p
	d.set(t, now)
	return old
}

// set puts triggers into service; timers begin anew. The caller holds the lock.
func (d *deployment) set(t Triggers, now time.Time) {
	d.http, d.oss, d.timers = t.HTTP, t.OSS, timersOf(t.Timers, now)
}

func (d *deployment) ossTriggers() []OSSTrigger {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.oss
}
