package fc

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestCrashIsAnsweredAndTheInstanceReplaced(t *testing.T) {
	cases := map[string]struct{ spec, path string }{
		"go1 exit":            {go1Spec(httpTriggers), "/exit"},
		"go1 goroutine panic": {go1Spec(httpTriggers), "/gopanic"},
		"custom exit":         {customSpec(httpTriggers), "/exit"},
	}
	for name, test := range cases {
		c := start(t, test.spec)
		got := get(t, c.URL("f")+test.path)
		wantFailure(t, name, got, http.StatusBadGateway, "FunctionExited", "Process exited unexpectedly")
		if got := get(t, c.URL("f")+"/echo"); got.status != http.StatusOK {
			t.Errorf("%s: the next request got %d %s", name, got.status, got.body)
		}
	}
}

func TestPanicInTheHandlerIsReportedAndTheProcessGoesOn(t *testing.T) {
	c := start(t, go1Spec(httpTriggers))
	for path, message := range map[string]string{"/panic": "at the handler's disco", "/error": "the function refuses"} {
		got := get(t, c.URL("f")+path)
		var reported struct{ ErrorMessage, ErrorType string }
		if err := json.Unmarshal([]byte(got.body), &reported); err != nil {
			t.Fatalf("%s: %v in %q", path, err, got.body)
		}
		if got.status != http.StatusBadGateway || reported.ErrorMessage != message || reported.ErrorType == "" ||
			got.header.Get("X-Fc-Error-Type") != "UnhandledInvocationError" {
			t.Errorf("%s: got %d %v %+v", path, got.status, got.header, reported)
		}
	}
	before := c.Instances()
	if got := get(t, c.URL("f")+"/echo"); got.status != http.StatusOK || len(before) != 1 || c.Instances()[0].PID != before[0].PID {
		t.Errorf("after panics: status %d, instances %v, before %v", got.status, c.Instances(), before)
	}
}

func TestProgramThatDoesNotStartIsAnswered(t *testing.T) {
	for name, spec := range map[string]func(...string) string{"go1": go1Spec, "custom": customSpec} {
		var log syncBuffer
		c := start(t, spec("environmentVariables: {EXIT_AT_START: yes-please}", httpTriggers), func(o *Options) { o.Output = &log })
		wantFailure(t, name, get(t, c.URL("f")+"/echo"), http.StatusBadGateway, "FunctionNotStarted", "exited before")
		if name == "go1" {
			eventually(t, "its last words are shown", func() bool { return strings.Contains(log.String(), "[function-f] can't start\n") })
		}
		if n := len(c.Instances()); n != 0 {
			t.Errorf("%s: %d instances", name, n)
		}
	}
}

func TestIdleInstanceThatDiedIsReplaced(t *testing.T) {
	for name, spec := range map[string]string{"go1": go1Spec(httpTriggers), "custom": customSpec(httpTriggers)} {
		c := start(t, spec)
		get(t, c.URL("f")+"/echo")
		if err := syscall.Kill(c.Instances()[0].PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the instance is gone", func() bool { return len(c.Instances()) == 0 })
		if got := get(t, c.URL("f")+"/echo"); got.status != http.StatusOK {
			t.Errorf("%s: got %d %s", name, got.status, got.body)
		}
	}
}
