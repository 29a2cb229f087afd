package registrytest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Pinned is a store of pins and of the fetches that lead to them.
type Pinned interface {
	registry.Pins
	registry.Fetches
}

// Pins tests a registry.Pins and registry.Fetches. Each one that open returns is
// empty.
func Pins(t *testing.T, open func(*testing.T) Pinned) {
	tests := map[string]func(*testing.T, Pinned){
		"what was never taken is NotFound":            testNoPin,
		"a pin is read back":                          testPin,
		"names that differ by case are apart":         testPinsOfOtherCase,
		"a release is read back in full":              testTaken,
		"the first pin counts":                        testPinAgain,
		"of concurrent pins all are told one":         testPinRace,
		"the pins of a package come highest first":    testPinsOf,
		"without a fetch there is the zero one":       testNoFetch,
		"a fetch takes the place of the one before":   testFetch,
		"of concurrent fetches one wins":              testFetchRace,
		"a fetch may be written again":                testFetchAgain,
		"fetches of versions do not touch each other": testFetchesApart,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Pin returns a pin with every field set.
func Pin(t testing.TB, name, version string) registry.Pin {
	t.Helper()
	r := Release(t, name, version)
	r.Upload, r.Publisher = "", ""
	r.ZIP.Key, r.ZIP.Source = registry.MirrorKey(name, r.Version, r.ZIP.SHA256), "https://upstream.example/zip/"+name+"?a=1"
	return registry.Pin{
		Name: name, Version: r.Version, Upstream: "https://upstream.example/v3", ZIP: r.ZIP,
		Since: time.Date(2026, 2, 28, 23, 59, 58, 0, time.UTC), Release: &r,
	}
}

// asRead is a pin as it is read.
func asRead(p registry.Pin) registry.Pin {
	p.Release = nil
	return p
}

func pin(t *testing.T, s Pinned, p registry.Pin) {
	t.Helper()
	stored, err := s.PutPin(t.Context(), p)
	wantNoError(t, err)
	equal(t, stored, asRead(p))
}

func testNoPin(t *testing.T, s Pinned) {
	pin(t, s, Pin(t, "hello", "1.0.0"))
	for name, version := range map[string]string{"other": "1.0.0", "hello": "1.0.1"} {
		_, err := s.Pin(t.Context(), name, Version(t, version))
		wantCode(t, err, registry.NotFound)
		_, err = s.Taken(t.Context(), name, Version(t, version))
		wantCode(t, err, registry.NotFound)
	}
}

func testPin(t *testing.T, s Pinned) {
	for _, version := range []string{"1.0.0", "2.0.0-rc.1+b.7", "dev.0.3"} {
		p := Pin(t, "Hello", version)
		pin(t, s, p)
		got, err := s.Pin(t.Context(), "Hello", p.Version)
		wantNoError(t, err)
		equal(t, got, asRead(p))
	}
}

// Upstreams may hold two packages whose names differ by case: one is never taken
// for the other.
func testPinsOfOtherCase(t *testing.T, s Pinned) {
	pin(t, s, Pin(t, "Hello", "1.0.0"))
	_, err := s.Pin(t.Context(), "hello", Version(t, "1.0.0"))
	wantCode(t, err, registry.NotFound)
	pin(t, s, Pin(t, "hello", "1.0.0"))
	wantNoError(t, s.PutFetch(t.Context(), "Hello", Version(t, "1.0.0"), fetch("a"), ""))
	got, err := s.Fetch(t.Context(), "hello", Version(t, "1.0.0"))
	wantNoError(t, err)
	equal(t, got, registry.Fetch{})
}

func testTaken(t *testing.T, s Pinned) {
	p := Pin(t, "hello", "1.0.0-rc.1")
	pin(t, s, p)
	got, err := s.Taken(t.Context(), "hello", p.Version)
	wantNoError(t, err)
	equalRelease(t, got, *p.Release)
}

func testPinAgain(t *testing.T, s Pinned) {
	first := Pin(t, "hello", "1.0.0+a")
	pin(t, s, first)
	for _, version := range []string{"1.0.0+a", "1.0.0+b", "1.0.0"} {
		other := Pin(t, "hello", version)
		other.ZIP.SHA256 = "other"
		stored, err := s.PutPin(t.Context(), other)
		wantNoError(t, err)
		equal(t, stored, asRead(first))
	}
	taken, err := s.Taken(t.Context(), "hello", first.Version)
	wantNoError(t, err)
	equalRelease(t, taken, *first.Release)
}

func testPinRace(t *testing.T, s Pinned) {
	told := make([]registry.Pin, 8)
	winners := race(t, len(told), func(i int) (err error) {
		p := Pin(t, "hello", "1.0.0")
		p.ZIP.SHA256 = fmt.Sprint(i)
		told[i], err = s.PutPin(t.Context(), p)
		return err
	})
	equal(t, len(winners), len(told))
	for _, p := range told {
		equal(t, p, told[0])
	}
}

func testPinsOf(t *testing.T, s Pinned) {
	versions := []string{"dev.0.2", "1.0.0", "10.0.0", "2.0.0-rc.1", "2.0.0"}
	for _, version := range versions {
		pin(t, s, Pin(t, "Hello", version))
		pin(t, s, Pin(t, "Hello-", version))
	}
	var got []string
	for p, err := range s.PinsOf(t.Context(), "Hello") {
		wantNoError(t, err)
		equal(t, p, asRead(Pin(t, "Hello", p.Version.String())))
		got = append(got, p.Version.String())
	}
	equal(t, got, []string{"10.0.0", "2.0.0", "2.0.0-rc.1", "1.0.0", "dev.0.2"})
	for range s.PinsOf(t.Context(), "hell") {
		t.Error("a package without a pin has one")
	}
}

// fetch returns one with every field set.
func fetch(id string) registry.Fetch {
	since := time.Date(2026, 2, 28, 23, 59, 58, 7e6, time.UTC)
	return registry.Fetch{ID: id, Since: since, Until: since.Add(time.Minute), Reason: "原因", Refused: true}
}

func testNoFetch(t *testing.T, s Pinned) {
	got, err := s.Fetch(t.Context(), "hello", Version(t, "1.0.0"))
	wantNoError(t, err)
	equal(t, got, registry.Fetch{})
}

func testFetch(t *testing.T, s Pinned) {
	v := Version(t, "1.0.0")
	wantCode(t, s.PutFetch(t.Context(), "hello", v, fetch("b"), "a"), registry.Conflict)
	for over, id := range []string{"a", "b", "c"} {
		before := ""
		if over > 0 {
			before = string(rune('a' + over - 1))
		}
		wantNoError(t, s.PutFetch(t.Context(), "hello", v, fetch(id), before))
		got, err := s.Fetch(t.Context(), "hello", v)
		wantNoError(t, err)
		equal(t, got, fetch(id))
	}
	for _, over := range []string{"", "a", "b", "d"} {
		wantCode(t, s.PutFetch(t.Context(), "hello", v, fetch("x"), over), registry.Conflict)
	}
	got, err := s.Fetch(t.Context(), "hello", v)
	wantNoError(t, err)
	equal(t, got, fetch("c"))
}

func testFetchRace(t *testing.T, s Pinned) {
	v := Version(t, "1.0.0")
	for _, over := range []string{"", "first"} {
		winners := race(t, 8, func(i int) error { return s.PutFetch(t.Context(), "hello", v, fetch(fmt.Sprint(over, i)), over) })
		equal(t, len(winners), 1)
		got, err := s.Fetch(t.Context(), "hello", v)
		wantNoError(t, err)
		equal(t, got, fetch(fmt.Sprint(over, winners[0])))
		wantNoError(t, s.PutFetch(t.Context(), "hello", v, fetch("first"), got.ID))
	}
}

func testFetchAgain(t *testing.T, s Pinned) {
	v := Version(t, "1.0.0")
	begun, ended := fetch("a"), fetch("a")
	begun.Reason, begun.Refused = "", false
	for _, f := range []registry.Fetch{begun, begun, ended, ended} {
		wantNoError(t, s.PutFetch(t.Context(), "hello", v, f, ""))
		got, err := s.Fetch(t.Context(), "hello", v)
		wantNoError(t, err)
		equal(t, got, f)
	}
}

func testFetchesApart(t *testing.T, s Pinned) {
	versions := []string{"1.0.0", "1.0.1", "dev.0.1"}
	for _, version := range versions {
		wantNoError(t, s.PutFetch(t.Context(), "hello", Version(t, version), fetch(version), ""))
	}
	for _, version := range slices.Backward(versions) {
		got, err := s.Fetch(t.Context(), "hello", Version(t, version))
		wantNoError(t, err)
		equal(t, got, fetch(version))
	}
}
