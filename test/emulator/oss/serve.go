package oss

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
)

// ServeHTTP answers one call.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{Request: r, id: newRequestID(), now: s.now()}
	header := w.Header()
	header.Set("Server", "AliyunOSS")
	header.Set("x-oss-request-id", c.id)
	header.Set("Date", c.now.Format(http.TimeFormat))
	operation, err := s.admit(c)
	if err != nil {
		s.answerError(w, c, err)
		return
	}
	s.options.Meter.Add(meter.Key{Service: "oss", Operation: operation.name, Resource: c.bucket}, 0, 0)
	verdict := s.options.Faults.Judge(c.Context(), fault.Call{Operation: operation.name, Resource: c.resource()})
	if f := verdict.Failure; f != nil {
		s.answerError(w, c, refuse(f.Status, f.Code, "%s", f.Message))
		return
	}
	if verdict.Drop {
		s.do(&unsent{header: make(http.Header)}, c, operation)
		verdict.Abort()
	}
	s.do(w, c, operation)
}

// admit finds out what a call wants, and whether its signature allows it.
func (s *Service) admit(c *call) (operation, error) {
	if err := c.parse(); err != nil {
		return operation{}, err
	}
	if err := s.authenticate(c); err != nil {
		return operation{}, err
	}
	o, err := route(c)
	if err != nil {
		return operation{}, err
	}
	return o, s.permit(c, o)
}

func (s *Service) do(w http.ResponseWriter, c *call, o operation) {
	if err := o.handle(s, w, c); err != nil {
		s.answerError(w, c, err)
	}
}

// unsent takes an answer that nobody gets.
type unsent struct{ header http.Header }

func (u *unsent) Header() http.Header         { return u.header }
func (u *unsent) Write(p []byte) (int, error) { return len(p), nil }
func (u *unsent) WriteHeader(int)             {}

// write sends the body of an answer. A client that does not take it has gone;
// there is nobody left to tell.
func (s *Service) write(w http.ResponseWriter, c *call, body []byte) {
	if _, err := w.Write(body); err != nil {
		s.log.Debug("answer not taken", "request_id", c.id, "error", err)
	}
}

func (s *Service) writeXML(w http.ResponseWriter, c *call, v any) error {
	body := encodeXML(v)
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	s.write(w, c, body)
	return nil
}

// encodeXML encodes one of this package's answers.
func encodeXML(v any) []byte {
	body, err := xml.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("answer %T can't be encoded: %v", v, err)) // a mistake in its type
	}
	return append([]byte(xml.Header), body...)
}
