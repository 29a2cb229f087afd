package fc

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	// startLimit is how long a program may take until it asks for work or
	// takes connections; the service's own message names 25 s.
	startLimit = 25 * time.Second
	// maxInstances is the default limit of an account in one region.
	maxInstances = 100
)

var (
	errExitedAtStart = errors.New("the process exited before it took requests; see its log lines")
	errStartLimit    = errors.New("the process does not take requests " + startLimit.String() + " after its start")
	errClosed        = errors.New("the emulator is closing")
)

// Instance describes a running instance of a function.
type Instance struct {
	Function string
	ID       string
	PID      int
	Started  time.Time
	// Ready and FirstAnswer count from exec; FirstAnswer is 0 before the first
	// request is answered.
	Ready, FirstAnswer time.Duration
}

// host is what a program needs to know about the place where it runs.
type host struct {
	cloud   *Cloud
	fn      *Function
	role    *role
	id      string
	scratch string // its own folder for HOME and TMPDIR
}

// program is a running instance as its runtime sees it: go1 or custom.
type program interface {
	// ready returns when the program takes requests and its initializer has run.
	ready() *failure
	// invoke gives the function an event and returns its result.
	invoke(event []byte, requestID string, retry int) ([]byte, *failure)
	// stop runs the function's preStop hook.
	stop()
	proc() *process
}

// instance is a program with its place in the pool, whose lock guards it.
type instance struct {
	host
	program
	pool *pool

	active      int // requests at work
	used        time.Time
	lost        bool // gets no more requests
	broken      bool // is to be killed when it has no request
	readyAfter  time.Duration
	firstAnswer time.Duration
}

func (p *pool) startInstance() (*instance, *failure) {
	i := &instance{pool: p, host: host{cloud: p.cloud, fn: p.fn, role: p.role, id: newInstanceID()}}
	i.scratch = filepath.Join(p.cloud.scratch, i.id)
	if err := os.Mkdir(i.scratch, 0o700); err != nil {
		return nil, notStarted(err)
	}
	var err error
	if i.fn.custom() {
		i.program, err = startCustom(&i.host)
	} else {
		i.program, err = startGo1(&i.host)
	}
	if err != nil {
		return nil, notStarted(err)
	}
	if f := i.ready(); f != nil {
		i.kill()
		return nil, f
	}
	i.readyAfter = time.Since(i.proc().started)
	return i, nil
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

// binary is the program that a go1 handler names.
func (h *host) binary() string { return filepath.Join(h.fn.CodeDir, h.fn.Handler) }

// environment is all that a process gets: the function's own variables and
// what the service sets, never those of the emulator.
func (h *host) environment() []string {
	env := make([]string, 0, len(h.fn.Env)+16)
	for name, value := range h.fn.Env {
		env = append(env, name+"="+value)
	}
	return append(env,
		"FC_FUNCTION_NAME="+h.fn.Name,
		"FC_FUNCTION_HANDLER="+h.fn.Handler,
		"FC_FUNCTION_MEMORY_SIZE="+strconv.Itoa(h.fn.MemorySize),
		"FC_FUNC_CODE_PATH="+h.fn.CodeDir,
		"FC_REGION="+h.cloud.Region,
		"FC_ACCOUNT_ID="+h.cloud.AccountID,
		"FC_INSTANCE_ID="+h.id,
		"HOME="+h.scratch,
		"TMPDIR="+h.scratch,
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	)
}

// kill ends the process at once and waits for it.
func (i *instance) kill() {
	i.proc().signal(syscall.SIGKILL)
	<-i.proc().exited
}

// end stops an instance that has no more work: preStop, SIGTERM and, when ctx
// ends, SIGKILL.
func (i *instance) end(ctx context.Context) {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		i.stop()
	}()
	select {
	case <-stopped:
		i.proc().signal(syscall.SIGTERM)
	case <-ctx.Done():
	}
	select {
	case <-i.proc().exited:
	case <-ctx.Done():
		i.kill()
	}
	<-stopped // at the latest with its process
}
