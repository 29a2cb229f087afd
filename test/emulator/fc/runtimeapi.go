package fc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// runtimeAPI is the local server that a go1 instance takes its work from:
//
//	GET  /2020-11-11/runtime/invocation/next           the next request, when there is one
//	POST /2020-11-11/runtime/invocation/{id}/response  its result
//	POST /2020-11-11/runtime/invocation/{id}/error     its failure
//
// Each instance has one, because FC_RUNTIME_API is a host and port only. It
// reads just as much HTTP/1.1 as these three calls need: every request to
// every function passes here. A connection that asks for the next request is
// parked until hand writes one to it; no goroutine stands between.
type runtimeAPI struct {
	listener net.Listener
	parked   chan net.Conn // connections that wait for work
	answers  chan answer
	readers  sync.WaitGroup
	closed   chan struct{}

	mu       sync.Mutex
	inflight string // id of the request that was handed out, "" for none
	conns    map[net.Conn]struct{}
}

// answer is what the function posted; body is its own memory.
type answer struct {
	body     []byte
	failed   bool
	tooLarge bool // body was not read
}

const (
	invocationPath = "/2020-11-11/runtime/invocation/"
	// maxAnswer leaves room for 32 MB in base64 and the JSON around it.
	maxAnswer = 64 << 20
)

var errAnswerTooLarge = fmt.Errorf("the answer has more than %d bytes", maxAnswer)

func newRuntimeAPI() (*runtimeAPI, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("runtime API: %w", err)
	}
	a := &runtimeAPI{
		listener: listener,
		parked:   make(chan net.Conn, 1),
		answers:  make(chan answer, 1),
		closed:   make(chan struct{}),
		conns:    make(map[net.Conn]struct{}),
	}
	a.readers.Go(a.accept)
	return a, nil
}

func (a *runtimeAPI) address() string { return a.listener.Addr().String() }

func (a *runtimeAPI) accept() {
	for {
		conn, err := a.listener.Accept()
		if err != nil {
			return // closed
		}
		a.mu.Lock()
		a.conns[conn] = struct{}{}
		a.mu.Unlock()
		a.readers.Go(func() { a.serve(conn) })
	}
}

// drain ends the server once its process is gone; what the process sent before
// is still read, for at most a second.
func (a *runtimeAPI) drain() {
	a.listener.Close() //nolint:errcheck
	a.mu.Lock()
	for conn := range a.conns {
		conn.SetReadDeadline(time.Now().Add(time.Second)) //nolint:errcheck
	}
	a.mu.Unlock()
	close(a.closed)
	a.readers.Wait()
}

func (a *runtimeAPI) serve(conn net.Conn) {
	defer func() {
		conn.Close() //nolint:errcheck
		a.mu.Lock()
		delete(a.conns, conn)
		a.mu.Unlock()
	}()
	reader := bufio.NewReaderSize(conn, 16<<10)
	for {
		request, err := readCall(reader)
		if err != nil {
			if errors.Is(err, errAnswerTooLarge) && a.finish(request.id) {
				a.answers <- answer{tooLarge: true}
			}
			if !errors.Is(err, io.EOF) {
				reply(conn, "400 Bad Request", err.Error())
			}
			return
		}
		if !a.dispatch(conn, request) {
			return
		}
	}
}

// dispatch acts on one call; false ends the connection.
func (a *runtimeAPI) dispatch(conn net.Conn, c call) bool {
	switch {
	case c.method == "GET" && c.operation == "next":
		select {
		case a.parked <- conn:
			return true
		case <-a.closed:
			return false
		}
	case c.method == "POST" && (c.operation == "response" || c.operation == "error"):
		if !a.finish(c.id) {
			return reply(conn, "400 Bad Request", "request "+c.id+" is not being processed")
		}
		// The reply goes first: when the caller's next request arrives, this
		// connection is free again for its answer.
		open := reply(conn, "200 OK", "")
		a.answers <- answer{body: c.body, failed: c.operation == "error"}
		return open
	}
	return reply(conn, "404 Not Found", "the runtime API has no such call")
}

// finish tells whether id is the request at work, and that it is no longer.
func (a *runtimeAPI) finish(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if id == "" || id != a.inflight {
		return false
	}
	a.inflight = ""
	return true
}

// hand writes a request to a parked connection.
func (a *runtimeAPI) hand(conn net.Conn, id string, head, event []byte) error {
	a.mu.Lock()
	a.inflight = id
	a.mu.Unlock()
	buffers := net.Buffers{head, event}
	_, err := buffers.WriteTo(conn)
	return err
}

func reply(conn net.Conn, status, text string) bool {
	message := make([]byte, 0, 128)
	message = append(message, "HTTP/1.1 "...)
	message = append(message, status...)
	message = append(message, "\r\nContent-Type: text/plain\r\nContent-Length: "...)
	message = strconv.AppendInt(message, int64(len(text)), 10)
	message = append(message, "\r\n\r\n"...)
	message = append(message, text...)
	_, err := conn.Write(message)
	return err == nil
}
