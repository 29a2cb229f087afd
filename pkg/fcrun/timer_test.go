package fcrun

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/credentials"
)

const tick = `{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"tick","payload":""}`

func TestTimersReachTheService(t *testing.T) {
	ticks, failure := 0, error(nil)
	s := Service{
		Role: new(credentials.Role), HTTP: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }),
		Timer: func(context.Context) error { ticks++; return failure },
	}
	post := func() int {
		w := httptest.NewRecorder()
		s.serve(w, httptest.NewRequest("POST", "/invoke", strings.NewReader(tick)))
		return w.Code
	}
	if _, err := invoke(t.Context(), s, json.RawMessage(tick)); err != nil || post() != http.StatusOK || ticks != 2 {
		t.Errorf("%d ticks, %v", ticks, err)
	}
	failure = errors.New("not now")
	if _, err := invoke(t.Context(), s, json.RawMessage(tick)); err == nil || post() != http.StatusInternalServerError {
		t.Errorf("a failed tick succeeded: %v", err)
	}
}
