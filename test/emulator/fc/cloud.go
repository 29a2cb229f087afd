package fc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// Options say where and for whom the functions run. Account is required, and
// CodeDir for Start.
type Options struct {
	Account   *sts.Account // issues the role credentials given to the functions
	Region    string
	AccountID string
	CodeDir   string                      // the folder that the spec's code paths are relative to
	Env       func(string) (string, bool) // resolves ${env(...)}; nil: nothing is set
	Listen    map[string]string           // resource (control plane: function) -> HOST:PORT of its HTTP trigger; others get a free loopback port
	RoleTTL   time.Duration               // how long role credentials live; renewed at half of it. 0: 1 hour
	Clock     func() time.Time            // times in events and credentials; nil: time.Now
	Faults    *fault.Plan                 // Call{Operation: "InvokeFunction", Resource: function name}
	Meter     *meter.Meter                // Service "fc", Operation InvokeFunction, Resource function name
	Log       *slog.Logger                // the emulator's own; nil: none
	NoTimers  bool                        // timer triggers do not fire: for tests that count calls
	Output    io.Writer                   // functions' lines, each prefixed with the function's name; nil: none
	// Patience multiplies the limits of time that the service sets: those of
	// requests, hooks, and of an instance's start and end. 0: 1. Who must not
	// depend on how fast the machine is takes more.
	Patience int
	// IdleTimeout is how long an instance may be without a request before it is
	// stopped. 0: 1 minute, times Patience
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
	pools     map[*pool]struct{}     // of the deployments, and those that still end
	running   int                    // instances, also those that start
	processes map[*process]struct{}
	closed    bool
}

// New returns a cloud in which nothing is deployed yet. Close ends it.
func New(o Options) (*Cloud, error) {
	if o.Account == nil {
		return nil, errors.New("function compute: Options need an Account")
	}
	scratch, err := os.MkdirTemp("", "fc-")
	if err != nil {
		return nil, fmt.Errorf("function compute: %w", err)
	}
	o.setDefaults()
	c := &Cloud{
		Options: o, launcher: newLauncher(), output: output{to: o.Output}, scratch: scratch,
		pause: 500 * time.Millisecond, quit: make(chan struct{}),
		deployed: make(map[string]*deployment), pools: make(map[*pool]struct{}), processes: make(map[*process]struct{}),
	}
	c.tasks.Go(c.stopIdle)
	if !o.NoTimers {
		c.tasks.Go(c.runTimers)
	}
	return c, nil
}

// Start runs the functions of spec. Their processes start with their first
// requests. ctx bounds Start itself; Close ends what it started.
func Start(ctx context.Context, spec *Spec, o Options) (*Cloud, error) {
	if o.CodeDir == "" {
		return nil, errors.New("function compute: Options need a CodeDir")
	}
	c, err := New(o)
	if err != nil {
		return nil, err
	}
	if err := c.deployAll(ctx, spec); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
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
	if o.Patience == 0 {
		o.Patience = 1
	}
	if o.IdleTimeout == 0 {
		o.IdleTimeout = o.limit(time.Minute)
	}
}

// limit is how long something may take that the service gives d.
func (o *Options) limit(d time.Duration) time.Duration { return d * time.Duration(o.Patience) }

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
		if err := c.Deploy(resource, f, func() {}); err != nil {
			return err
		}
		if listener := listeners[resource]; listener != nil {
			delete(listeners, resource)
			if err := c.Serve(resource, listener); err != nil {
				return err
			}
		}
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

// Instances lists the running instances, by function, the oldest first; also
// those of a replaced function that still have a request.
func (c *Cloud) Instances() []Instance {
	var list []Instance
	for _, p := range c.allPools() {
		list = append(list, p.instances()...)
	}
	slices.SortStableFunc(list, func(a, b Instance) int { return strings.Compare(a.Function, b.Function) })
	return list
}

// TempDir is a folder that Close removes when every process has ended.
func (c *Cloud) TempDir() string { return c.scratch }

func (c *Cloud) deployments() []*deployment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Values(c.deployed))
}

func (c *Cloud) allPools() []*pool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.pools))
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

// Busy counts the requests that are at work or wait for an instance.
func (c *Cloud) Busy() int {
	n := 0
	for _, p := range c.allPools() {
		n += p.busy()
	}
	return n
}
