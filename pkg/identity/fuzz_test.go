package identity_test

import (
	"net/http"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// FuzzCaller sends any credentials: none but the right ones let anybody in, and
// whoever is refused is refused as unauthenticated.
func FuzzCaller(f *testing.F) {
	r := newRegistered()
	token, err := r.Add(f.Context(), registry.Caller{}, "alice")
	if err != nil {
		f.Fatal(err)
	}
	good := signed(token, r.now, "abcdefghijklmno")
	f.Add(good.Get("token"), good.Get("timestamp"), good.Get("nonce"), "28e***db1", "")
	f.Add(good.Get("token"), "9223372036854775807", "", good.Get("sign_code"), "Bearer ")
	f.Add("", "", "", "", "Bearer "+token[:len(token)-1])
	f.Fuzz(func(t *testing.T, md5, timestamp, nonce, code, authorization string) {
		h := http.Header{"Authorization": {authorization}}
		h.Set("token", md5)
		h.Set("timestamp", timestamp)
		h.Set("nonce", nonce)
		h.Set("sign_code", code)
		if authorization == "Bearer "+token || code == sha256hex(token+nonce+timestamp) {
			return // it guessed the token
		}
		if caller, err := r.Caller(t.Context(), h); registry.CodeOf(err) != registry.Unauthenticated {
			t.Errorf("%v: caller %+v, %v", h, caller, err)
		}
		if user, err := r.Viewer(h)(t.Context()); user != "" || err != nil {
			t.Errorf("%v: viewer %q, %v", h, user, err)
		}
	})
}
