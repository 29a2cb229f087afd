package fc

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestTimeoutIsAnsweredAndEndsTheInstance(t *testing.T) {
	for name, spec := range map[string]string{"go1": go1Spec("timeout: 1", httpTriggers), "custom": customSpec("timeout: 1", httpTriggers)} {
		c := start(t, spec, func(o *Options) { o.Patience = 1 })
		got := get(t, c.URL("f")+"/sleep?for=1h")
		wantFailure(t, name, got, http.StatusGatewayTimeout, "FunctionTimeout", "after 1 seconds")
		eventually(t, "the process is gone", func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return len(c.processes) == 0
		})
		eventually(t, "another instance answers", func() bool { return get(t, c.URL("f")+"/echo").status == http.StatusOK })
	}
}

// wantFailure checks a failure in the platform's form.
func wantFailure(t *testing.T, what string, got httpReply, status int, code, message string) {
	t.Helper()
	var body struct{ RequestId, ErrorCode, ErrorMessage string }
	if err := json.Unmarshal([]byte(got.body), &body); err != nil {
		t.Errorf("%s: %v in %q", what, err, got.body)
	}
	if got.status != status || body.ErrorCode != code || !strings.Contains(body.ErrorMessage, message) {
		t.Errorf("%s: got %d %+v, want %d %s with %q", what, got.status, body, status, code, message)
	}
	if id := got.header.Get("X-Fc-Request-Id"); id == "" || id != body.RequestId {
		t.Errorf("%s: request id %q in the header, %q in the body", what, id, body.RequestId)
	}
	if got.header.Get("X-Fc-Error-Type") == "" {
		t.Errorf("%s: no error type", what)
	}
}
