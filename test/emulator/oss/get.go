package oss

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// openObject returns the call's object and, opened, its body.
func (s *Service) openObject(c *call) (*object, io.ReadSeekCloser, error) {
	s.removal.RLock()
	defer s.removal.RUnlock()
	o, err := s.catalog.find(c.bucket, c.key, c.now)
	if err != nil {
		return nil, nil, err
	}
	body, err := s.bodies.open(o.Body)
	return o, body, err
}

func (s *Service) getObject(w http.ResponseWriter, c *call) error {
	o, body, err := s.openObject(c)
	if err != nil {
		return err
	}
	defer body.Close()
	part, err := selectPart(c, o)
	if err != nil {
		return err
	}
	if _, err := body.Seek(part.start, io.SeekStart); err != nil {
		return err
	}
	writeHead(w, c, o, part)
	s.send(w, c, body, part.length)
	return nil
}

// headObject answers as getObject does, without the body.
func (s *Service) headObject(w http.ResponseWriter, c *call) error {
	o, err := s.catalog.find(c.bucket, c.key, c.now)
	if err != nil {
		return err
	}
	part, err := selectPart(c, o)
	if err != nil {
		return err
	}
	writeHead(w, c, o, part)
	return nil
}

// selectPart checks the conditions and reads the range.
func selectPart(c *call, o *object) (span, error) {
	if err := readConditions(c.Header).check(o); err != nil {
		return span{}, err
	}
	return parseRange(c.Header.Get("Range"), c.Header.Get("x-oss-range-behavior"), o.Size)
}

func writeHead(w http.ResponseWriter, c *call, o *object, part span) {
	h := w.Header()
	setObjectHeaders(h, c, o)
	h.Set("Content-Length", strconv.FormatInt(part.length, 10))
	if part.partial {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", part.start, part.start+part.length-1, o.Size))
		w.WriteHeader(http.StatusPartialContent)
	}
}

// send copies n bytes. Once the status is out, an error can only be told by
// breaking the connection.
func (s *Service) send(w io.Writer, c *call, body io.Reader, n int64) {
	if _, err := io.CopyN(w, body, n); err != nil {
		s.log.Debug("object not sent to its end", "request_id", c.id, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// getObjectMeta answers with little more than the size.
func (s *Service) getObjectMeta(w http.ResponseWriter, c *call) error {
	o, err := s.catalog.find(c.bucket, c.key, c.now)
	if err != nil {
		return err
	}
	h := w.Header()
	setHashes(h, o)
	h.Set("Last-Modified", o.Modified.Format(http.TimeFormat))
	h.Set("Content-Length", strconv.FormatInt(o.Size, 10))
	return nil
}

func setObjectHeaders(h http.Header, c *call, o *object) {
	setHashes(h, o)
	h.Set("Accept-Ranges", "bytes")
	h.Set("Last-Modified", o.Modified.Format(http.TimeFormat))
	h.Set("x-oss-object-type", "Normal")
	h.Set("x-oss-storage-class", "Standard")
	for name, value := range o.Headers {
		h[name] = []string{value}
	}
	for _, name := range storedHeaders {
		if value := c.query.Get("response-" + strings.ToLower(name)); value != "" {
			h.Set(name, value)
		}
	}
}
