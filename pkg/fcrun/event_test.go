package fcrun

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun/fc-runtime-go-sdk/events"

	"github.com/fc-registry/fc-registry/pkg/credentials"
)

// httpEvent is an event as the HTTP trigger makes it.
const httpEvent = `{
	"version": "v1",
	"rawPath": "/hel%2Flo/releases/tags/%5E1.0%2B+x",
	"body": "cHVibGlzaD3/",
	"isBase64Encoded": true,
	"headers": {"sign_code": "28e1", "Content-Type": "text/plain", "x-many": "a,b"},
	"queryParameters": {"page": "2", "q": "a b&c=+,ü", "empty": ""},
	"requestContext": {
		"accountId": "123456*********", "domainName": "registry.example.com", "domainPrefix": "registry",
		"http": {"method": "POST", "path": "/hel/lo/releases/tags/^1.0++x", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "s"},
		"requestId": "1-abc", "time": "2024-05-17T03:12:28Z", "timeEpoch": "1715915548"
	}
}`

// received hands an event to a service and returns the request that arrived.
func received(t *testing.T, event string) (r *http.Request, body string) {
	t.Helper()
	s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(func(_ http.ResponseWriter, got *http.Request) {
		text, err := io.ReadAll(got.Body)
		if err != nil {
			t.Error(err)
		}
		r, body = got, string(text)
	})}
	if _, err := invoke(t.Context(), s, json.RawMessage(event)); err != nil {
		t.Fatal(err)
	}
	return r, body
}

func TestAnEventBecomesARequest(t *testing.T) {
	r, body := received(t, httpEvent)
	if r.Method != "POST" || r.Host != "registry.example.com" || r.RemoteAddr != "203.0.113.7:0" || r.Proto != "HTTP/1.1" {
		t.Errorf("method %s, host %s, address %s, protocol %s", r.Method, r.Host, r.RemoteAddr, r.Proto)
	}
	if r.URL.Path != "/hel/lo/releases/tags/^1.0++x" || r.URL.EscapedPath() != "/hel%2Flo/releases/tags/%5E1.0%2B+x" {
		t.Errorf("path %s, escaped %s", r.URL.Path, r.URL.EscapedPath())
	}
	if q := r.URL.Query(); len(q) != 3 || q.Get("page") != "2" || q.Get("q") != "a b&c=+,ü" || !q.Has("empty") {
		t.Errorf("query %v", q)
	}
	if r.RequestURI != r.URL.EscapedPath()+"?"+r.URL.RawQuery {
		t.Errorf("RequestURI %s", r.RequestURI)
	}
	if h := r.Header; len(h) != 3 || h.Get("sign_code") != "28e1" || h.Get("Content-Type") != "text/plain" || h.Get("X-Many") != "a,b" {
		t.Errorf("header %v", h)
	}
	if body != "publish=\xff" || r.ContentLength != 9 {
		t.Errorf("body %q, length %d", body, r.ContentLength)
	}
}

func TestEventsWithLess(t *testing.T) {
	tests := map[string]struct{ event, uri, host, address, body string }{
		"a method alone":     {`{"requestContext":{"http":{"method":"GET"}}}`, "/", "", ":0", ""},
		"no leading slash":   {`{"rawPath":"hello","requestContext":{"http":{"method":"GET"}}}`, "/hello", "", ":0", ""},
		"two slashes":        {`{"rawPath":"//h/b","requestContext":{"http":{"method":"GET"}}}`, "//h/b", "", ":0", ""},
		"a body as it is":    {`{"body":"包 +%","isBase64Encoded":false,"requestContext":{"http":{"method":"GET"}}}`, "/", "", ":0", "包 +%"},
		"null for no values": {`{"headers":null,"queryParameters":null,"body":null,"requestContext":{"http":{"method":"GET"}}}`, "/", "", ":0", ""},
		"an IPv6 client":     {`{"requestContext":{"domainName":"h","http":{"method":"GET","sourceIp":"2001:db8::1"}}}`, "/", "h", "[2001:db8::1]:0", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r, body := received(t, test.event)
			if r.RequestURI != test.uri || r.Host != test.host || r.RemoteAddr != test.address || body != test.body || r.Header == nil {
				t.Errorf("URI %s, host %q, address %s, body %q, header %v", r.RequestURI, r.Host, r.RemoteAddr, body, r.Header)
			}
		})
	}
}

func TestEventsThatAreNone(t *testing.T) {
	s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") })}
	tests := map[string]struct{ event, words string }{
		"nothing":           {"", "event is not JSON"},
		"no JSON":           {"hello", "event is not JSON"},
		"a list":            {"[]", "event is not JSON"},
		"a header's list":   {`{"headers":{"a":["b"]}}`, "event is not JSON"},
		"of another source": {`{"triggerTime":"2024-05-17T03:12:28Z","triggerName":"timer"}`, `this function has no use for timers; remove its timer trigger "timer"`},
		"of none":           {`{"messages":[]}`, "event has no HTTP method: it comes from no HTTP, OSS or timer trigger"},
		"no base64":         {`{"body":"*","isBase64Encoded":true,"requestContext":{"http":{"method":"GET"}}}`, "event body is not base64"},
		"a broken escape":   {`{"rawPath":"/%zz","requestContext":{"http":{"method":"GET"}}}`, "event path"},
		"a new line":        {`{"rawPath":"/a\nb","requestContext":{"http":{"method":"GET"}}}`, "event path"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if answer, err := invoke(t.Context(), s, json.RawMessage(test.event)); err == nil || !strings.Contains(err.Error(), test.words) || answer != nil {
				t.Errorf("got %s, %v, want %q", answer, err, test.words)
			}
		})
	}
}

func TestAnAnswerBecomesAnEvent(t *testing.T) {
	binary := "PK\x03\x04\xff\xfe"
	tests := map[string]struct {
		handler http.HandlerFunc
		want    events.HTTPTriggerResponse
	}{
		"nothing at all": {func(http.ResponseWriter, *http.Request) {}, events.HTTPTriggerResponse{StatusCode: 200}},
		"a body": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "包 "); io.WriteString(w, "<&>\x00") },
			events.HTTPTriggerResponse{StatusCode: 200, Body: "包 <&>\x00"}},
		"a status": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(404)
			w.WriteHeader(200)
			io.WriteString(w, "x")
		},
			events.HTTPTriggerResponse{StatusCode: 404, Body: "x"}},
		"headers": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://h/?a=1&b=2")
			w.Header()["Link"] = []string{"<a>", "<b>"}
			w.WriteHeader(302)
		}, events.HTTPTriggerResponse{StatusCode: 302, Headers: map[string]string{"Location": "https://h/?a=1&b=2", "Link": "<a>, <b>"}}},
		"a binary body": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, binary) },
			events.HTTPTriggerResponse{StatusCode: 200, IsBase64Encoded: true, Body: base64.StdEncoding.EncodeToString([]byte(binary))}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := Service{Role: new(credentials.Role), HTTP: test.handler}
			answer, err := invoke(t.Context(), s, json.RawMessage(httpEvent))
			if err != nil {
				t.Fatal(err)
			}
			var got events.HTTPTriggerResponse
			if err := json.Unmarshal(answer, &got); err != nil {
				t.Fatalf("%v: %s", err, answer)
			}
			if got.StatusCode != test.want.StatusCode || got.Body != test.want.Body || got.IsBase64Encoded != test.want.IsBase64Encoded || len(got.Headers) != len(test.want.Headers) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
			for name, value := range test.want.Headers {
				if got.Headers[name] != value {
					t.Errorf("%s is %q, want %q", name, got.Headers[name], value)
				}
			}
		})
	}
}
