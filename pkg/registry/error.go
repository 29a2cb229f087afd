package registry

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an Error is.
type Code int

// The codes that a client can be told. An error without a Code is internal.
const (
	Internal        Code = iota
	Invalid              // the request breaks a rule
	Unauthenticated      // nobody knows who asks
	Forbidden            // who asks may not
	NotFound             // no such package, release or path
	NotAllowed           // the path exists, the method does not
	Conflict             // the version is taken
	Unavailable          // storage is busy; trying again helps
	Malformed            // a query that can't be read
)

// Error is a failure that the client is told of. Its Message says what is
// wrong, with which value, and what to do.
type Error struct {
	Code    Code
	Message string
	Err     error // for the log only; may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an *Error; format and args make the client's message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf returns the Code of err, Internal when it carries none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
