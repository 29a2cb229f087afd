package identity_test

import (
	"testing"
	"time"
)

// The functions that answer queries may not write.
func TestReadingWritesNothing(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	f := &failure{}
	a := *r.Authenticator
	a.Store = failing{a.Store, f}
	for range 3 {
		for _, h := range []map[string][]string{bearer(token), signed(token, r.now, newNonce())} {
			before := f.calls
			if user, err := a.Viewer(h)(t.Context()); user != "alice" || err != nil {
				t.Fatalf("%q, %v", user, err)
			}
			if n := f.calls - before; n != 2 { // the token and its user are read
				t.Errorf("%d calls of the store", n)
			}
		}
		r.now = r.now.Add(2 * time.Hour)
	}
	wantText(t, r.tokens(t, "alice"), "default, scope all")
}
