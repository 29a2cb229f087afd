package fcrun

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

func TestMain(m *testing.M) {
	if report := os.Getenv(asInstance); report != "" {
		if err := runInstance(report); err != nil {
			panic(err)
		}
		return
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // errors are expected
	os.Exit(m.Run())
}

// echo answers with what it was asked.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s %s %s", respond.RequestID(r.Context()), r.Method, r.RequestURI, body)
}

// ask sends a request as the platform passes it to a custom runtime.
func ask(s Service, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("X-Fc-Request-Id", "1-abc")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.serve(w, r)
	return w
}

func TestTheServerTakesCredentialsFromEachRequest(t *testing.T) {
	s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(echo)}
	key := func(id string) []string {
		return []string{"X-Fc-Access-Key-Id", id, "X-Fc-Access-Key-Secret", "s", "X-Fc-Security-Token", "t"}
	}
	for _, step := range []struct {
		headers []string
		want    string
	}{{key("STS.1"), "STS.1"}, {nil, "STS.1"}, {key(""), "STS.1"}, {key("STS.2"), "STS.2"}} {
		ask(s, "GET", "/", "", step.headers...)
		if got, want := s.Role.Get(), (credentials.Credentials{AccessKeyID: step.want, AccessKeySecret: "s", SecurityToken: "t"}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestTheServerTellsEventsFromRequests(t *testing.T) {
	event := string(ossEvent("uploads/a.zip", "uploads/b.zip"))
	failing := errors.New("no good")
	tests := map[string]struct {
		method, target, body string
		events               bool // whether the function takes events
		err                  error
		status               int
		answer, keys         string
	}{
		"a request":                       {"POST", "/x?y=1", "body", true, nil, 200, "1-abc POST /x?y=1 body", ""},
		"an event":                        {"POST", "/invoke", event, true, nil, 200, "", "1-abc uploads/a.zip 1-abc uploads/b.zip"},
		"an event that fails":             {"POST", "/invoke", event, true, failing, 500, "event failed\n", "1-abc uploads/a.zip"},
		"an event that is none":           {"POST", "/invoke", "hello", true, nil, 500, "event failed\n", ""},
		"an event that is too large":      {"POST", "/invoke", `{"x":"` + strings.Repeat("x", maxEvent) + `"}`, true, nil, 500, "event failed\n", ""},
		"the path, by GET":                {"GET", "/invoke", "", true, nil, 200, "1-abc GET /invoke ", ""},
		"the path, of one without events": {"POST", "/invoke", "body", false, nil, 200, "1-abc POST /invoke body", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var keys []string
			s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(echo)}
			if test.events {
				s.Object = func(ctx context.Context, key string) error {
					keys = append(keys, respond.RequestID(ctx)+" "+key)
					return test.err
				}
			}
			w := ask(s, test.method, test.target, test.body)
			if w.Code != test.status || w.Body.String() != test.answer || strings.Join(keys, " ") != test.keys {
				t.Errorf("%d %q, keys %v; want %d %q, %q", w.Code, w.Body, keys, test.status, test.answer, test.keys)
			}
		})
	}
}

// freePort finds a port that nobody listens on at this moment.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func listening(port string) bool {
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

func TestRunEndsWhenToldToAfterWhatItHasBegun(t *testing.T) {
	port := freePort(t)
	t.Setenv("FC_RUNTIME_API", "")
	t.Setenv("FC_SERVER_PORT", port)
	begun, release, ended, answer := make(chan struct{}), make(chan struct{}), make(chan error, 1), make(chan string, 1)
	s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-release
		io.WriteString(w, "done")
	})}
	go func() { ended <- Run(s) }()
	for !listening(port) {
		select {
		case err := <-ended:
			t.Fatal(err)
		default:
		}
	}
	go func() {
		r, err := http.Get("http://127.0.0.1:" + port)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer r.Body.Close()
		body, _ := io.ReadAll(r.Body)
		answer <- string(body)
	}()
	<-begun
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Signal(syscall.SIGTERM)
	}
	if err != nil {
		t.Fatal(err)
	}
	for listening(port) { // new requests are refused
	}
	close(release)
	if got := <-answer; got != "done" {
		t.Errorf("the request in flight was answered with %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestRunFailsWhenItsPortIsTaken(t *testing.T) {
	listener, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	t.Setenv("FC_RUNTIME_API", "")
	t.Setenv("FC_SERVER_PORT", port)
	if err := Run(Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(echo)}); err == nil || !strings.Contains(err.Error(), port) {
		t.Errorf("got %v", err)
	}
}
