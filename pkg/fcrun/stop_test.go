package fcrun

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// stopping is a service that tells of its end: under which id, with which
// credentials.
func stopping(told func(string), err error) Service {
	s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(echo)}
	s.Stop = func(ctx context.Context) error {
		told(respond.RequestID(ctx) + " " + s.Role.Get().AccessKeyID)
		return err
	}
	return s
}

func TestGo1StopsWithTheInstancesLastCredentials(t *testing.T) {
	for _, err := range []error{nil, errors.New("not all was written")} {
		var told []string
		s := stopping(func(text string) { told = append(told, text) }, err)
		ctx := fccontext.NewContext(t.Context(), &fccontext.FcContext{
			RequestID: "1-stop", Credentials: fccontext.Credentials{AccessKeyId: "STS.9", AccessKeySecret: "s", SecurityToken: "t"},
		})
		fc.NewLifeCycleHandler(s.stop).Invoke(ctx)
		if len(told) != 1 || told[0] != "1-stop STS.9" {
			t.Errorf("stopped %q", told)
		}
	}
	fc.NewLifeCycleHandler(Service{Role: new(credentials.Role)}.stop).Invoke(t.Context()) // has nothing to finish
}

func TestTheServerStops(t *testing.T) {
	failing := errors.New("not all was written")
	tests := map[string]struct {
		method, target string
		stops          bool // whether the function has something to finish
		err            error
		answer         string
		told           bool
	}{
		"the hook":               {"GET", "/pre-stop", true, nil, "", true},
		"a hook that fails":      {"GET", "/pre-stop", true, failing, "", true},
		"another method":         {"POST", "/pre-stop", true, nil, "1-abc POST /pre-stop ", false},
		"another path":           {"GET", "/pre-stop/", true, nil, "1-abc GET /pre-stop/ ", false},
		"of one without an end":  {"GET", "/pre-stop", false, nil, "1-abc GET /pre-stop ", false},
		"a request like another": {"GET", "/hello/pre-stop", true, nil, "1-abc GET /hello/pre-stop ", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var told []string
			s := stopping(func(text string) { told = append(told, text) }, test.err)
			if !test.stops {
				s.Stop = nil
			}
			w := ask(s, test.method, test.target, "", "X-Fc-Access-Key-Id", "STS.9", "X-Fc-Access-Key-Secret", "s", "X-Fc-Security-Token", "t")
			if w.Code != http.StatusOK || w.Body.String() != test.answer {
				t.Errorf("%d %q, want %q", w.Code, w.Body, test.answer)
			}
			if test.told != (len(told) == 1 && told[0] == "1-abc STS.9") || !test.told && len(told) > 0 {
				t.Errorf("stopped %q", told)
			}
		})
	}
}

// asInstance makes a process of this test run a function, as an instance of it.
const asInstance = "FCRUN_TEST_AS_INSTANCE"

// runInstance is such a process: what it is told at its end, it tells by HTTP.
func runInstance(report string) error {
	return Run(stopping(func(text string) {
		response, err := http.Post(report, "text/plain", strings.NewReader(text))
		if err != nil {
			panic(err)
		}
		response.Body.Close()
	}, nil))
}

// The platform says by a header of the go1 runtime's API that it is the hook
// that is invoked.
func TestRunRegistersTheHook(t *testing.T) {
	happened := make(chan string, 2)
	invocations := make(chan struct{}, 1)
	invocations <- struct{}{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2020-11-11/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-invocations:
		case <-r.Context().Done():
			return
		}
		for name, value := range map[string]string{
			"x-fc-request-id": "1-stop", "x-fc-function-type": "2", "x-fc-function-timeout": "3",
			"x-fc-function-deadline": fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()),
			"x-fc-access-key-id":     "STS.9", "x-fc-access-key-secret": "s", "x-fc-security-token": "t",
		} {
			w.Header().Set(name, value)
		}
	})
	mux.HandleFunc("POST /2020-11-11/runtime/invocation/{id}/{outcome}", func(_ http.ResponseWriter, r *http.Request) {
		happened <- r.PathValue("id") + " " + r.PathValue("outcome")
	})
	mux.HandleFunc("POST /told", func(_ http.ResponseWriter, r *http.Request) {
		text := make([]byte, 100)
		n, _ := r.Body.Read(text)
		happened <- string(text[:n])
	})
	api := httptest.NewServer(mux)
	defer api.Close()
	instance := exec.Command(os.Args[0])
	instance.Env = append(os.Environ(), "FC_RUNTIME_API="+strings.TrimPrefix(api.URL, "http://"), asInstance+"="+api.URL+"/told")
	if err := instance.Start(); err != nil {
		t.Fatal(err)
	}
	defer instance.Process.Kill()
	ended := make(chan error, 1)
	go func() { ended <- instance.Wait() }()
	for _, want := range []string{"1-stop STS.9", "1-stop response"} {
		select {
		case got := <-happened:
			if got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		case err := <-ended:
			t.Fatalf("the instance ended: %v", err)
		}
	}
}
