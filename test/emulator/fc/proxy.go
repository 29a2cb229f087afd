package fc

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"
)

// inlineBody is how large a body may be to be sent with its header.
const inlineBody = 16 << 10

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
