package fc

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
)

// maxAsyncBody is the limit of an asynchronous request's body.
const maxAsyncBody = 128 << 10

// asynchronous tells whether a request asks an HTTP trigger to answer before the
// function has run.
func asynchronous(r *http.Request) bool { return r.Header.Get("X-Fc-Invocation-Type") == "Async" }

// accept takes a request down and answers 202; the function gets it then, and
// again when it fails, as with every asynchronous invocation. Its response is
// for nobody.
func (c *Cloud) accept(d *deployment, w http.ResponseWriter, r *http.Request, id string) {
	body, f := readBody(r)
	if f == nil && len(body) > maxAsyncBody {
		f = asyncTooLarge()
	}
	if f != nil {
		f.write(w, id)
		return
	}
	later := r.Clone(context.Background())
	c.invokeLater(d, id, func(ctx context.Context, p *pool, id string, retry int) *failure {
		if p.fn.custom() {
			again := later.Clone(ctx)
			again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			return p.proxyAlone(again, id)
		}
		_, f := p.invoke(ctx, appendEvent(nil, later, body, id, c.AccountID, c.Clock()), id, retry)
		return f
	})
	w.Header().Set("X-Fc-Request-Id", id)
	w.WriteHeader(http.StatusAccepted)
}

// proxyAlone passes a request on whose response nobody reads. One that breaks
// off ends a connection otherwise, and is a failure here.
func (p *pool) proxyAlone(r *http.Request, id string) (f *failure) {
	begin := time.Now()
	defer func() {
		if broken := recover(); broken == http.ErrAbortHandler { //nolint:errorlint // panics carry it bare
			f = exited(time.Since(begin))
		} else if broken != nil {
			panic(broken)
		}
	}()
	return p.proxy(discard{}, r, id)
}

// invokeLater is invokeAsync in the background, until the cloud is closed.
func (c *Cloud) invokeLater(d *deployment, id string, try attempt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.tasks.Go(func() {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go func() {
			select {
			case <-c.quit:
				cancel()
			case <-ctx.Done():
			}
		}()
		if err := c.invokeAsync(ctx, d, id, try); err != nil {
			c.Log.Warn("asynchronous invocation was cut short", "error", err)
		}
	})
}
