package fc

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxAsyncBody is the limit of an asynchronous request's body.
const maxAsyncBody = 128 << 10

// asynchronous tells whether a request asks not to be waited for: "an HTTP
// request with the header X-Fc-Invocation-Type: Async", says the service's
// documentation of HTTP triggers.
func asynchronous(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("X-Fc-Invocation-Type"), "Async")
}

// accept answers an asynchronous request with 202 once it is taken down, and
// runs it by itself, whether or not its sender stays. The service keeps such
// requests; this one holds them in memory, so that Close ends them.
func (d *deployment) accept(w http.ResponseWriter, r *http.Request, id string) {
	if r.ContentLength > maxAsyncBody {
		asyncTooLarge().write(w, id)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAsyncBody+1))
	if err != nil {
		return // the sender is gone
	}
	if len(body) > maxAsyncBody {
		asyncTooLarge().write(w, id)
		return
	}
	p, _ := d.enter()
	if p == nil {
		removed().write(w, id)
		return
	}
	defer p.requests.Done()
	c, r := p.cloud, r.Clone(context.Background())
	c.tasks.Go(func() {
		ctx, stop := c.untilClosed()
		defer stop()
		if err := c.invokeAsync(ctx, d, id, func(ctx context.Context, p *pool, retry int) *failure {
			return p.serveAlone(ctx, r, body, id, retry)
		}); err != nil {
			c.Log.Warn("an asynchronous invocation was ended with the cloud", "request", id, "error", err)
		}
	})
	w.Header().Set("X-Fc-Request-Id", id)
	w.WriteHeader(http.StatusAccepted)
}

// untilClosed is a context that ends when the cloud is closed.
func (c *Cloud) untilClosed() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-c.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// serveAlone gives a request that nobody waits for to an instance. That what a
// custom runtime answers counts as done, whatever its status, is a guess.
func (p *pool) serveAlone(ctx context.Context, r *http.Request, body []byte, id string, retry int) (f *failure) {
	if !p.fn.custom() {
		event := appendEvent(nil, r, body, id, p.cloud.AccountID, p.cloud.Clock())
		_, f = p.invoke(ctx, event, id, retry)
		return f
	}
	begin := time.Now()
	defer func() {
		if broken := recover(); broken == http.ErrAbortHandler { //nolint:errorlint // panics carry it bare
			f = exited(time.Since(begin))
		} else if broken != nil {
			panic(broken)
		}
	}()
	r = r.WithContext(ctx)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return p.proxy(discard{}, r, id)
}
