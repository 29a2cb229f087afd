package fc

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// httpAnswer is what a go1 function returns for an HTTP trigger; the names are
// those of events.HTTPTriggerResponse in fc-runtime-go-sdk.
type httpAnswer struct {
	StatusCode      *int              `json:"statusCode"`
	Headers         map[string]string `json:"headers"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
	Body            string            `json:"body"`
}

// writeAnswer turns a function's result into the HTTP response. A result
// without a status code is taken for a JSON body, as the vendor documents.
func writeAnswer(w http.ResponseWriter, method, id string, result []byte) *failure {
	var a httpAnswer
	if err := json.Unmarshal(result, &a); err != nil && !json.Valid(result) {
		return badAnswer(fmt.Sprintf("the function's result is not JSON: %v", err))
	} else if err != nil && a.StatusCode != nil {
		return badAnswer(fmt.Sprintf("the function's result is not an HTTP response: %v", err))
	}
	if a.StatusCode == nil {
		status := http.StatusOK
		a = httpAnswer{StatusCode: &status, Body: string(result), Headers: map[string]string{"Content-Type": "application/json"}}
	}
	if *a.StatusCode < 200 || *a.StatusCode > 599 {
		return badAnswer(fmt.Sprintf("statusCode %d is not between 200 and 599", *a.StatusCode))
	}
	if a.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(a.Body)
		if err != nil {
			return badAnswer(fmt.Sprintf("body is not base64: %v", err))
		}
		a.Body = string(body)
	}
	if len(a.Body) > maxBody {
		return responseTooLarge()
	}
	a.write(w, method, id)
	return nil
}

func (a *httpAnswer) write(w http.ResponseWriter, method, id string) {
	header := w.Header()
	header["Content-Type"] = nil // the function's, never a guess
	for name, value := range a.Headers {
		if name = http.CanonicalHeaderKey(name); forwardedBack(name, method) {
			header[name] = []string{value}
		}
	}
	header["X-Fc-Request-Id"] = []string{id}
	w.WriteHeader(*a.StatusCode)
	io.WriteString(w, a.Body) //nolint:errcheck // the client may be gone
}

// forwardedBack tells whether a function's response header reaches the client:
// not those of the connection, nor a length, which follows from the body
// unless there is none.
func forwardedBack(name, method string) bool {
	return !ofConnection(name) && (name != "Content-Length" || method == http.MethodHead)
}
