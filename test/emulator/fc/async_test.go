package fc

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestAnAsynchronousRequestIsAnsweredBeforeItRuns(t *testing.T) {
	for name, test := range map[string]struct {
		spec  func(...string) string
		tries []string
	}{
		"go1": {go1Spec, []string{"0 {}", "1 {}", "2 {}"}}, "custom": {customSpec, []string{"POST /record  {}"}}, // it gets the request, and has answered
	} {
		t.Run(name, func(t *testing.T) {
			c, lines := delivery(t, func(more ...string) string { return strings.Replace(test.spec(more...), ossTriggers, httpTriggers, 1) }, "2")
			got := do(t, "POST", c.URL("f")+"/record", "{}", "X-Fc-Invocation-Type", "Async", "Content-Type", "application/json")
			if got.status != http.StatusAccepted || got.body != "" || got.header.Get("X-Fc-Request-Id") == "" {
				t.Errorf("got %d %q", got.status, got.body)
			}
			eventually(t, "all tries were made", func() bool { return len(lines()) == len(test.tries) && lines()[0] != "" })
			if !slices.Equal(lines(), test.tries) {
				t.Errorf("got %q, want %q", lines(), test.tries)
			}
		})
	}
}

func TestAnAsynchronousRequestNeedsAMethodOfTheTrigger(t *testing.T) {
	c, lines := delivery(t, func(more ...string) string { return strings.Replace(go1Spec(more...), ossTriggers, httpTriggers, 1) }, "0")
	if got := do(t, "PATCH", c.URL("f")+"/record", "{}", "X-Fc-Invocation-Type", "Async"); got.status != http.StatusMethodNotAllowed {
		t.Errorf("got %d", got.status)
	}
	if lines()[0] != "" {
		t.Errorf("got %q", lines())
	}
}

func TestAnAsynchronousRequestIsSmall(t *testing.T) {
	c := start(t, go1Spec(httpTriggers))
	got := do(t, "POST", c.URL("f")+"/echo", strings.Repeat("x", maxAsyncBody+1), "X-Fc-Invocation-Type", "Async")
	wantFailure(t, "a large body", got, http.StatusRequestEntityTooLarge, "EntityTooLarge", "131072")
	if got := do(t, "POST", c.URL("f")+"/echo", strings.Repeat("x", maxAsyncBody), "X-Fc-Invocation-Type", "Async"); got.status != http.StatusAccepted {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestAnAsynchronousResponseMayBreakOff(t *testing.T) {
	c := start(t, customSpec(httpTriggers))
	if got := do(t, "GET", c.URL("f")+"/abort", "", "X-Fc-Invocation-Type", "Async"); got.status != http.StatusAccepted {
		t.Errorf("%d %s", got.status, got.body)
	}
	eventually(t, "it has run", func() bool { return len(c.Instances()) == 1 && c.Instances()[0].FirstAnswer > 0 })
	if got := do(t, "POST", c.URL("f")+"/echo", "hello"); got.body != "hello" {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestClosingEndsWhatRunsAsynchronously(t *testing.T) {
	for name, spec := range map[string]func(...string) string{"go1": go1Spec, "custom": customSpec} {
		c := start(t, spec("timeout: 3600", httpTriggers), func(o *Options) { o.Patience = 1 })
		if got := do(t, "POST", c.URL("f")+"/sleep?for=1h", "", "X-Fc-Invocation-Type", "Async"); got.status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", name, got.status, got.body)
		}
		eventually(t, "it runs", func() bool { return len(c.Instances()) == 1 })
	} // the cleanup requires Close to end in time
}
