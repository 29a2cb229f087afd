package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/route"
)

func TestAFunctionOutOfReach(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	functions := make(map[string]string)
	for _, name := range route.Functions() {
		functions[name] = gone.URL
	}
	wantUnavailable(t, start(t, functions), strings.TrimPrefix(gone.URL, "http://"))
}

// The platform answers in place of a function that crashed, took too long, or
// has no free instance.
func TestAFunctionThatDidNotAnswer(t *testing.T) {
	for _, status := range []int{429, 500, 502, 503, 504} {
		address, _ := function(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Fc-Error-Type", "UnhandledInvocationError")
			w.WriteHeader(status)
			io.WriteString(w, `{"RequestId":"2-inner","ErrorCode":"FunctionExited","ErrorMessage":"exit status 2"}`)
		})
		wantUnavailable(t, address, "2-inner", "FunctionExited", "UnhandledInvocationError")
	}
}

// A function's own error is in its dialect, and stays as it is.
func TestAFunctionsOwnErrors(t *testing.T) {
	for _, status := range []int{409, 429, 500, 503} {
		address, _ := function(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, "own words")
		})
		if response, body := send(t, request(t, "GET", address+"/hello/releases", nil)); response.StatusCode != status || body != "own words" {
			t.Errorf("%d %s, want %d", response.StatusCode, body, status)
		}
	}
}

// wantUnavailable requires the answer that tells to try again, and no internals.
func wantUnavailable(t *testing.T, address string, internals ...string) {
	t.Helper()
	response, body := send(t, request(t, "GET", address+"/hello/releases", nil))
	var answer map[string]string
	if err := json.Unmarshal([]byte(body), &answer); err != nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("%d %s, want 503 (%v)", response.StatusCode, body, err)
	}
	if !strings.Contains(answer["message"], "Try again") || response.Header.Get("Retry-After") == "" {
		t.Errorf("answer %v, header %v", answer, response.Header)
	}
	for _, text := range internals {
		if strings.Contains(fmt.Sprint(body, response.Header), text) {
			t.Errorf("the client is told %q: %s %v", text, body, response.Header)
		}
	}
}

func TestAnAnswerThatBreaksOffIsNotComplete(t *testing.T) {
	address, _ := function(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Write(bytes.Repeat([]byte("x"), 100))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	response, err := http.Get(address + "/hello/releases")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("%d bytes look like all of them", len(body))
	}
}

func TestAClientThatGoesAwayEndsTheFunctionsRequest(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	address, _ := function(t, func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		close(ended)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-begun
		cancel()
	}()
	r := request(t, "GET", address+"/hello/releases", nil).WithContext(ctx)
	if response, err := http.DefaultTransport.RoundTrip(r); err == nil {
		response.Body.Close()
		t.Error("the request was answered")
	}
	<-ended
}
