package fc

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestMethodsNotOfTheTriggerAreRefused(t *testing.T) {
	c := start(t, go1Spec(httpTriggers))
	got := do(t, "PATCH", c.URL("f")+"/echo", "")
	wantFailure(t, "PATCH", got, http.StatusMethodNotAllowed, "MethodNotAllowed", "PATCH")
	if allow := got.header.Get("Allow"); allow != "GET, POST, PUT, HEAD, DELETE" {
		t.Errorf("Allow: %q", allow)
	}
	if len(c.Instances()) != 0 {
		t.Error("an instance was started for it")
	}
}

func TestBodyLimitIs32MB(t *testing.T) {
	for name, spec := range map[string]func(...string) string{"go1": go1Spec, "custom": customSpec} {
		c := start(t, spec("timeout: 60", httpTriggers))
		for _, test := range []struct {
			size   int
			length int64
			status int
		}{{maxBody, maxBody, 200}, {maxBody + 1, maxBody + 1, 413}, {maxBody + 1, -1, 413}} {
			got := send(t, c.URL("f")+"/echo", io.LimitReader(letters{}, int64(test.size)), test.length)
			if got.status != test.status || got.status == 200 && len(got.body) != test.size {
				t.Errorf("%s: %+v: got %d, %d bytes", name, test, got.status, len(got.body))
			}
		}
		if got := get(t, c.URL("f")+"/big?n="+strconv.Itoa(maxBody)); got.status != 200 || len(got.body) != maxBody {
			t.Errorf("%s: response of 32 MB: got %d, %d bytes", name, got.status, len(got.body))
		}
		if got := get(t, c.URL("f")+"/big?n="+strconv.Itoa(maxBody+1)); got.status != 502 {
			t.Errorf("%s: response over 32 MB: got %d", name, got.status)
		}
		if n := len(c.Instances()); n != 1 {
			t.Errorf("%s: %d instances, want the first still in use", name, n)
		}
	}
}

type letters struct{}

func (letters) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

// send posts a body of a length, -1 for a chunked one.
func send(t *testing.T, url string, body io.Reader, length int64) httpReply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = length
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return httpReply{response.StatusCode, response.Header, string(text)}
}

func TestGo1AnswersBecomeResponses(t *testing.T) {
	c := start(t, go1Spec(httpTriggers))
	raw := func(method, answer string) httpReply {
		return do(t, method, c.URL("f")+"/raw?answer="+url.QueryEscape(answer), "")
	}
	cases := []struct {
		name, answer, body string
		status             int
		header             map[string]string
	}{
		{"status and headers", `{"statusCode":302,"headers":{"location":"/x","content-type":"text/html"}}`, "", 302, map[string]string{"Location": "/x", "Content-Type": "text/html"}},
		{"base64", `{"statusCode":200,"isBase64Encoded":true,"body":"/wA="}`, "\xff\x00", 200, nil},
		{"no type is guessed", `{"statusCode":200,"body":"<html>"}`, "<html>", 200, map[string]string{"Content-Type": ""}},
		{"a false length is corrected", `{"statusCode":200,"headers":{"Content-Length":"99"},"body":"abc"}`, "abc", 200, map[string]string{"Content-Length": "3"}},
		{"no body with 204", `{"statusCode":204}`, "", 204, nil},
		{"JSON without a status", `{"a":[1,2]}`, `{"a":[1,2]}`, 200, map[string]string{"Content-Type": "application/json"}},
		{"a JSON text", `"hello"`, `"hello"`, 200, map[string]string{"Content-Type": "application/json"}},
	}
	for _, test := range cases {
		got := raw("GET", test.answer)
		if got.status != test.status || got.body != test.body {
			t.Errorf("%s: got %d %q", test.name, got.status, got.body)
		}
		for name, value := range test.header {
			if got.header.Get(name) != value {
				t.Errorf("%s: %s is %q, want %q", test.name, name, got.header.Get(name), value)
			}
		}
	}
	if got := raw("HEAD", `{"statusCode":200,"headers":{"Content-Length":"1234"}}`); got.header.Get("Content-Length") != "1234" {
		t.Errorf("HEAD: %v", got.header)
	}
}

func TestBadGo1AnswersAre502(t *testing.T) {
	c := start(t, go1Spec(httpTriggers))
	for _, answer := range []string{
		`{"statusCode":"200"}`, `{"statusCode":99}`, `{"statusCode":1000}`, `{"statusCode":200,"body":{"a":1}}`,
		`{"statusCode":200,"isBase64Encoded":true,"body":"%%%"}`, `{"statusCode":200,"headers":{"A":["b"]}}`,
	} {
		got := get(t, c.URL("f")+"/raw?answer="+url.QueryEscape(answer))
		wantFailure(t, answer, got, http.StatusBadGateway, "InvalidFunctionResponse", "")
	}
	if n := len(c.Instances()); n != 1 {
		t.Errorf("%d instances, want the first still in use", n)
	}
}

func TestClientThatLeavesDoesNotBreakTheInstance(t *testing.T) {
	for name, spec := range map[string]func(...string) string{"go1": go1Spec, "custom": customSpec} {
		c := start(t, spec("timeout: 5", httpTriggers))
		get(t, c.URL("f")+"/echo")
		before := c.Instances()[0].PID
		path, release := hold(t)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer cancel()
			eventually(t, "the request is at work", func() bool { return c.busy() == 1 })
		}()
		r, _ := http.NewRequestWithContext(ctx, "GET", c.URL("f")+path, nil)
		if _, err := http.DefaultClient.Do(r); !errors.Is(err, context.Canceled) {
			t.Fatalf("%s: %v", name, err)
		}
		release()
		leaveInTheMiddleOfABody(t, c.URL("f"))
		eventually(t, "the instance is free", func() bool {
			p := c.deployments()[0].pool
			p.mu.Lock()
			defer p.mu.Unlock()
			return len(p.free) == len(p.all)
		})
		if got := get(t, c.URL("f")+"/echo"); got.status != 200 {
			t.Errorf("%s: got %d %s", name, got.status, got.body)
		}
		if !alive(before) {
			t.Errorf("%s: process %d is gone", name, before)
		}
	}
}

func leaveInTheMiddleOfABody(t *testing.T, url string) {
	t.Helper()
	for _, length := range []string{"1000", "100000"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: "+length+"\r\n\r\nabc")
		time.Sleep(50 * time.Millisecond)
		conn.Close()
	}
}
