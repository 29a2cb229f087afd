// Package respond writes the answers of all dialects: JSON, the status that
// fits an error, and what a client may know of it.
package respond

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// status is the one map from error codes to HTTP.
func status(c registry.Code) int {
	switch c {
	case registry.Malformed:
		return http.StatusBadRequest
	case registry.Invalid:
		return http.StatusUnprocessableEntity
	case registry.Unauthenticated:
		return http.StatusUnauthorized
	case registry.Forbidden:
		return http.StatusForbidden
	case registry.NotFound:
		return http.StatusNotFound
	case registry.NotAllowed:
		return http.StatusMethodNotAllowed
	case registry.Conflict:
		return http.StatusConflict
	case registry.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// Failure logs err, unless it is the client's own doing, and returns what to
// answer: the status and the words.
func Failure(r *http.Request, err error) (int, string) {
	if e, ok := errors.AsType[*registry.Error](err); ok && e.Code != registry.Internal {
		if e.Code == registry.Unavailable {
			log(r, slog.LevelWarn, err)
		}
		return status(e.Code), e.Message
	}
	if _, ok := errors.AsType[Logged](err); !ok {
		log(r, slog.LevelError, err)
	}
	return http.StatusInternalServerError, fmt.Sprintf("The registry failed on this request. Try again; if it goes on, give its administrator the request id %s.", RequestID(r.Context()))
}

// Logged is an error that is in the log already, and not to be repeated there at
// each request.
type Logged struct{ Err error }

func (l Logged) Error() string { return l.Err.Error() }

// Unwrap returns the error itself.
func (l Logged) Unwrap() error { return l.Err }

// Log logs err, if there is one, of which the client is not told.
func Log(r *http.Request, err error) {
	if err != nil {
		log(r, slog.LevelWarn, err)
	}
}

func log(r *http.Request, level slog.Level, err error) {
	of := trace.From(r.Context())
	slog.Log(r.Context(), level, "request failed", "request_id", of.ID, "invocation_id", of.Invocation,
		"method", r.Method, "path", r.URL.Path, "error", err)
}

// Browses tells whether a person asks, by a browser, and not a program.
func Browses(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// NoStore asks caches on the way to keep nothing of an answer: not everybody may
// see it, or it is good for minutes.
func NoStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }

// JSON answers with v. Browsers are told to believe the content type.
func JSON(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // people read the URLs in it; it is no HTML
	if err := encoder.Encode(v); err != nil {
		slog.Error("answer can't be encoded", "error", err)
		status = http.StatusInternalServerError
		body.WriteString("{}\n")
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	w.WriteHeader(status)
	// A client that went away is nobody's error.
	_, _ = body.WriteTo(w)
}
