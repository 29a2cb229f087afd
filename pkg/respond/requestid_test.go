package respond_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/respond"
)

func TestAFunctionAnswersUnderTheGatewaysID(t *testing.T) {
	const own = "own-id"
	tests := map[string]struct{ header, want string }{
		"none":                 {"", own},
		"of the platform":      {"1-65f0-0Ab9-c3", "1-65f0-0Ab9-c3"},
		"as long as allowed":   {strings.Repeat("a", 64), strings.Repeat("a", 64)},
		"too long":             {strings.Repeat("a", 65), own},
		"with a line break":    {"a\nb", own},
		"ending in a new line": {"a\n", own},
		"with quotes":          {`a"b`, own},
		"with other letters":   {"é", own},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			log := capture(t)
			h := respond.Forwarded(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if got := respond.RequestID(r.Context()); got != test.want {
					t.Errorf("the request's id is %q, want %q", got, test.want)
				}
				respond.Failure(r, errors.New("for the log"))
			}))
			r := request(own)
			r.Header["X-Request-Id"] = []string{test.header}
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got := line(t, log); got["request_id"] != test.want || got["invocation_id"] != own {
				t.Errorf("logged %v", got)
			}
		})
	}
}

func TestTheClientsAddress(t *testing.T) {
	for header, want := range map[string]string{
		"": "192.0.2.1", "198.51.100.7": "198.51.100.7", "203.0.113.9, 198.51.100.7": "198.51.100.7", "203.0.113.9,2001:db8::7": "2001:db8::7",
	} {
		r := httptest.NewRequest("GET", "/", nil) // from 192.0.2.1:1234
		r.Header.Set(respond.AddressHeader, header)
		if got := respond.ClientAddress(r); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}
