package devs_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// refuse lets alice's announced upload of hello have been refused.
func (s site) refuse(t *testing.T, version, reason string) {
	t.Helper()
	a, err := s.attempts.Attempt(t.Context(), "alice", "hello", version)
	if err != nil {
		t.Fatal(err)
	}
	a.State, a.Reason = registry.AttemptRefused, reason
	if err := s.attempts.PutAttempt(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

func TestARefusedUploadIsToldInABodyThatTheCLIPrints(t *testing.T) {
	const reason = `the entry "<b>.md" is a link`
	s := newSite(t)
	ways := []string{"/v3/packages/hello/release?page=1", "/v3/packages/hello/release/latest", "/v3/packages/hello/release/tags/1.0.0", "/v3/packages/HELLO/release/tags/%5E1"}
	bob := s.add(t, "bob")
	before := make(map[string]string)
	whole := func(r *http.Request) string {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r.WithContext(respond.WithRequestID(r.Context(), requestID)))
		var all strings.Builder
		w.Result().Header.Write(&all) //nolint:errcheck // into memory
		return all.String() + w.Body.String()
	}
	for _, way := range ways {
		before[way] = whole(httptest.NewRequest("GET", way, nil))
	}
	s.announced(t, form("1.0.0"))
	s.refuse(t, "1.0.0", reason)
	for _, way := range ways {
		wantWords(t, s.call(t, bearer("GET", way, s.token, nil), http.StatusNotFound), "Your upload of hello 1.0.0 of 2025-02-19 21:20 UTC was refused: "+reason)
		for _, other := range []*http.Request{httptest.NewRequest("GET", way, nil), bearer("GET", way, bob, nil), bearer("GET", way, "fcr_wrong", nil)} {
			if got := whole(other); got != before[way] {
				t.Errorf("%s is answered to others with %s\nand was before with %s", way, got, before[way])
			}
		}
	}
	wantWords(t, s.announce(t, form("1.0.0"), http.StatusConflict), reason, "This is said once: publish again")
	s.announced(t, form("1.0.0"))
}
