package registrytest

import (
	"fmt"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Attempts tests a registry.Attempts. Each one that open returns is empty.
func Attempts(t *testing.T, open func(*testing.T) registry.Attempts) {
	tests := map[string]func(*testing.T, registry.Attempts){
		"an unknown attempt is NotFound":              testUnknownAttempt,
		"an attempt is read back in full":             testAttemptRoundTrip,
		"it is written over the one that was read":    testAttemptStamp,
		"of concurrent writers one wins":              testAttemptRace,
		"a name is found in any case":                 testAttemptCase,
		"a user's attempts are listed, nobody else's": testAttemptsListed,
		"a list is bounded":                           testAttemptsBounded,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// attempt returns one with every field set, but for its stamp.
func attempt(user, name, version string) registry.Attempt {
	at := time.Date(2026, 11, 30, 21, 28, 0, 0, time.UTC)
	return registry.Attempt{
		User: user, Name: name, Version: version, Upload: "ID", State: registry.AttemptRefused,
		Announced: at, Until: at.Add(15 * time.Minute), Changed: at.Add(time.Minute), Reason: "不是 ZIP \"\\", Told: true,
	}
}

// putAttempt writes an attempt and returns it as it is stored then.
func putAttempt(t *testing.T, in registry.Attempts, a registry.Attempt) registry.Attempt {
	t.Helper()
	wantNoError(t, in.PutAttempt(t.Context(), a))
	stored, err := in.Attempt(t.Context(), a.User, a.Name, a.Version)
	wantNoError(t, err)
	if stored.Stamp == "" || stored.Stamp == a.Stamp {
		t.Fatalf("stamp %q after one of %q", stored.Stamp, a.Stamp)
	}
	a.Stamp = stored.Stamp
	equal(t, stored, a)
	return stored
}

func testUnknownAttempt(t *testing.T, in registry.Attempts) {
	putAttempt(t, in, attempt("alice", "hello", "1.0.0"))
	for _, a := range []registry.Attempt{attempt("bob", "hello", "1.0.0"), attempt("alice", "hell", "1.0.0"), attempt("alice", "hello", "1.0.1"), attempt("alice", "", "")} {
		_, err := in.Attempt(t.Context(), a.User, a.Name, a.Version)
		wantCode(t, err, registry.NotFound)
	}
}

func testAttemptRoundTrip(t *testing.T, in registry.Attempts) {
	stored := putAttempt(t, in, attempt("alice", "Hello", "1.0.0-rc.1+build"))
	bare := registry.Attempt{User: "alice", Name: "Hello", Version: "1.0.0-rc.1+build", Upload: "OTHER", State: registry.AttemptAnnounced, Stamp: stored.Stamp}
	putAttempt(t, in, bare)
}

func testAttemptStamp(t *testing.T, in registry.Attempts) {
	first := attempt("alice", "hello", "dev")
	second := putAttempt(t, in, first)
	third := putAttempt(t, in, second)
	for _, stale := range []registry.Attempt{first, second} {
		stale.Reason = "stale"
		wantCode(t, in.PutAttempt(t.Context(), stale), registry.Conflict)
	}
	unknown := attempt("alice", "other", "dev")
	unknown.Stamp = third.Stamp
	wantCode(t, in.PutAttempt(t.Context(), unknown), registry.Conflict)
	putAttempt(t, in, third)
}

func testAttemptRace(t *testing.T, in registry.Attempts) {
	stored := registry.Attempt{}
	for range 2 { // over none, and over one
		winners := race(t, 8, func(i int) error {
			a := attempt("alice", "hello", "1.0.0")
			a.Upload, a.Stamp = fmt.Sprint(i), stored.Stamp
			return in.PutAttempt(t.Context(), a)
		})
		equal(t, len(winners), 1)
		var err error
		stored, err = in.Attempt(t.Context(), "alice", "hello", "1.0.0")
		wantNoError(t, err)
		equal(t, stored.Upload, fmt.Sprint(winners[0]))
	}
}

func testAttemptCase(t *testing.T, in registry.Attempts) {
	stored := putAttempt(t, in, attempt("alice", "Hello", "1.0.0"))
	again, err := in.Attempt(t.Context(), "alice", "HELLO", "1.0.0")
	wantNoError(t, err)
	equal(t, again, stored)
	again.Name = "hello"
	putAttempt(t, in, again)
}

func testAttemptsListed(t *testing.T, in registry.Attempts) {
	var all, hello []registry.Attempt
	for _, a := range []registry.Attempt{
		attempt("alice", "a", "9.0.0"), attempt("alice", "Hello", "1.0.0"), attempt("alice", "hello", "1.0.0-rc.1"), attempt("alice", "hello", "dev"),
		attempt("alice", "hello-", "1.0.0"), attempt("alice", "hello.1", "1.0.0"), attempt("alice", "hello0", "1.0.0"),
	} {
		a = putAttempt(t, in, a)
		all = append(all, a)
		if registry.SameName(a.Name, "hello") {
			hello = append(hello, a)
		}
	}
	for _, user := range []string{"alic", "alice0", "alice-", "bob"} {
		putAttempt(t, in, attempt(user, "hello", "1.0.0"))
	}
	got, err := in.AttemptsOf(t.Context(), "alice", "HELLO")
	wantNoError(t, err)
	equal(t, got, hello)
	got, err = in.AttemptsOf(t.Context(), "alice", "")
	wantNoError(t, err)
	equal(t, len(got), len(all))
	for _, want := range all {
		found := false
		for _, a := range got {
			found = found || a == want
		}
		equal(t, found, true)
	}
	for user, name := range map[string]string{"alice": "nothing", "nobody": ""} {
		got, err = in.AttemptsOf(t.Context(), user, name)
		wantNoError(t, err)
		equal(t, len(got), 0)
	}
}

func testAttemptsBounded(t *testing.T, in registry.Attempts) {
	for i := range registry.MaxAttempts + 1 {
		wantNoError(t, in.PutAttempt(t.Context(), attempt("alice", "hello", fmt.Sprintf("1.0.%04d", i))))
	}
	for _, name := range []string{"", "hello"} {
		got, err := in.AttemptsOf(t.Context(), "alice", name)
		wantNoError(t, err)
		equal(t, len(got), registry.MaxAttempts)
	}
}
