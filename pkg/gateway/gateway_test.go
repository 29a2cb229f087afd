package gateway_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/gateway"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/pkg/srm"
)

const requestID = "1-65f0-abc"

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // errors are expected
	os.Exit(m.Run())
}

// start serves a gateway to functions at these addresses and returns its own.
func start(t *testing.T, functions map[string]string) string {
	t.Helper()
	h, err := gateway.New(functions, srm.Error)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(respond.WithRequestID(r.Context(), requestID)))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// function is one that answers by f, and the gateway's address before it.
func function(t *testing.T, f http.HandlerFunc) (address, host string) {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	functions := make(map[string]string)
	for _, name := range route.Functions() {
		functions[name] = server.URL
	}
	return start(t, functions), strings.TrimPrefix(server.URL, "http://")
}

// send sends a request as it is, following no redirect.
func send(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func request(t *testing.T, method, target string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEachRouteGoesToItsFunction(t *testing.T) {
	functions := make(map[string]string)
	for _, name := range route.Functions() {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, name, " ", r.Method, " ", r.RequestURI)
		}))
		t.Cleanup(server.Close)
		functions[name] = server.URL
	}
	address := start(t, functions)
	for _, r := range route.Table() {
		if r.Function == route.Gateway {
			continue
		}
		// Escapes must arrive as they were sent.
		target := strings.NewReplacer("{provider}", "dev%2Fsapp", "{name}", "hel%2Flo", "{version}", "%5E1.0%2B+x", "{file}", "f.css", "{token}", "ci", "{webhook}", "W", "{delivery}", "1", "{$}", "").Replace(r.Path) + "?page=2&a=%20b&a=+c"
		_, body := send(t, request(t, r.Method, address+target, nil))
		if want := r.Function + " " + r.Method + " " + target; body != want {
			t.Errorf("%s %s: got %s, want %s", r.Method, r.Path, body, want)
		}
	}
}

func TestEmptySegmentsDoNotGoOn(t *testing.T) {
	address := named(t)
	for target, want := range map[string]string{
		"//v3//packages/a%2Fb%20c/release/tags/%5E1.0%2B+x?page=2&a=//": "query-latest GET /v3/packages/a%2Fb%20c/release/tags/%5E1.0%2B+x?page=2&a=//",
		"//evil.example.com/releases":                                   "query-all GET /evil.example.com/releases",
		"///":                                                           "web GET /",
	} {
		response, body := send(t, request(t, "GET", address+target, nil))
		if body != want || response.Header.Get("Location") != "" {
			t.Errorf("%s: %d %v %s, want %s", target, response.StatusCode, response.Header, body, want)
		}
	}
}

func TestWhatNoFunctionServesEndsAtTheGateway(t *testing.T) {
	address, _ := function(t, func(http.ResponseWriter, *http.Request) { t.Error("the function was called") })
	for target, status := range map[string]int{"/hello": 404, "/v3/packages": 404, "/./hello/releases": 404, "//hello/releases": 405, "/hello/releases": 405} {
		response, body := send(t, request(t, "PUT", address+target, nil))
		if response.StatusCode != status || !strings.HasPrefix(body, `{"message":"`) {
			t.Errorf("%s: %d %s, want %d", target, response.StatusCode, body, status)
		}
	}
}

func TestHeadersArriveButThePlatforms(t *testing.T) {
	received := make(chan *http.Request, 1)
	address, host := function(t, func(_ http.ResponseWriter, r *http.Request) { received <- r })
	r := request(t, "GET", address+"/hello/releases", nil)
	r.Host = "registry.example.com"
	for name, value := range map[string]string{
		"X-Fc-Access-Key-Id": "STS.1", "X-Fc-Access-Key-Secret": "secret", "X-Fc-Security-Token": "token", "x-fc-request-id": "other", "X-Fc-": "x",
		"X-Request-Id": "chosen-by-the-client", "X-Forwarded-For": "203.0.113.9, 192.0.2.7", "X-Forwarded-Host": "evil.example.net", "token": "0123", "sign_code": "4567", "Authorization": "Bearer T", "User-Agent": "s/3.1.10", "Accept-Encoding": "br",
	} {
		r.Header.Set(name, value)
	}
	r.Header["X-Twice"] = []string{"a", "b"}
	send(t, r)
	got := <-received
	for name, want := range map[string]string{
		"token": "0123", "sign_code": "4567", "Authorization": "Bearer T", "User-Agent": "s/3.1.10", "Accept-Encoding": "br",
		"X-Request-Id": requestID, "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "registry.example.com",
	} {
		if value := strings.Join(got.Header.Values(name), "|"); value != want {
			t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
	if value := got.Header.Values("X-Twice"); len(value) != 2 {
		t.Errorf("X-Twice is %q", value)
	}
	for name := range got.Header {
		if strings.HasPrefix(strings.ToLower(name), "x-fc-") {
			t.Errorf("%s was sent on", name)
		}
	}
	if got.Host != host {
		t.Errorf("Host is %q, want %q", got.Host, host)
	}
}

func TestAnswersComeBackAsTheyAre(t *testing.T) {
	zip := []byte("PK\x03\x04\x00\xff")
	address, _ := function(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://bucket.example.com/x.zip?a=1&b=2")
		w.Header()["Link"] = []string{"a", "b"}
		w.Header().Set("X-Fc-Request-Id", "2-inner")
		w.WriteHeader(http.StatusFound)
		w.Write(zip)
	})
	response, body := send(t, request(t, "GET", address+"/hello/zipball/1.0.0", nil))
	if response.StatusCode != http.StatusFound || body != string(zip) {
		t.Errorf("%d %q", response.StatusCode, body)
	}
	if h := response.Header; h.Get("Location") != "https://bucket.example.com/x.zip?a=1&b=2" || len(h["Link"]) != 2 || h.Get("X-Fc-Request-Id") != "" {
		t.Errorf("header %v", h)
	}
}

// Whoever waits for the end of a body hangs: the sender goes on only after the
// receiver has got the part before.
func TestRequestsAreStreamed(t *testing.T) {
	got := make(chan struct{})
	address, _ := function(t, func(_ http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, 5)
		close(got)
		rest, err := io.ReadAll(r.Body)
		if err != nil || string(rest) != " last" {
			t.Errorf("the function got %q, %v", rest, err)
		}
	})
	body, writer := io.Pipe()
	go func() {
		io.WriteString(writer, "first")
		<-got
		io.WriteString(writer, " last")
		writer.Close()
	}()
	if response, text := send(t, request(t, "POST", address+"/v3/packages/releases", body)); response.StatusCode != http.StatusOK {
		t.Errorf("%s %s", response.Status, text)
	}
}

func TestAnswersAreStreamed(t *testing.T) {
	read := make(chan struct{})
	address, _ := function(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "first")
		w.(http.Flusher).Flush()
		<-read
		io.WriteString(w, " last")
	})
	response, err := http.Get(address + "/hello/releases")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := make([]byte, 5)
	if _, err := io.ReadFull(response.Body, first); err != nil {
		t.Fatal(err)
	}
	close(read)
	if rest, err := io.ReadAll(response.Body); err != nil || string(first)+string(rest) != "first last" {
		t.Errorf("got %q %q, %v", first, rest, err)
	}
}

func TestAnAddressThatIsNone(t *testing.T) {
	_, err := gateway.New(map[string]string{route.Download: "http://a b"}, srm.Error)
	if err == nil || !strings.Contains(err.Error(), "function download") {
		t.Errorf("got %v", err)
	}
}
