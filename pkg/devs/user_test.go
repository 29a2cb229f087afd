package devs_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
)

// signed is a request as the CLI signs it.
func signed(method, target, token, nonce string, at time.Time) *http.Request {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	sum, code := md5.Sum([]byte(token)), sha256.Sum256([]byte(token+nonce+timestamp))
	r := httptest.NewRequest(method, target, nil)
	r.Header.Set("token", hex.EncodeToString(sum[:]))
	r.Header.Set("timestamp", timestamp)
	r.Header.Set("nonce", nonce)
	r.Header.Set("sign_code", hex.EncodeToString(code[:]))
	return r
}

const nonce = "abcdefghijklmno"

func TestEveryChangeNeedsALogin(t *testing.T) {
	for target, method := range map[string]string{
		"/v3/packages/releases":                 "POST",
		"/v3/packages/hello/release/tags/1.0.0": "DELETE",
		"/v3/user/token":                        "POST",
	} {
		t.Run(target, func(t *testing.T) {
			s := newSite(t)
			unauthenticated := map[string]*http.Request{
				"not logged in":      httptest.NewRequest(method, target, nil),
				"not valid":          signed(method, target, "other", nonce, now()),
				"Set your computer":  signed(method, target, s.token, nonce, now().Add(time.Hour)),
				"incomplete":         signed(method, target, s.token, "", now()),
				"token is not valid": bearer(method, target, "other", nil),
			}
			for words, r := range unauthenticated {
				wantWords(t, s.call(t, r, http.StatusUnauthorized), words)
			}
		})
	}
}

func TestASignatureIsGoodOnce(t *testing.T) {
	s := newSite(t)
	request := func() *http.Request {
		return signed("DELETE", "/v3/packages/hello/release/tags/1.0.0", s.token, nonce, now())
	}
	wantWords(t, s.call(t, request(), http.StatusNotFound), `"hello" has no release "1.0.0"`)
	wantWords(t, s.call(t, request(), http.StatusUnauthorized), "received before")
}

func TestTokenKillsTheOldOne(t *testing.T) {
	s := newSite(t)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, signed("POST", "/v3/user/token", s.token, nonce, now()))
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	wantWords(t, s.call(t, bearer("POST", "/v3/user/token", s.token, nil), http.StatusUnauthorized), "not valid (any more)")

	current, err := s.users.Current(t.Context(), "alice", identity.DefaultToken)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := s.call(t, bearer("POST", "/v3/user/token", current, nil), http.StatusOK).(map[string]any)
	newest, err := s.users.Current(t.Context(), "alice", identity.DefaultToken)
	if err != nil || len(body) != 1 || body["safety_code"] != newest || newest == current {
		t.Errorf("body %v, the token is %s (was %s): %v", body, newest, current, err)
	}
}

func TestCheckEndsTheWaitOfABrowserLogin(t *testing.T) {
	message := newSite(t).get(t, "/v3/user/check?token=x", http.StatusUnauthorized)
	wantWords(t, message, "s registry login --token TOKEN")
	if message == "Failed to obtain login token" { // the CLI would go on waiting
		t.Errorf("message %q", message)
	}
}
