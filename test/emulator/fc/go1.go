package fc

import (
	"net"
	"strconv"
	"time"
)

// go1 runs a function's binary over the runtime API, one request at a time.
type go1 struct {
	*host
	process *process
	api     *runtimeAPI
	drained chan struct{} // closed when the process is gone and its last words are read
	fixed   []byte        // the header lines that are the same for each request
}

// Values of x-fc-function-type.
const (
	handleRequest = 0
	initialize    = 1
	preStop       = 2
)

func startGo1(h *host) (*go1, error) {
	api, err := newRuntimeAPI()
	if err != nil {
		return nil, err
	}
	env := append(h.environment(), "FC_RUNTIME_API="+api.address())
	p, err := h.run([]string{h.binary()}, env)
	if err != nil {
		api.drain()
		return nil, err
	}
	g := &go1{host: h, process: p, api: api, drained: make(chan struct{})}
	g.fixed = g.fixedHead()
	go func() {
		<-p.exited
		api.drain()
		close(g.drained)
	}()
	return g, nil
}

// ready waits until the function asks for work, then runs its initializer.
func (g *go1) ready() *failure {
	timer := time.NewTimer(g.cloud.limit(startLimit))
	defer timer.Stop()
	select {
	case conn := <-g.api.parked:
		g.api.parked <- conn
	case <-g.drained:
		return notStarted(errExitedAtStart)
	case <-timer.C:
		return notStarted(errStartLimit)
	}
	if g.fn.Initializer == nil {
		return nil
	}
	_, f := g.call(invocation{id: newRequestID(), kind: initialize, limit: g.cloud.limit(g.fn.Initializer.Timeout)})
	return f
}

func (g *go1) invoke(event []byte, id string, retry int) ([]byte, *failure) {
	return g.call(invocation{id: id, kind: handleRequest, event: event, retry: retry, limit: g.cloud.limit(g.fn.Timeout)})
}

// stop runs the preStop hook, if the function has one.
func (g *go1) stop() {
	if g.fn.PreStop == nil {
		return
	}
	if _, f := g.call(invocation{id: newRequestID(), kind: preStop, limit: g.cloud.limit(g.fn.PreStop.Timeout)}); f != nil {
		g.cloud.Log.Warn("preStop hook failed", "function", g.fn.Name, "error", f)
	}
}

func (g *go1) proc() *process { return g.process }

// invocation is one request over the runtime API.
type invocation struct {
	id    string
	kind  int
	event []byte
	retry int
	limit time.Duration
}

// call hands the instance a request and waits for its result. After a time-out
// the instance still works on it: the caller has to end it.
func (g *go1) call(v invocation) ([]byte, *failure) {
	begin := time.Now()
	timer := time.NewTimer(v.limit)
	defer timer.Stop()
	var conn net.Conn
	select {
	case conn = <-g.api.parked:
	case <-g.drained:
		return nil, exited(time.Since(begin))
	case <-timer.C:
		return nil, timedOut(v.limit)
	}
	if err := g.api.hand(conn, v.id, g.head(v, begin), v.event); err != nil {
		return nil, exited(time.Since(begin))
	}
	select {
	case a := <-g.api.answers:
		return a.result()
	case <-timer.C:
		return nil, timedOut(v.limit)
	case <-g.drained:
	}
	select {
	case a := <-g.api.answers:
		return a.result()
	default:
		return nil, exited(time.Since(begin))
	}
}

func (a answer) result() ([]byte, *failure) {
	if a.tooLarge {
		return nil, responseTooLarge()
	}
	if a.failed {
		return nil, reported(a.body)
	}
	return a.body, nil
}

func (g *go1) fixedHead() []byte {
	h := []byte("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n")
	h = appendHeader(h, "x-fc-function-name", g.fn.Name)
	h = appendHeader(h, "x-fc-function-handler", g.fn.Handler)
	h = appendHeader(h, "x-fc-function-memory", strconv.Itoa(g.fn.MemorySize))
	h = appendHeader(h, "x-fc-region", g.cloud.Region)
	h = appendHeader(h, "x-fc-account-id", g.cloud.AccountID)
	return appendHeader(h, "x-fc-qualifier", "LATEST")
}

// head is the header of the response to GET next. The deadline is the
// machine's own time, whatever the cloud's clock says: the SDK compares it
// with its own.
func (g *go1) head(v invocation, begin time.Time) []byte {
	c := g.role.credentials()
	h := make([]byte, 0, 1024)
	h = append(h, g.fixed...)
	h = appendHeader(h, "x-fc-request-id", v.id)
	h = appendHeader(h, "x-fc-access-key-id", c.AccessKeyID)
	h = appendHeader(h, "x-fc-access-key-secret", c.AccessKeySecret)
	h = appendHeader(h, "x-fc-security-token", c.SecurityToken)
	h = appendNumber(h, "x-fc-function-type", int64(v.kind))
	h = appendNumber(h, "x-fc-function-timeout", int64(v.limit/time.Second))
	h = appendNumber(h, "x-fc-function-deadline", begin.Add(v.limit).UnixMilli())
	h = appendNumber(h, "x-fc-retry-count", int64(v.retry))
	h = appendNumber(h, "Content-Length", int64(len(v.event)))
	return append(h, "\r\n"...)
}

func appendHeader(h []byte, name, value string) []byte {
	h = append(h, name...)
	h = append(h, ": "...)
	h = append(h, value...)
	return append(h, "\r\n"...)
}

func appendNumber(h []byte, name string, value int64) []byte {
	h = append(h, name...)
	h = append(h, ": "...)
	h = strconv.AppendInt(h, value, 10)
	return append(h, "\r\n"...)
}
