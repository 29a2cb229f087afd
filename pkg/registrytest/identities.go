package registrytest

import (
	"fmt"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Identities tests an identity.Store. Each store that open returns is empty.
func Identities(t *testing.T, open func(*testing.T) identity.Store) {
	tests := map[string]func(*testing.T, identity.Store){
		"users are read back, removed ones too":  testUsers,
		"tokens are found by their MD5":          testTokens,
		"a nonce is used once":                   testNonce,
		"of concurrent uses of a nonce one wins": testNonceRace,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func testUsers(t *testing.T, s identity.Store) {
	ctx := t.Context()
	_, err := s.User(ctx, "alice")
	wantCode(t, err, registry.NotFound)
	for _, u := range []identity.User{
		{Name: "alice", Generation: 1},
		{Name: "alice", Generation: 1 << 40},
		{Name: "alice", Generation: 3, Removed: true},
		{Name: "alice", Generation: 4},
	} {
		for range 2 { // may be repeated
			wantNoError(t, s.PutUser(ctx, u))
		}
		got, err := s.User(ctx, "alice")
		wantNoError(t, err)
		equal(t, got, u)
	}
	_, err = s.User(ctx, "alic")
	wantCode(t, err, registry.NotFound)
}

func testTokens(t *testing.T, s identity.Store) {
	ctx := t.Context()
	const one, other = "0cc175b9c0f1b6a831c399e269772661", "92eb5ffee6ae2fec3ad71c777531578f"
	_, err := s.Token(ctx, one)
	wantCode(t, err, registry.NotFound)
	alice, bob := identity.Token{User: "alice", Generation: 7}, identity.Token{User: "bob", Generation: 1}
	for range 2 { // may be repeated
		wantNoError(t, s.PutToken(ctx, one, alice))
		wantNoError(t, s.PutToken(ctx, other, bob))
	}
	got, err := s.Token(ctx, one)
	wantNoError(t, err)
	equal(t, got, alice)
	for range 2 { // that there is none is no error
		wantNoError(t, s.DeleteToken(ctx, one))
	}
	_, err = s.Token(ctx, one)
	wantCode(t, err, registry.NotFound)
	got, err = s.Token(ctx, other)
	wantNoError(t, err)
	equal(t, got, bob)
}

func testNonce(t *testing.T, s identity.Store) {
	ctx := t.Context()
	for _, nonce := range []string{"md5/one", "md5/two", "other/one"} {
		wantNoError(t, s.UseNonce(ctx, nonce))
	}
	for _, nonce := range []string{"md5/one", "md5/two", "other/one"} {
		wantCode(t, s.UseNonce(ctx, nonce), registry.Conflict)
	}
}

func testNonceRace(t *testing.T, s identity.Store) {
	for round := range 3 {
		winners := race(t, 8, func(int) error { return s.UseNonce(t.Context(), fmt.Sprint("nonce", round)) })
		equal(t, len(winners), 1)
	}
}
