// Package gateway forwards requests to the functions behind one public address.
package gateway

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/route"
)

// answerTimeout is how long a function may take to begin its answer: a cold
// start and its own time-out.
const answerTimeout = 60 * time.Second

// New returns a handler that forwards every route of the table to the address
// of its function, and answers everything else by fail.
func New(functions map[string]string, fail route.Fail) (http.Handler, error) {
	transport := &http.Transport{
		MaxIdleConnsPerHost:   256,
		IdleConnTimeout:       90 * time.Second,
		ResponseHeaderTimeout: answerTimeout,
		DisableCompression:    true,
	}
	buffers := &buffers{sync.Pool{New: func() any { return new([bufferSize]byte) }}}
	proxies := map[string]http.Handler{route.Gateway: http.HandlerFunc(healthy)}
	for name, address := range functions {
		target, err := url.Parse(address)
		if err != nil {
			return nil, fmt.Errorf("address of function %s: %w", name, err)
		}
		proxies[name] = &httputil.ReverseProxy{
			Transport:      transport,
			BufferPool:     buffers,
			Rewrite:        func(r *httputil.ProxyRequest) { rewrite(r, target) },
			ModifyResponse: served,
			ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
				respond.NoStore(w)
				fail(w, r, unreachable(name, r, err))
			},
		}
	}
	missing := func(w http.ResponseWriter, r *http.Request, err error) {
		if registry.CodeOf(err) == registry.NotFound && respond.Browses(r) {
			proxies[route.Web].ServeHTTP(w, r) // which knows nothing there either
			return
		}
		fail(w, r, err)
	}
	return route.Handler(route.Table(), func(r route.Route) http.Handler { return allowed(r, proxies[r.Function]) }, missing), nil
}

// allowed lets scripts of other websites read what everybody may read, and also
// that its function is out of reach.
func allowed(r route.Route, proxy http.Handler) http.Handler {
	if r.Access != route.Read {
		return proxy
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route.AllowOrigins(w)
		proxy.ServeHTTP(w, r)
	})
}

// healthy answers GET /healthz: that there is an answer says it all.
func healthy(w http.ResponseWriter, _ *http.Request) {
	respond.NoStore(w)
	respond.JSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// rewrite aims a request at a function. The platform's own headers hold the
// credentials of the gateway's role, and end here; only the request's id, the
// client's address and the host that it asked go on.
func rewrite(r *httputil.ProxyRequest, target *url.URL) {
	r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
	r.Out.Host = ""
	dropPlatforms(r.Out.Header)
	r.Out.Header.Set(respond.RequestIDHeader, respond.RequestID(r.In.Context()))
	r.Out.Header.Set(respond.AddressHeader, respond.ClientAddress(r.In))
	r.Out.Header.Set(respond.HostHeader, r.In.Host)
}

// dropPlatforms removes the headers that the platform itself set.
func dropPlatforms(h http.Header) {
	for name := range h {
		if strings.HasPrefix(name, "X-Fc-") {
			delete(h, name)
		}
	}
}

// maxReport is how much of the platform's report of a failure is logged, in bytes.
const maxReport = 1 << 10

// served tells whether a function answered, or the platform in its place: that
// it crashed, took too long, or has no free instance. The platform's own answer
// is in no dialect; and of a function's, the headers that the platform added are
// the inner invocation's, and whom it allows to read it is said already.
func served(r *http.Response) error {
	kind := r.Header.Get("X-Fc-Error-Type")
	r.Header.Del("Access-Control-Allow-Origin")
	dropPlatforms(r.Header)
	if kind == "" || (r.StatusCode < 500 && r.StatusCode != http.StatusTooManyRequests) {
		return nil
	}
	report, err := io.ReadAll(io.LimitReader(r.Body, maxReport))
	return errors.Join(fmt.Errorf("%s, %s: %s", r.Status, kind, report), err)
}

// unreachable is the error of a function that did not answer. Who asks whether
// the registry is ready is told which.
func unreachable(function string, r *http.Request, err error) error {
	message := "The registry is overloaded or being updated. Try again in some seconds."
	if r.URL.Path == route.Ready {
		message = fmt.Sprintf("The function %s does not answer. Try again in some seconds.", function)
	}
	return &registry.Error{Code: registry.Unavailable, Message: message, Err: fmt.Errorf("forward to %s: %w", function, err)}
}

const bufferSize = 32 << 10

// buffers is an httputil.BufferPool.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte  { return b.pool.Get().(*[bufferSize]byte)[:] }
func (b *buffers) Put(p []byte) { b.pool.Put((*[bufferSize]byte)(p)) }
