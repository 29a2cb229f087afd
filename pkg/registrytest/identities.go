package registrytest

import (
	"fmt"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Identities tests an identity.Store. Each store that open returns is empty.
func Identities(t *testing.T, open func(*testing.T) identity.Store) {
	tests := map[string]func(*testing.T, identity.Store){
		"an unknown user is NotFound":                testUnknownUser,
		"users are read back, removed ones too":      testUsers,
		"a user is written on its own revision only": testUserRevision,
		"of concurrent writers of a user one wins":   testUserRace,
		"tokens are found by their MD5":              testTokens,
		"a nonce is used once":                       testNonce,
		"of concurrent uses of a nonce one wins":     testNonceRace,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func testUnknownUser(t *testing.T, s identity.Store) {
	wantNoError(t, s.PutUser(t.Context(), identity.User{Name: "alice"}))
	for _, name := range []string{"alic", "alicee", "Alice", "bob"} {
		_, err := s.User(t.Context(), name)
		wantCode(t, err, registry.NotFound)
	}
}

// users are what becomes of one user.
func users() []identity.User {
	limited := registry.Scope{Limited: true, Packages: []string{"hello"}}
	grants := []identity.Grant{
		{Name: "default", Generation: 1},
		{Name: "ci", Generation: 1 << 40, Scope: limited, Expires: time.Date(2025, 2, 28, 23, 59, 58, 0, time.UTC)},
	}
	return []identity.User{
		{Name: "alice"},
		{Name: "alice", Generation: 1, Grants: grants[:1]},
		{Name: "alice", Generation: 1 << 40, Grants: grants, Journal: Journal("user/alice")},
		{Name: "alice", Generation: 1 << 40, Removed: true, Journal: Journal("user/alice")},
	}
}

func testUsers(t *testing.T, s identity.Store) {
	ctx := t.Context()
	for i, u := range users() {
		u.Revision = int64(i)
		wantNoError(t, s.PutUser(ctx, u))
		got, err := s.User(ctx, "alice")
		wantNoError(t, err)
		u.Revision++
		equal(t, got, u)
	}
}

func testUserRevision(t *testing.T, s identity.Store) {
	ctx := t.Context()
	wantCode(t, s.PutUser(ctx, identity.User{Name: "alice", Journal: registry.Journal{Revision: 1}}), registry.Conflict)
	first := identity.User{Name: "alice", Generation: 1}
	wantNoError(t, s.PutUser(ctx, first))
	wantCode(t, s.PutUser(ctx, identity.User{Name: "alice", Removed: true}), registry.Conflict)
	first.Revision = 1
	got, err := s.User(ctx, "alice")
	wantNoError(t, err)
	equal(t, got, first)
}

func testUserRace(t *testing.T, s identity.Store) {
	for _, revision := range []int64{0, 1} {
		winners := race(t, 8, func(i int) error {
			return s.PutUser(t.Context(), identity.User{Name: "alice", Generation: int64(i), Journal: registry.Journal{Revision: revision}})
		})
		equal(t, len(winners), 1)
		got, err := s.User(t.Context(), "alice")
		wantNoError(t, err)
		equal(t, got.Generation, int64(winners[0]))
		equal(t, got.Revision, revision+1)
	}
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
	alice.LastUsed = time.Date(2025, 2, 28, 23, 0, 0, 0, time.UTC)
	wantNoError(t, s.PutToken(ctx, one, alice))
	got, err = s.Token(ctx, one)
	wantNoError(t, err)
	equal(t, got, alice)
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
