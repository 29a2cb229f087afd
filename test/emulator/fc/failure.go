package fc

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

// failure is an invocation that did not come to an answer of the function.
type failure struct {
	status  int
	kind    string // x-fc-error-type
	code    string
	message string
	body    []byte // what the function itself reported; instead of code and message
	fatal   bool   // the instance can't be used again
}

// Values of x-fc-error-type: the platform's or the caller's fault, and the
// function's.
const (
	commonError    = "FcCommonError"
	unhandledError = "UnhandledInvocationError"
)

func (f *failure) Error() string {
	if f.body != nil {
		return fmt.Sprintf("the function reported an error: %s", f.body)
	}
	return f.code + ": " + f.message
}

// write answers the failure over HTTP, in the form that the service uses.
func (f *failure) write(w http.ResponseWriter, requestID string) {
	body := f.body
	if body == nil {
		body, _ = json.Marshal(map[string]string{
			"RequestId": requestID, "ErrorCode": f.code, "ErrorMessage": f.message,
		}) // a map of strings always encodes
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Fc-Request-Id", requestID)
	w.Header().Set("X-Fc-Error-Type", f.kind)
	w.WriteHeader(f.status)
	w.Write(body) //nolint:errcheck // the client may be gone
}

func injected(f *fault.Failure) *failure {
	return &failure{status: f.Status, kind: commonError, code: f.Code, message: f.Message}
}

func methodNotAllowed(method string) *failure {
	return &failure{status: http.StatusMethodNotAllowed, kind: commonError, code: "MethodNotAllowed",
		message: fmt.Sprintf("the HTTP trigger does not take method %s", method)}
}

// removed is for a request that came over a connection from before; the code
// is that of the service for a function that it does not know.
func removed() *failure {
	return &failure{status: http.StatusNotFound, kind: commonError, code: "FunctionNotFound",
		message: "the function or its HTTP trigger was removed"}
}

func requestTooLarge() *failure {
	return &failure{status: http.StatusRequestEntityTooLarge, kind: commonError, code: "EntityTooLarge",
		message: fmt.Sprintf("payload size exceeds maximum allowed size (%d bytes)", maxBody)}
}

func asyncTooLarge() *failure {
	return &failure{status: http.StatusRequestEntityTooLarge, kind: commonError, code: "EntityTooLarge",
		message: fmt.Sprintf("payload size exceeds maximum allowed size (%d bytes)", maxAsyncBody)}
}

func responseTooLarge() *failure {
	return badAnswer(fmt.Sprintf("the response exceeds the maximum allowed size (%d bytes)", maxBody))
}

func badAnswer(message string) *failure {
	return &failure{status: http.StatusBadGateway, kind: unhandledError, code: "InvalidFunctionResponse", message: message}
}

func exhausted() *failure {
	return &failure{status: http.StatusTooManyRequests, kind: commonError, code: "ResourceExhausted",
		message: fmt.Sprintf("the account's limit of %d instances is reached", maxInstances)}
}

func timedOut(limit time.Duration) *failure {
	return &failure{status: http.StatusGatewayTimeout, fatal: true, kind: unhandledError, code: "FunctionTimeout",
		message: fmt.Sprintf("Function timed out after %d seconds", int(limit.Seconds()))}
}

func exited(after time.Duration) *failure {
	return &failure{status: http.StatusBadGateway, fatal: true, kind: unhandledError, code: "FunctionExited",
		message: fmt.Sprintf("Process exited unexpectedly before completing request (duration: %dms)", after.Milliseconds())}
}

func notStarted(err error) *failure {
	return &failure{status: http.StatusBadGateway, kind: unhandledError, code: "FunctionNotStarted", message: err.Error()}
}

// gone is for a caller that left before its request had an instance; the
// service logs it as 499.
func gone() *failure {
	return &failure{status: 499, kind: commonError, code: "ClientClosedRequest", message: "the client closed the request"}
}

// reported is an error that the function sent to the runtime API.
func reported(body []byte) *failure {
	return &failure{status: http.StatusBadGateway, kind: unhandledError, body: body}
}
