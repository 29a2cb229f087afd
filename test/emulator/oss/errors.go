package oss

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// apiError is an error as the service answers it.
type apiError struct {
	status  int
	code    string
	message string
	ec      string // the service's finer code; "" where it is not known
	details []detail
}

// detail is an element that only some errors have.
type detail struct {
	XMLName xml.Name
	Value   string `xml:",chardata"`
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%d %s: %s", e.status, e.code, e.message)
}

// with returns the error with one more element.
func (e *apiError) with(name, value string) *apiError {
	extended := *e
	extended.details = append(extended.details[:len(extended.details):len(extended.details)],
		detail{xml.Name{Local: name}, value})
	return &extended
}

func refuse(status int, code, format string, args ...any) *apiError {
	return &apiError{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func invalidArgument(format string, args ...any) *apiError {
	return refuse(http.StatusBadRequest, "InvalidArgument", format, args...)
}

func noSuchBucket(bucket string) *apiError {
	e := refuse(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist.")
	e.ec = "0015-00000101"
	return e.with("BucketName", bucket)
}

func noSuchKey(key string) *apiError {
	e := refuse(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	e.ec = "0026-00000001"
	return e.with("Key", key)
}

func preconditionFailed(condition string) *apiError {
	return refuse(http.StatusPreconditionFailed, "PreconditionFailed",
		"At least one of the pre-conditions you specified did not hold.").with("Condition", condition)
}

func notImplemented(what string) *apiError {
	return refuse(http.StatusNotImplemented, "NotImplemented", "The emulator does not have %s.", what)
}

type errorXML struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
	Details   []detail
	EC        string `xml:",omitempty"`
}

// answerError writes err; one that is not the service's own is logged and
// answered with InternalError.
func (s *Service) answerError(w http.ResponseWriter, c *call, err error) {
	var known *apiError
	if !errors.As(err, &known) {
		s.log.Error("request failed", "request_id", c.id, "method", c.Method, "path", c.URL.Path, "error", err)
		known = refuse(http.StatusInternalServerError, "InternalError", "Please contact the server administrator.")
	}
	header := w.Header()
	if known.ec != "" {
		header.Set("x-oss-ec", known.ec)
	}
	if known.status == http.StatusNotModified {
		w.WriteHeader(known.status)
		return
	}
	body := errorBody(c, known)
	if c.Method == http.MethodHead {
		header.Set("x-oss-err", base64.StdEncoding.EncodeToString(body))
	}
	header.Set("Content-Type", "application/xml")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(known.status)
	s.write(w, c, body)
}

func errorBody(c *call, e *apiError) []byte {
	return encodeXML(errorXML{
		Code: e.code, Message: e.message, RequestID: c.id, HostID: c.Host,
		Details: e.details, EC: e.ec,
	})
}
