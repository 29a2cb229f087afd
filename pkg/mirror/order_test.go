package mirror_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/mirror"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/test/hostile"
)

func TestOnlyTheRegistrysOwnOrdersAreTaken(t *testing.T) {
	s := newSite(t)
	s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
	const order = `{"name":"hello","version":"1.0.0"}`
	stranger := &identity.Orders{Key: identity.Key(strings.Repeat("x", identity.MinKey)), Clock: s.clock, TTL: time.Minute}
	ended := &identity.Orders{Key: s.orders.Key, Clock: func() time.Time { return s.clock().Add(-2 * time.Minute) }, TTL: time.Minute}
	for name, test := range map[string]struct {
		method, signature, text string
		status                  int
	}{
		"a right one":           {"POST", "Order " + s.orders.Sign(order), order, http.StatusOK},
		"without a signature":   {"POST", "", order, http.StatusForbidden},
		"of somebody else":      {"POST", "Order " + stranger.Sign(order), order, http.StatusForbidden},
		"that has ended":        {"POST", "Order " + ended.Sign(order), order, http.StatusForbidden},
		"for another text":      {"POST", "Order " + s.orders.Sign(order+" "), order, http.StatusForbidden},
		"by GET":                {"GET", "Order " + s.orders.Sign(order), order, http.StatusForbidden},
		"with no text":          {"POST", "Order " + s.orders.Sign(""), "", http.StatusBadRequest},
		"that is too long":      {"POST", "Order " + s.orders.Sign(strings.Repeat(" ", 5<<10)), strings.Repeat(" ", 5<<10), http.StatusForbidden},
		"for no version":        {"POST", "Order " + s.orders.Sign(`{"name":"hello","version":"x"}`), `{"name":"hello","version":"x"}`, http.StatusBadRequest},
		"for what there is not": {"POST", "Order " + s.orders.Sign(`{"name":"none","version":"1.0.0"}`), `{"name":"none","version":"1.0.0"}`, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(test.method, "/", strings.NewReader(test.text))
			r.Header.Set("Authorization", test.signature)
			before := len(s.up.Downloads())
			(&mirror.API{Mirroring: s.mirroring, Orders: s.orders}).ServeHTTP(w, r)
			if w.Code != test.status {
				t.Errorf("%d %s, want %d", w.Code, w.Body, test.status)
			}
			if test.status != http.StatusOK && len(s.up.Downloads()) != before {
				t.Error("a ZIP was fetched for it")
			}
		})
	}
}

func TestAFunctionOutOfReachIsUnavailable(t *testing.T) {
	s := newSite(t)
	s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
	gone := httptest.NewServer(nil)
	gone.Close()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }))
	defer refusing.Close()
	for _, address := range []string{gone.URL, refusing.URL} {
		s.function = address
		_, _, err := s.url(t.Context(), "1.0.0")
		wantCode(t, err, registry.Unavailable, "Try again in some seconds")
	}
	s.nothing(t)
}

func TestAskingEndsWithItsContext(t *testing.T) {
	hanging := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hanging }))
	defer server.Close()
	defer close(hanging)
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	c := &mirror.Client{URL: server.URL, Orders: newSite(t).orders, HTTP: http.DefaultClient}
	if err := c.StartMirror(ctx, "hello", registrytest.Version(t, "1.0.0")); err == nil {
		t.Error("it was accepted")
	}
}
