// Package gateway forwards requests to the functions behind one public address.
package gateway

import (
	"fmt"
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
	proxies := make(map[string]http.Handler)
	for name, address := range functions {
		target, err := url.Parse(address)
		if err != nil {
			return nil, fmt.Errorf("address of function %s: %w", name, err)
		}
		proxies[name] = &httputil.ReverseProxy{
			Transport:  transport,
			BufferPool: buffers,
			Rewrite:    func(r *httputil.ProxyRequest) { rewrite(r, target) },
			ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
				fail(w, r, unreachable(name, err))
			},
		}
	}
	return route.Handler(route.Table(), func(r route.Route) http.Handler { return proxies[r.Function] }, fail), nil
}

// rewrite aims a request at a function. The platform's own headers hold the
// credentials of the gateway's role, and end here; only the request's id goes on.
func rewrite(r *httputil.ProxyRequest, target *url.URL) {
	r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
	r.Out.Host = ""
	for name := range r.Out.Header {
		if strings.HasPrefix(name, "X-Fc-") {
			delete(r.Out.Header, name)
		}
	}
	r.Out.Header.Set(respond.RequestIDHeader, respond.RequestID(r.In.Context()))
}

func unreachable(function string, err error) error {
	return &registry.Error{
		Code:    registry.Unavailable,
		Message: "The registry is overloaded or being updated. Try again in some seconds.",
		Err:     fmt.Errorf("forward to %s: %w", function, err),
	}
}

const bufferSize = 32 << 10

// buffers is an httputil.BufferPool.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte  { return b.pool.Get().(*[bufferSize]byte)[:] }
func (b *buffers) Put(p []byte) { b.pool.Put((*[bufferSize]byte)(p)) }
