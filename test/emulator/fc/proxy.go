package fc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// upstream passes clients' requests to one HTTP/1.1 server. It does what
// http.Transport would, without its two goroutines per connection: a request's
// own goroutine writes the request and reads the response.
type upstream struct {
	address string

	mu     sync.Mutex
	idle   []*upstreamConn // used last at the end
	closed bool
}

type upstreamConn struct {
	net.Conn
	reader *bufio.Reader
	since  time.Time // idle since
}

const (
	// inlineBody is how large a body may be to be sent with its header.
	inlineBody = 16 << 10
	// trustedIdle is how long an idle connection is taken for open unchecked.
	trustedIdle = 10 * time.Millisecond
)

// connect returns an idle connection that is still open, or a new one.
func (u *upstream) connect() (*upstreamConn, error) {
	for {
		u.mu.Lock()
		last := len(u.idle) - 1
		if last < 0 {
			u.mu.Unlock()
			conn, err := net.Dial("tcp", u.address)
			if err != nil {
				return nil, err
			}
			return &upstreamConn{Conn: conn, reader: bufio.NewReaderSize(conn, 16<<10)}, nil
		}
		c := u.idle[last]
		u.idle = u.idle[:last]
		u.mu.Unlock()
		if time.Since(c.since) < trustedIdle || c.open() {
			return c, nil
		}
		c.Close() //nolint:errcheck
	}
}

// open looks, without waiting, whether the other side has closed an idle
// connection (or sent something that nobody asked for).
func (c *upstreamConn) open() bool {
	raw, err := c.Conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return false
	}
	var peeked error
	err = raw.Read(func(fd uintptr) bool {
		_, _, peeked = syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return true
	})
	return err == nil && errors.Is(peeked, syscall.EAGAIN)
}

// put keeps a connection for the next request.
func (u *upstream) put(c *upstreamConn) {
	c.since = time.Now()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		c.Close() //nolint:errcheck
		return
	}
	u.idle = append(u.idle, c)
}

func (u *upstream) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for _, c := range u.idle {
		c.Close() //nolint:errcheck
	}
	u.idle = nil
}

// pass sends a request, with extra header lines, and streams the response to
// w, all before the deadline. The error is of the other side or of the client;
// when nothing went to w yet, the caller may answer.
func (u *upstream) pass(w http.ResponseWriter, r *http.Request, extra []byte, id string, deadline time.Time) error {
	conn, err := u.connect()
	if err != nil {
		return err
	}
	conn.SetDeadline(deadline) //nolint:errcheck // a closed connection shows at the write
	sent, err := conn.send(w, r, extra)
	if err != nil {
		conn.Close() //nolint:errcheck
		return err
	}
	reusable, err := conn.receive(w, r, id)
	if sent != nil {
		if bodyErr := conn.finishBody(w, sent); bodyErr != nil {
			reusable = false
			if err != nil && !errors.Is(err, errBrokenOff) && errors.Is(bodyErr, errClient) {
				err = bodyErr // why the response did not come
			}
		}
	}
	if err != nil || !reusable {
		conn.Close() //nolint:errcheck
		return err
	}
	u.put(conn)
	return nil
}

// send writes the request. A large body is sent beside the reading of the
// response; its end comes over the channel, which is nil for other bodies.
func (c *upstreamConn) send(w http.ResponseWriter, r *http.Request, extra []byte) (<-chan error, error) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	*buffer = appendRequest((*buffer)[:0], r, extra)
	if r.ContentLength >= 0 && r.ContentLength <= inlineBody {
		head := len(*buffer)
		*buffer = append(*buffer, make([]byte, r.ContentLength)...)
		if _, err := io.ReadFull(clientBody{r.Body}, (*buffer)[head:]); err != nil && r.ContentLength > 0 {
			return nil, err
		}
		_, err := c.Write(*buffer)
		return nil, err
	}
	if _, err := c.Write(*buffer); err != nil {
		return nil, err
	}
	// The response may begin before the body has ended.
	if err := http.NewResponseController(w).EnableFullDuplex(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	sent := make(chan error, 1)
	go func() {
		err := c.sendBody(r)
		sent <- err
		if err != nil {
			c.Close() //nolint:errcheck // ends the reading of the response
		}
	}()
	return sent, nil
}

func (c *upstreamConn) sendBody(r *http.Request) error {
	body := clientBody{http.MaxBytesReader(nil, r.Body, maxBody)}
	buffer := copyBuffers.Get().(*[32 << 10]byte)
	defer copyBuffers.Put(buffer)
	if r.ContentLength > 0 {
		_, err := io.CopyBuffer(struct{ io.Writer }{c}, body, buffer[:])
		return err
	}
	chunks := httputil.NewChunkedWriter(c)
	if _, err := io.CopyBuffer(chunks, body, buffer[:]); err != nil {
		return err
	}
	if err := chunks.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(c, "\r\n") // no trailers
	return err
}

// finishBody waits for the end of the body. When the response is complete (or
// failed) before it, the rest is not sent, and neither connection can be used
// for another request.
func (c *upstreamConn) finishBody(w http.ResponseWriter, sent <-chan error) error {
	select {
	case err := <-sent:
		return err
	default:
	}
	c.Close() //nolint:errcheck
	// Ends a read from a client that does not send.
	http.NewResponseController(w).SetReadDeadline(time.Now()) //nolint:errcheck
	<-sent
	return net.ErrClosed
}

// receive reads the response and streams it to the client.
func (c *upstreamConn) receive(w http.ResponseWriter, r *http.Request, id string) (reusable bool, err error) {
	response, err := c.readHead(r)
	if err != nil {
		return false, err
	}
	defer response.Body.Close() //nolint:errcheck
	if response.ContentLength > maxBody {
		return false, errTooLarge
	}
	header := w.Header()
	header["Content-Type"] = nil // the function's, never a guess
	for name, values := range response.Header {
		if !ofConnection(name) {
			header[name] = values
		}
	}
	header["X-Fc-Request-Id"] = []string{id}
	w.WriteHeader(response.StatusCode)
	if err := c.stream(w, response.Body); err != nil {
		return false, errBrokenOff
	}
	return !response.Close && c.reader.Buffered() == 0, nil
}

// clientBody marks errors as the client's, not the function's.
type clientBody struct{ io.Reader }

func (b clientBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Readers return it bare
		err = fmt.Errorf("%w: %w", errClient, err)
	}
	return n, err
}

var (
	errClient    = errors.New("the request's body can't be read")
	errTooLarge  = errors.New("the response is too large")
	errBrokenOff = errors.New("the response broke off")
)

// readHead reads up to the response's body, past interim responses.
func (c *upstreamConn) readHead(r *http.Request) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(c.reader, r)
		if err != nil || response.StatusCode >= 200 {
			return response, err
		}
		if response.StatusCode == http.StatusSwitchingProtocols {
			return nil, errors.New("the function switches protocols, which an HTTP trigger can't")
		}
	}
}

// stream copies the body as it comes: what has been read, be it the header
// only, is flushed before a wait for more.
func (c *upstreamConn) stream(w http.ResponseWriter, body io.Reader) error {
	if body == http.NoBody {
		return nil
	}
	buffer := copyBuffers.Get().(*[32 << 10]byte)
	defer copyBuffers.Put(buffer)
	for total := 0; ; {
		if c.reader.Buffered() == 0 {
			if err := http.NewResponseController(w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return err
			}
		}
		n, err := body.Read(buffer[:])
		if total += n; total > maxBody {
			return errTooLarge
		}
		if n > 0 {
			if _, err := w.Write(buffer[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

var copyBuffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// appendRequest appends a request's head: the client's headers but those of
// its connection and those that are the platform's, then extra.
func appendRequest(b []byte, r *http.Request, extra []byte) []byte {
	b = append(b, r.Method...)
	b = append(b, ' ')
	if target := r.RequestURI; strings.HasPrefix(target, "/") {
		b = append(b, target...)
	} else {
		b = append(b, r.URL.RequestURI()...)
	}
	b = append(b, " HTTP/1.1\r\n"...)
	b = appendHeader(b, "Host", r.Host)
	for name, values := range r.Header {
		if !forwardable(name) || ofConnection(name) || name == "Content-Length" || name == "Expect" {
			continue
		}
		for _, value := range values {
			b = appendHeader(b, name, value)
		}
	}
	switch {
	case r.ContentLength < 0:
		b = appendHeader(b, "Transfer-Encoding", "chunked")
	case r.ContentLength > 0 || r.Header["Content-Length"] != nil:
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, r.ContentLength, 10)
		b = append(b, "\r\n"...)
	}
	b = append(b, extra...)
	return append(b, "\r\n"...)
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
