package fc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// custom runs a program that serves HTTP on the port it is told, several
// requests at once.
type custom struct {
	*host
	process *process
	address string
	clients upstream
	control http.Client // the platform's own requests
	fixed   []byte      // the x-fc-* header lines that are the same for each request
}

func startCustom(h *host) (*custom, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	// Instances share this machine, so each has its own port; the service's is
	// always the one of customRuntimeConfig.
	env := append(h.environment(), "FC_SERVER_PORT="+port, "FC_CUSTOM_LISTEN_PORT="+port)
	p, err := h.run(h.fn.Command, env)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	return &custom{
		host: h, process: p, address: address, clients: upstream{address: address},
		control: http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		fixed:   fixedLines(h),
	}, nil
}

// freePort finds a port that nobody listens on at this moment. It is below
// those that systems give to outgoing connections: the dial that waits for the
// program could otherwise get the port itself, and connect to itself.
func freePort() (string, error) {
	for range 100 {
		port := strconv.Itoa(10000 + rand.IntN(22000))
		if listener, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			return port, listener.Close()
		}
	}
	return "", errors.New("no free port from 10000 to 31999 for a custom runtime")
}

func (c *custom) proc() *process { return c.process }

// ready waits until the port takes connections, then runs the initializer.
func (c *custom) ready() *failure {
	limit := time.After(c.cloud.limit(startLimit))
	for {
		conn, err := net.Dial("tcp", c.address)
		if err == nil {
			conn.Close() //nolint:errcheck
			break
		}
		select {
		case <-time.After(500 * time.Microsecond):
		case <-c.process.exited:
			return notStarted(errExitedAtStart)
		case <-limit:
			return notStarted(fmt.Errorf("%w: it must listen on the port in FC_SERVER_PORT (%v)", errStartLimit, err))
		}
	}
	if c.fn.Initializer == nil {
		return nil
	}
	_, f := c.hook(http.MethodPost, "/initialize", c.fn.Initializer)
	return f
}

func (c *custom) stop() {
	defer c.clients.close()
	if c.fn.PreStop == nil {
		return
	}
	if _, f := c.hook(http.MethodGet, "/pre-stop", c.fn.PreStop); f != nil {
		c.cloud.Log.Warn("preStop hook failed", "function", c.fn.Name, "error", f)
	}
}

func (c *custom) hook(method, path string, h *Hook) ([]byte, *failure) {
	return c.request(method, path, nil, newRequestID(), 0, c.cloud.limit(h.Timeout))
}

// invoke posts an event to /invoke, as the service does for triggers other
// than HTTP.
func (c *custom) invoke(event []byte, id string, retry int) ([]byte, *failure) {
	return c.request(http.MethodPost, "/invoke", event, id, retry, c.cloud.limit(c.fn.Timeout))
}

// request is one of the platform itself, not of a client.
func (c *custom) request(method, path string, body []byte, id string, retry int, limit time.Duration) ([]byte, *failure) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+c.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, notStarted(err) // the address is ours: can't happen
	}
	r.Header = c.header(id, path)
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("X-Fc-Retry-Count", strconv.Itoa(retry))
	begin := time.Now()
	response, err := c.control.Do(r)
	if err != nil {
		return nil, c.broken(err, begin, limit)
	}
	defer response.Body.Close() //nolint:errcheck
	result, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return nil, c.broken(err, begin, limit)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, reported(result)
	}
	return result, nil
}

// broken is a request that came to no response, because of its time limit or
// because the program has ended it. The program may live and have others: only
// when it exits right after is it out of use.
func (c *custom) broken(err error, begin time.Time, limit time.Duration) *failure {
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return timedOut(limit)
	}
	c.cloud.Log.Warn("no response from instance", "function", c.fn.Name, "error", err)
	f := exited(time.Since(begin))
	select {
	case <-c.process.exited:
	case <-time.After(c.cloud.limit(100 * time.Millisecond)):
		f.fatal = false
	}
	return f
}

// fixedLines are the header lines that are the same for each request.
func fixedLines(h *host) []byte {
	b := appendHeader(nil, "X-Fc-Function-Name", h.fn.Name)
	b = appendHeader(b, "X-Fc-Function-Handler", h.fn.Handler)
	b = appendHeader(b, "X-Fc-Function-Memory", strconv.Itoa(h.fn.MemorySize))
	b = appendHeader(b, "X-Fc-Function-Timeout", strconv.Itoa(int(h.cloud.limit(h.fn.Timeout).Seconds())))
	b = appendHeader(b, "X-Fc-Region", h.cloud.Region)
	b = appendHeader(b, "X-Fc-Account-Id", h.cloud.AccountID)
	return appendHeader(b, "X-Fc-Qualifier", "LATEST")
}

// appendLines appends what the platform tells about itself.
func (c *custom) appendLines(b []byte, id, controlPath string) []byte {
	keys := c.role.credentials()
	b = append(b, c.fixed...)
	b = appendHeader(b, "X-Fc-Request-Id", id)
	b = appendHeader(b, "X-Fc-Access-Key-Id", keys.AccessKeyID)
	b = appendHeader(b, "X-Fc-Access-Key-Secret", keys.AccessKeySecret)
	b = appendHeader(b, "X-Fc-Security-Token", keys.SecurityToken)
	return appendHeader(b, "X-Fc-Control-Path", controlPath)
}

// header is appendLines for requests that are not written by hand.
func (c *custom) header(id, controlPath string) http.Header {
	h := make(http.Header)
	for line := range bytes.Lines(c.appendLines(nil, id, controlPath)) {
		name, value, _ := strings.Cut(string(line), ":")
		h.Set(name, strings.TrimSpace(value))
	}
	return h
}

// serve passes a client's request through, bodies streamed both ways. When it
// returns a failure nothing has been written to w.
func (c *custom) serve(w http.ResponseWriter, r *http.Request, id string) *failure {
	c.log("FC Invoke Start RequestId: ", id)
	defer c.log("FC Invoke End RequestId: ", id)
	begin := time.Now()
	lines := c.appendLines(make([]byte, 0, 1024), id, "/http-invoke")
	err := c.clients.pass(w, r, lines, id, begin.Add(c.cloud.limit(c.fn.Timeout)))
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errBrokenOff): // the header is out: only the connection can tell
		panic(http.ErrAbortHandler)
	case errors.Is(err, errTooLarge):
		return responseTooLarge()
	case errors.As(err, &tooLarge):
		return requestTooLarge()
	case errors.Is(err, errClient):
		return gone()
	}
	return c.broken(err, begin, c.cloud.limit(c.fn.Timeout))
}

func (c *custom) log(text, id string) { c.cloud.output.add(c.fn.Name, append([]byte(text), id...)) }
