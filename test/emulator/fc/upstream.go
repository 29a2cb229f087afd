package fc

import (
	"bufio"
	"errors"
	"net"
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

// trustedIdle is how long an idle connection is taken for open unchecked.
const trustedIdle = 10 * time.Millisecond

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
