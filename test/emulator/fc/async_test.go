package fc

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recording starts a function that records what it was asked, and fails the
// first times; it returns the lines that it has recorded.
func recording(t *testing.T, spec func(...string) string, failures string) (*Cloud, func() []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "record")
	c := start(t, spec("environmentVariables: {RECORD: "+file+", FAILURES: '"+failures+"'}", "timeout: 60", httpTriggers))
	c.pause = time.Millisecond
	return c, func() []string {
		text, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
	}
}

func TestAnAsynchronousRequestIsAcceptedAndRunByItself(t *testing.T) {
	for name, test := range map[string]struct {
		spec       func(...string) string
		path, line string
	}{
		"go1":    {go1Spec, "/record", "0 what to do"},
		"custom": {customSpec, "/invoke", "POST /invoke  what to do"},
	} {
		c, lines := recording(t, test.spec, "0")
		got := do(t, "POST", c.URL("f")+test.path, "what to do", "X-Fc-Invocation-Type", "Async")
		if got.status != http.StatusAccepted || got.body != "" || got.header.Get("X-Fc-Request-Id") == "" {
			t.Errorf("%s: %d %q %v", name, got.status, got.body, got.header)
		}
		eventually(t, name+" has run", func() bool { return len(lines()) > 0 })
		if got := lines(); len(got) != 1 || got[0] != test.line && name == "go1" || !strings.Contains(got[0], "what to do") {
			t.Errorf("%s: recorded %q, want %q", name, got, test.line)
		}
	}
}

func TestAnAsynchronousRequestThatFailsIsTriedAgain(t *testing.T) {
	for failures, tries := range map[string]int{"2": 3, "9": 4} {
		c, lines := recording(t, go1Spec, failures)
		if got := do(t, "POST", c.URL("f")+"/record", "x", "X-Fc-Invocation-Type", "Async"); got.status != http.StatusAccepted {
			t.Fatalf("%d %s", got.status, got.body)
		}
		eventually(t, "it was tried", func() bool { return len(lines()) >= tries })
		closeCloud(t, c)
		if got := lines(); len(got) != tries {
			t.Errorf("failing %s times it was tried %d times, want %d", failures, len(got), tries)
		}
	}
}

func TestAsynchronousRequestsHaveLimits(t *testing.T) {
	c, lines := recording(t, go1Spec, "0")
	got := do(t, "PATCH", c.URL("f")+"/record", "x", "X-Fc-Invocation-Type", "Async")
	wantFailure(t, "PATCH", got, http.StatusMethodNotAllowed, "MethodNotAllowed", "PATCH")
	got = do(t, "POST", c.URL("f")+"/record", strings.Repeat("x", maxAsyncBody+1), "X-Fc-Invocation-Type", "Async")
	wantFailure(t, "a large body", got, http.StatusRequestEntityTooLarge, "EntityTooLarge", "131072")
	if got := do(t, "POST", c.URL("f")+"/record", strings.Repeat("x", maxAsyncBody), "X-Fc-Invocation-Type", "async"); got.status != http.StatusAccepted {
		t.Errorf("%d %s", got.status, got.body)
	}
	eventually(t, "the one was recorded", func() bool { return len(lines()) == 1 })
}

func TestClosingEndsWhatRunsAsynchronously(t *testing.T) {
	for name, spec := range map[string]func(...string) string{"go1": go1Spec, "custom": customSpec} {
		c, _ := recording(t, spec, "0")
		if got := do(t, "POST", c.URL("f")+"/sleep?for=50s", "", "X-Fc-Invocation-Type", "Async"); got.status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", name, got.status, got.body)
		}
		eventually(t, "it runs", func() bool { return len(c.Instances()) == 1 })
	} // the cleanup requires Close to end in time
}
