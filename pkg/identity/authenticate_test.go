package identity_test

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// signed makes the headers that the CLI sends.
func signed(token string, at time.Time, nonce string) http.Header {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	h := http.Header{}
	h.Set("token", md5hex(token))
	h.Set("timestamp", timestamp)
	h.Set("nonce", nonce)
	h.Set("sign_code", sha256hex(token+nonce+timestamp))
	return h
}

func newNonce() string { return rand.Text()[:15] }

func md5hex(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func sha256hex(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestNobodyIsToldToLogIn(t *testing.T) {
	for _, h := range []http.Header{{}, {"Authorization": {"Basic YTpi"}}, {"Cookie": {"token=x"}}} {
		user, err := newRegistered().who(t, h)
		wantUnauthenticated(t, user, err, "not logged in", "s registry login")
	}
}

func TestBearer(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	for _, good := range []string{token, " " + token, token + " "} {
		if user, err := r.who(t, bearer(good)); err != nil || user != "alice" {
			t.Errorf("%q is of %q, %v", good, user, err)
		}
	}
	for _, bad := range []string{"", "x", token[:len(token)-1], token + "x", strings.ToUpper(token), strings.Repeat("x", 1<<16)} {
		user, err := r.who(t, bearer(bad))
		wantUnauthenticated(t, user, err, "token is not valid")
	}
}

func TestClocksMayDifferByFiveMinutes(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	for _, skew := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
		if user, err := r.who(t, signed(token, r.now.Add(skew), newNonce())); err != nil || user != "alice" {
			t.Errorf("skew %v: %q, %v", skew, user, err)
		}
	}
	for _, skew := range []time.Duration{5*time.Minute + time.Second, -5*time.Minute - time.Second, 24 * time.Hour, -24 * time.Hour} {
		user, err := r.who(t, signed(token, r.now.Add(skew), newNonce()))
		wantUnauthenticated(t, user, err, skew.Abs().String(), "5m0s", "2025-06-15T15:06:40Z", "clock")
	}
}

func TestASignatureIsGoodOnce(t *testing.T) {
	r := newRegistered()
	alice, bob := r.add(t, "alice"), r.add(t, "bob")
	nonce := newNonce()
	for _, token := range []string{alice, bob} { // each user has nonces of their own
		first := signed(token, r.now, nonce)
		if _, err := r.who(t, first); err != nil {
			t.Fatal(err)
		}
		for _, again := range []http.Header{first, signed(token, r.now.Add(time.Second), nonce)} {
			user, err := r.who(t, again)
			wantUnauthenticated(t, user, err, "received before", "new signature")
		}
	}
}

// What a stranger sends must not use up the nonces of a user.
func TestAWrongSignatureUsesNoNonce(t *testing.T) {
	r := newRegistered()
	token := r.add(t, "alice")
	h := signed(token, r.now, newNonce())
	wrong := h.Clone()
	wrong.Set("sign_code", sha256hex("guess"))
	user, err := r.who(t, wrong)
	wantUnauthenticated(t, user, err, "token is not valid")
	if user, err := r.who(t, h); err != nil || user != "alice" {
		t.Errorf("user %q, %v", user, err)
	}
}

func TestWrongSignaturesAreRefused(t *testing.T) {
	r := newRegistered()
	token, other := r.add(t, "alice"), r.add(t, "bob")
	for name, test := range map[string]struct{ header, value, word string }{
		"masked token":            {"token", "28e***db1", "incomplete"},
		"masked sign_code":        {"sign_code", "28e***db1", "incomplete"},
		"no token":                {"token", "", "incomplete"},
		"no nonce":                {"nonce", "", "incomplete"},
		"no sign_code":            {"sign_code", "", "underscores"},
		"no timestamp":            {"timestamp", "", "not a number"},
		"a long nonce":            {"nonce", strings.Repeat("x", 65), "incomplete"},
		"a date as timestamp":     {"timestamp", "2025-06-15", "not a number"},
		"milliseconds":            {"timestamp", "1750000000000", "clock"},
		"the largest timestamp":   {"timestamp", "9223372036854775807", "clock"},
		"the smallest timestamp":  {"timestamp", "-9223372036854775808", "clock"},
		"another timestamp":       {"timestamp", "1750000001", "not valid"},
		"another nonce":           {"nonce", newNonce(), "not valid"},
		"another user's token":    {"token", md5hex(other), "not valid"},
		"nobody's token":          {"token", md5hex("x"), "not valid"},
		"another user's code":     {"sign_code", sha256hex(other), "not valid"},
		"upper-case hexadecimals": {"sign_code", strings.Repeat("A", 64), "not valid"},
	} {
		t.Run(name, func(t *testing.T) {
			h := signed(token, r.now, newNonce())
			h.Set(test.header, test.value)
			user, err := r.who(t, h)
			wantUnauthenticated(t, user, err, test.word)
		})
	}
}

func TestAFailingStoreIsNotTheUsersFault(t *testing.T) {
	for at := 1; ; at++ {
		r := newRegistered()
		token := r.add(t, "alice")
		f := &failure{at: at}
		a := *r.Authenticator
		a.Store = failing{a.Store, f}
		_, err := a.Caller(t.Context(), signed(token, r.now, newNonce()))
		if !f.happened {
			if err != nil || at < 5 { // token, user, last use, nonce
				t.Errorf("after %d failures: %v", at-1, err)
			}
			return
		}
		if !errors.Is(err, errBroken) || registry.CodeOf(err) != registry.Internal {
			t.Errorf("call %d of the store failed: %v", at, err)
		}
	}
}
