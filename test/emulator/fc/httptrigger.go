package fc

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
)

func (c *Cloud) newServer(d *deployment) *http.Server {
	return &http.Server{
		Handler:           d,
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(c.Log.Handler(), slog.LevelWarn),
	}
}

// ServeHTTP is the function's HTTP trigger.
func (d *deployment) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := newRequestID()
	p, trigger := d.enter()
	if p != nil {
		defer p.requests.Done()
	}
	if p == nil || trigger == nil {
		removed().write(w, id)
		return
	}
	if asynchronous(r) && slices.Contains(trigger.Methods, r.Method) {
		p.cloud.accept(d, w, r, id)
		return
	}
	p.answer(w, r, id, trigger.Methods)
}

func (p *pool) answer(w http.ResponseWriter, r *http.Request, id string, methods []string) {
	if !slices.Contains(methods, r.Method) {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		methodNotAllowed(r.Method).write(w, id)
		return
	}
	if r.ContentLength > maxBody {
		requestTooLarge().write(w, id)
		return
	}
	verdict := p.count(r)
	if verdict.Failure != nil {
		injected(verdict.Failure).write(w, id)
		return
	}
	if verdict.Drop {
		p.serve(discard{}, r, id)
		verdict.Abort()
	}
	if f := p.serve(w, r, id); f != nil {
		f.write(w, id)
	}
}

func (p *pool) count(r *http.Request) fault.Verdict {
	p.cloud.Meter.Add(meter.Key{Service: "fc", Operation: "InvokeFunction", Resource: p.fn.Name}, 0, 0)
	return p.cloud.Faults.Judge(r.Context(), fault.Call{Operation: "InvokeFunction", Resource: p.fn.Name})
}

func (p *pool) serve(w http.ResponseWriter, r *http.Request, id string) *failure {
	if p.fn.custom() {
		return p.proxy(w, r, id)
	}
	return p.serveEvent(w, r, id)
}

// serveEvent turns the request into an event and the function's result into
// the response.
func (p *pool) serveEvent(w http.ResponseWriter, r *http.Request, id string) *failure {
	body, f := readBody(r)
	if f != nil {
		return f
	}
	buffer := buffers.Get().(*[]byte)
	*buffer = appendEvent((*buffer)[:0], r, body, id, p.cloud.AccountID, p.cloud.Clock())
	result, f := p.invoke(r.Context(), *buffer, id, 0)
	buffers.Put(buffer)
	if f != nil {
		return f
	}
	return writeAnswer(w, r.Method, id, result)
}

// invoke gives an event to an instance. ctx ends the wait for one, not the
// work that an instance has begun.
func (p *pool) invoke(ctx context.Context, event []byte, id string, retry int) ([]byte, *failure) {
	i, f := p.acquire(ctx)
	if f != nil {
		return nil, f
	}
	result, f := i.invoke(event, id, retry)
	p.release(i, f)
	return result, f
}

// proxy passes the request to an instance of a custom runtime.
func (p *pool) proxy(w http.ResponseWriter, r *http.Request, id string) *failure {
	i, f := p.acquire(r.Context())
	if f != nil {
		return f
	}
	defer func() { p.release(i, f) }()
	f = i.program.(*custom).serve(w, r, id)
	return f
}

// discard is a response that nobody reads.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
