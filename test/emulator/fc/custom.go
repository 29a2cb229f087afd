package fc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// custom runs a program that serves HTTP on the port it is told, several
// requests at once.
type custom struct {
	*host
	process   *process
	address   string
	transport *http.Transport
	fixed     http.Header // the x-fc-* headers that are the same for each request
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
	c := &custom{
		host: h, process: p, address: net.JoinHostPort("127.0.0.1", port),
		transport: &http.Transport{
			DisableCompression: true, MaxIdleConnsPerHost: h.fn.Concurrency,
			WriteBufferSize: 16 << 10, ReadBufferSize: 16 << 10,
		},
	}
	c.fixed = c.fixedHeader()
	return c, nil
}

// freePort finds a port that nobody listens on at this moment.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("port for a custom runtime: %w", err)
	}
	defer listener.Close() //nolint:errcheck
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), nil
}

func (c *custom) proc() *process { return c.process }

// ready waits until the port takes connections, then runs the initializer.
func (c *custom) ready() *failure {
	limit := time.After(startLimit)
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
	defer c.transport.CloseIdleConnections()
	if c.fn.PreStop == nil {
		return
	}
	if _, f := c.hook(http.MethodGet, "/pre-stop", c.fn.PreStop); f != nil {
		c.cloud.Log.Warn("preStop hook failed", "function", c.fn.Name, "error", f)
	}
}

func (c *custom) hook(method, path string, h *Hook) ([]byte, *failure) {
	return c.control(method, path, nil, newRequestID(), 0, h.Timeout)
}

// invoke posts an event to /invoke, as the service does for triggers other
// than HTTP.
func (c *custom) invoke(event []byte, id string, retry int) ([]byte, *failure) {
	return c.control(http.MethodPost, "/invoke", event, id, retry, c.fn.Timeout)
}

// control is a request of the platform itself, not of a client.
func (c *custom) control(method, path string, body []byte, id string, retry int, limit time.Duration) ([]byte, *failure) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+c.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, notStarted(err) // the address is ours: can't happen
	}
	r.Header.Set("Content-Type", "application/octet-stream")
	c.addHeaders(r.Header, id, path)
	r.Header["X-Fc-Retry-Count"] = []string{strconv.Itoa(retry)}
	begin := time.Now()
	response, err := c.transport.RoundTrip(r)
	if err != nil {
		return nil, c.broken(ctx, begin, limit)
	}
	defer response.Body.Close() //nolint:errcheck
	result, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return nil, c.broken(ctx, begin, limit)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, reported(result)
	}
	return result, nil
}

func (c *custom) broken(ctx context.Context, begin time.Time, limit time.Duration) *failure {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return timedOut(limit)
	}
	return exited(time.Since(begin))
}

func (c *custom) fixedHeader() http.Header {
	return http.Header{
		"X-Fc-Function-Name":    {c.fn.Name},
		"X-Fc-Function-Handler": {c.fn.Handler},
		"X-Fc-Function-Memory":  {strconv.Itoa(c.fn.MemorySize)},
		"X-Fc-Function-Timeout": {strconv.Itoa(int(c.fn.Timeout.Seconds()))},
		"X-Fc-Region":           {c.cloud.Region},
		"X-Fc-Account-Id":       {c.cloud.AccountID},
		"X-Fc-Qualifier":        {"LATEST"},
	}
}

// addHeaders adds what the platform tells about itself.
func (c *custom) addHeaders(h http.Header, id, controlPath string) {
	for name, value := range c.fixed {
		h[name] = value
	}
	keys := c.role.credentials()
	h["X-Fc-Request-Id"] = []string{id}
	h["X-Fc-Access-Key-Id"] = []string{keys.AccessKeyID}
	h["X-Fc-Access-Key-Secret"] = []string{keys.AccessKeySecret}
	h["X-Fc-Security-Token"] = []string{keys.SecurityToken}
	h["X-Fc-Control-Path"] = []string{controlPath}
}

// serve passes a client's request through, bodies streamed both ways.
func (c *custom) serve(w http.ResponseWriter, r *http.Request, id string) *failure {
	c.log("FC Invoke Start RequestId: ", id)
	defer c.log("FC Invoke End RequestId: ", id)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), c.fn.Timeout)
	defer cancel()
	begin := time.Now()
	response, err := c.transport.RoundTrip(c.outgoing(ctx, r, id))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return requestTooLarge()
		}
		return c.broken(ctx, begin, c.fn.Timeout)
	}
	defer response.Body.Close() //nolint:errcheck
	if response.ContentLength > maxBody {
		return responseTooLarge()
	}
	return c.answer(w, response, id)
}

func (c *custom) log(text, id string) { c.cloud.output.add(c.fn.Name, append([]byte(text), id...)) }

func (c *custom) outgoing(ctx context.Context, r *http.Request, id string) *http.Request {
	header := make(http.Header, len(r.Header)+len(c.fixed)+5)
	for name, values := range r.Header {
		if forwardable(name) && !ofConnection(name) {
			header[name] = values
		}
	}
	c.addHeaders(header, id, "/http-invoke")
	out := &http.Request{
		Method: r.Method, Host: r.Host, Header: header, ContentLength: r.ContentLength,
		URL: &url.URL{Scheme: "http", Host: c.address, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery},
	}
	if r.ContentLength != 0 {
		out.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	}
	return out.WithContext(ctx)
}

var copyBuffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// answer streams the response. Once the header is out, a body that breaks off
// or is too large can only end the connection.
func (c *custom) answer(w http.ResponseWriter, response *http.Response, id string) *failure {
	header := w.Header()
	header["Content-Type"] = nil
	for name, values := range response.Header {
		if !ofConnection(name) {
			header[name] = values
		}
	}
	header["X-Fc-Request-Id"] = []string{id}
	w.WriteHeader(response.StatusCode)
	buffer := copyBuffers.Get().(*[32 << 10]byte)
	defer copyBuffers.Put(buffer)
	n, err := stream(w, io.LimitReader(response.Body, maxBody+1), buffer[:])
	if err != nil || n > maxBody {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// stream copies as data comes, flushing when the source pauses between reads.
func stream(w http.ResponseWriter, from io.Reader, buffer []byte) (total int64, err error) {
	flusher := http.NewResponseController(w)
	for {
		n, err := from.Read(buffer)
		total += int64(n)
		if n > 0 {
			if _, err := w.Write(buffer[:n]); err != nil {
				return total, err
			}
		}
		switch {
		case err == io.EOF:
			return total, nil
		case err != nil:
			return total, err
		}
		flusher.Flush() //nolint:errcheck // the next write tells
	}
}

// ofConnection tells whether a header is about one connection, not the
// message.
func ofConnection(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Te", "Trailer", "Upgrade":
		return true
	}
	return false
}
