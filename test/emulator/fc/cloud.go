package fc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// Options say where and for whom the functions run. Account and CodeDir are
// required.
type Options struct {
	Account   *sts.Account // issues the role credentials given to the functions
	Region    string
	AccountID string
	CodeDir   string                      // the folder that the spec's code paths are relative to
	Env       func(string) (string, bool) // resolves ${env(...)}; nil: nothing is set
	Listen    map[string]string           // resource name -> HOST:PORT of its HTTP trigger; others get a free loopback port
	RoleTTL   time.Duration               // how long role credentials live; renewed at half of it. 0: 1 hour
	Clock     func() time.Time            // times in events and credentials; nil: time.Now
	Faults    *fault.Plan                 // Call{Operation: "InvokeFunction", Resource: function name}
	Meter     *meter.Meter                // Service "fc", Operation InvokeFunction, Resource function name
	Log       *slog.Logger                // the emulator's own; nil: none
	Output    io.Writer                   // functions' lines, each prefixed with the function's name; nil: none
	// IdleTimeout is how long an instance may be without a request before it is
	// stopped. 0: 1 minute
	IdleTimeout time.Duration
}

// Cloud is a running emulator. It is safe for concurrent use.
type Cloud struct {
	Options
	launcher launcher
	output   output
	scratch  string // parent of the instances' own folders
	pause    time.Duration
	quit     chan struct{}
	tasks    sync.WaitGroup // everything that runs until its process has ended

	mu        sync.Mutex
	deployed  map[string]*deployment // by resource name
	running   int                    // instances, also those that start
	processes map[*process]struct{}
	closed    bool
}

// deployment is a function in service.
type deployment struct {
	pool   *pool
	server *http.Server // nil without HTTP trigger
	url    string
}

// Start runs the functions of spec. Their processes start with their first
// requests. ctx bounds Start itself; Close ends what it started.
func Start(ctx context.Context, spec *Spec, o Options) (*Cloud, error) {
	if o.Account == nil || o.CodeDir == "" {
		return nil, errors.New("function compute: Options need an Account and a CodeDir")
	}
	scratch, err := os.MkdirTemp("", "fc-")
	if err != nil {
		return nil, fmt.Errorf("function compute: %w", err)
	}
	o.setDefaults()
	c := &Cloud{
		Options: o, launcher: newLauncher(), output: output{to: o.Output}, scratch: scratch,
		pause: 500 * time.Millisecond, quit: make(chan struct{}),
		deployed: make(map[string]*deployment), processes: make(map[*process]struct{}),
	}
	if err := c.deployAll(ctx, spec); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	c.tasks.Go(c.stopIdle)
	return c, nil
}

func (o *Options) setDefaults() {
	if o.Env == nil {
		o.Env = func(string) (string, bool) { return "", false }
	}
	if o.RoleTTL == 0 {
		o.RoleTTL = time.Hour
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.IdleTimeout == 0 {
		o.IdleTimeout = time.Minute
	}
}

// deployAll listens first: a function's variables may name another's address.
func (c *Cloud) deployAll(ctx context.Context, spec *Spec) error {
	listeners := make(map[string]net.Listener)
	urls := make(map[string]string)
	defer func() {
		for _, unused := range listeners {
			unused.Close() //nolint:errcheck
		}
	}()
	for _, resource := range spec.withHTTP() {
		listener, err := c.listen(ctx, resource)
		if err != nil {
			return err
		}
		listeners[resource] = listener
		urls[resource] = "http://" + listener.Addr().String()
	}
	functions, err := spec.functions(c.CodeDir, c.Env, urls)
	if err != nil {
		return err
	}
	for resource, f := range functions {
		c.deploy(resource, f, listeners[resource])
		delete(listeners, resource)
	}
	return nil
}

func (c *Cloud) listen(ctx context.Context, resource string) (net.Listener, error) {
	address := c.Listen[resource]
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("resource %s: HTTP trigger: %w", resource, err)
	}
	return listener, nil
}

// deploy puts a function into service; listener is where its HTTP trigger
// answers, nil without one.
func (c *Cloud) deploy(resource string, f *Function, listener net.Listener) {
	p := &pool{cloud: c, fn: f, slots: f.Concurrency, role: &role{account: c.Account, ttl: c.RoleTTL, now: c.Clock}}
	d := &deployment{pool: p}
	if listener != nil {
		d.url = "http://" + listener.Addr().String()
		d.server = c.newServer(p)
		c.tasks.Go(func() {
			if err := d.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				c.Log.Error("HTTP trigger ended", "function", f.Name, "error", err)
			}
		})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deployed[resource] = d
}

// URL returns the address of a resource's HTTP trigger without a slash at its
// end, "" when it has none.
func (c *Cloud) URL(resource string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.deployed[resource]; d != nil {
		return d.url
	}
	return ""
}

// Instances lists the running instances, by function, the oldest first.
func (c *Cloud) Instances() []Instance {
	var list []Instance
	for _, d := range c.deployments() {
		list = append(list, d.pool.instances()...)
	}
	slices.SortStableFunc(list, func(a, b Instance) int { return strings.Compare(a.Function, b.Function) })
	return list
}

func (c *Cloud) deployments() []*deployment {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]*deployment, 0, len(c.deployed))
	for _, d := range c.deployed {
		list = append(list, d)
	}
	return list
}

// reserve counts one more instance, if the account may have it.
func (c *Cloud) reserve() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == maxInstances {
		return false
	}
	c.running++
	return true
}

func (c *Cloud) unreserve() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running--
}

// run starts a process for an instance and remembers it until it has ended.
func (h *host) run(argv, env []string) (*process, error) {
	c := h.cloud
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errClosed
	}
	p, err := c.launcher.run(h.fn, argv, env, h.scratch, &c.output)
	if err != nil {
		return nil, err
	}
	c.processes[p] = struct{}{}
	c.tasks.Go(func() {
		<-p.exited
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.processes, p)
	})
	return p, nil
}

// stopIdle stops instances that had nothing to do for IdleTimeout.
func (c *Cloud) stopIdle() {
	ticker := time.NewTicker(max(c.IdleTimeout/4, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-c.quit:
			return
		case now := <-ticker.C:
			for _, d := range c.deployments() {
				for _, i := range d.pool.idle(now.Add(-c.IdleTimeout)) {
					c.tasks.Go(func() { c.retire(i) })
				}
			}
		}
	}
}

func (c *Cloud) retire(i *instance) {
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	i.end(ctx)
}

// stopLimit is how long an instance may take between SIGTERM and SIGKILL.
const stopLimit = 3 * time.Second

// Close stops taking requests, lets those at work come to an end for half of
// the time that ctx leaves (at most 3 s), and ends every process: preStop hook,
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
	grace, cancel := context.WithTimeout(ctx, graceOf(ctx))
	defer cancel()
	c.shutDown(grace)
	c.endAll(grace)
	c.killRest()
	c.tasks.Wait()
	close(c.launcher)
	c.output.flush()
	return os.RemoveAll(c.scratch)
}

func graceOf(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(time.Until(deadline)/2, stopLimit)
	}
	return stopLimit
}

func (c *Cloud) shutDown(ctx context.Context) {
	var all sync.WaitGroup
	for _, d := range c.deployments() {
		if d.server == nil {
			continue
		}
		all.Go(func() {
			if d.server.Shutdown(ctx) != nil {
				d.server.Close() //nolint:errcheck // cuts what is left
			}
		})
	}
	all.Wait()
}

func (c *Cloud) endAll(ctx context.Context) {
	var all sync.WaitGroup
	for _, d := range c.deployments() {
		for _, i := range d.pool.close() {
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
