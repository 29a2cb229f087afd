package fc

import (
	"context"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"
)

// stopIdle stops instances that had nothing to do for IdleTimeout.
func (c *Cloud) stopIdle() {
	ticker := time.NewTicker(max(c.IdleTimeout/4, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-c.quit:
			return
		case now := <-ticker.C:
			for _, p := range c.allPools() {
				for _, i := range p.idle(now.Add(-c.IdleTimeout)) {
					c.tasks.Go(func() { c.retire(i) })
				}
			}
		}
	}
}

func (c *Cloud) retire(i *instance) {
	ctx, cancel := context.WithTimeout(context.Background(), c.limit(stopLimit))
	defer cancel()
	i.end(ctx)
}

// stopLimit is how long an instance may take between SIGTERM and SIGKILL.
const stopLimit = 3 * time.Second

// Close stops taking requests, lets those at work come to an end for half of
// the time that ctx leaves (at most stopLimit), and ends every process: preStop hook,
// SIGTERM, SIGKILL.
func (c *Cloud) Close(ctx context.Context) error {
	c.mu.Lock()
	again := c.closed
	c.closed = true
	c.mu.Unlock()
	if again {
		return nil
	}
	close(c.quit)
	grace, cancel := context.WithTimeout(ctx, c.graceOf(ctx))
	defer cancel()
	c.shutDown(grace)
	c.endAll(grace)
	c.killRest()
	c.tasks.Wait()
	close(c.launcher)
	c.output.flush()
	return os.RemoveAll(c.scratch)
}

func (c *Cloud) graceOf(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(time.Until(deadline)/2, c.limit(stopLimit))
	}
	return c.limit(stopLimit)
}

func (c *Cloud) shutDown(ctx context.Context) {
	var all sync.WaitGroup
	for _, server := range c.servers() {
		all.Go(func() { shutDown(ctx, server) })
	}
	all.Wait()
}

func (c *Cloud) servers() []*http.Server {
	c.mu.Lock()
	defer c.mu.Unlock()
	var servers []*http.Server
	for _, d := range c.deployed {
		if d.server != nil {
			servers = append(servers, d.server)
		}
	}
	return servers
}

// shutDown lets requests come to an end until ctx does, and cuts what is left.
func shutDown(ctx context.Context, server *http.Server) {
	if server.Shutdown(ctx) != nil {
		server.Close() //nolint:errcheck
	}
}

func (c *Cloud) endAll(ctx context.Context) {
	var all sync.WaitGroup
	for _, p := range c.allPools() {
		for _, i := range p.close() {
			all.Go(func() { i.end(ctx) })
		}
	}
	all.Wait()
}

// killRest ends processes that were still starting.
func (c *Cloud) killRest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for p := range c.processes {
		p.signal(syscall.SIGKILL)
	}
}
