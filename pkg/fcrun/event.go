package fcrun

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/aliyun/fc-runtime-go-sdk/events"
)

// Kinds of events that are no requests, as the access lines call them.
const (
	objectEvent = "event"
	timerEvent  = "timer"
)

// event is that of an HTTP trigger, of an OSS trigger, which has Events, or of a
// timer trigger, which has TriggerName.
type event struct {
	TriggerName string `json:"triggerName"`

	Events []struct {
		OSS struct {
			Object struct {
				Key string `json:"key"`
			} `json:"object"`
		} `json:"oss"`
	} `json:"events"`

	RawPath         string            `json:"rawPath"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
	Headers         map[string]string `json:"headers"`
	QueryParameters map[string]string `json:"queryParameters"`
	RequestContext  struct {
		DomainName string `json:"domainName"`
		HTTP       struct {
			Method   string `json:"method"`
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
	} `json:"requestContext"`
}

// kind tells what the event is, "" for a request.
func (e *event) kind() string {
	switch {
	case len(e.Events) > 0:
		return objectEvent
	case e.TriggerName != "":
		return timerEvent
	}
	return ""
}

// request makes the request that the trigger received.
func (e *event) request(ctx context.Context) (*http.Request, error) {
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, fmt.Errorf("event body is not base64: %w", err)
		}
	}
	address, err := url.ParseRequestURI("/" + strings.TrimPrefix(e.RawPath, "/"))
	if err != nil {
		return nil, fmt.Errorf("event path: %w", err)
	}
	address.RawQuery = e.query()
	method := e.RequestContext.HTTP.Method
	if method == "" {
		return nil, fmt.Errorf("event has no HTTP method: it comes from no HTTP, OSS or timer trigger")
	}
	r := &http.Request{
		Method: method, URL: address, RequestURI: address.RequestURI(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Host: e.RequestContext.DomainName, RemoteAddr: net.JoinHostPort(e.RequestContext.HTTP.SourceIP, "0"),
		Header: make(http.Header, len(e.Headers)),
		Body:   io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
	for name, value := range e.Headers {
		r.Header.Set(name, value)
	}
	return r.WithContext(ctx), nil
}

func (e *event) query() string {
	if len(e.QueryParameters) == 0 {
		return ""
	}
	query := make(url.Values, len(e.QueryParameters))
	for name, value := range e.QueryParameters {
		query.Set(name, value)
	}
	return query.Encode()
}

// recorder keeps a handler's answer until it can be put into an event.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: make(http.Header)} }

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// answer is the event that the trigger turns into the response.
func (w *recorder) answer() events.HTTPTriggerResponse {
	w.WriteHeader(http.StatusOK)
	a := events.HTTPTriggerResponse{StatusCode: w.status, Headers: make(map[string]string, len(w.header))}
	for name, values := range w.header {
		a.Headers[name] = strings.Join(values, ", ")
	}
	if utf8.Valid(w.body.Bytes()) {
		a.Body = w.body.String()
	} else {
		a.Body, a.IsBase64Encoded = base64.StdEncoding.EncodeToString(w.body.Bytes()), true
	}
	return a
}
