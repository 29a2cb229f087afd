package registrytest

import (
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Held is a store of everything that is moved but ZIPs and the audit.
type Held interface {
	registry.Catalog
	registry.Organizations
	registry.Tally
	registry.Contents
	registry.Restore
}

// Contents tests a registry.Contents. Each one that open returns is empty.
func Contents(t *testing.T, open func(*testing.T) Held) {
	tests := map[string]func(*testing.T, Held){
		"where there is nothing, nothing is listed":                   testNoContents,
		"every package is listed once, by key, also without releases": testPackages,
		"a history is in order, with deleted releases":                testHistory,
		"a history is there before its package":                       testHistoryWithoutHead,
		"more than fits in a page is complete":                        testLongHistory,
		"every organization is listed, removed ones too":              testListedGroups,
		"listing may be ended early, and begun again":                 testContentsBreak,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func gather[T any](t *testing.T, all iter.Seq2[T, error]) []T {
	t.Helper()
	var list []T
	for one, err := range all {
		wantNoError(t, err)
		list = append(list, one)
	}
	return list
}

func testNoContents(t *testing.T, c Held) {
	equal(t, len(gather(t, c.Packages(t.Context()))), 0)
	equal(t, len(gather(t, c.Groups(t.Context()))), 0)
	equal(t, len(gather(t, c.History(t.Context(), "hello", registry.Full))), 0)
}

func testPackages(t *testing.T, c Held) {
	publish(t, c, Release(t, "hello", "1.0.0"))
	publish(t, c, Release(t, "hello", "dev.0.1"))
	publish(t, c, Release(t, "Hello-World", "1.0.0"))
	wantNoError(t, c.PutHead(t.Context(), registry.Head{Package: registry.Package{Name: "empty", Owner: "alice"}}))
	equal(t, gather(t, c.Packages(t.Context())), []string{"empty", "hello", "Hello-World"})
}

func testHistory(t *testing.T, c Held) {
	publish(t, c, Release(t, "hell", "1.0.0"))
	publish(t, c, Release(t, "hello-", "1.0.0"))
	var want []registry.Release
	for _, version := range []string{"10.0.0", "2.0.0", "2.0.0-rc.1+b", "dev.0.10", "dev.0.2"} {
		want = append(want, Release(t, "hello", version))
	}
	for _, i := range []int{2, 0, 4, 1, 3} {
		publish(t, c, want[i])
	}
	wantNoError(t, c.MarkDeleted(t.Context(), "hello", want[1].Version))
	want[1] = tombstone(want[1])
	for f, as := range map[registry.Fields]func(registry.Release) registry.Release{
		registry.Full:    func(r registry.Release) registry.Release { return r },
		registry.Summary: summary,
	} {
		got := gather(t, c.History(t.Context(), "HELLO", f))
		equal(t, len(got), len(want))
		for i, r := range got {
			equalRelease(t, r, as(want[i]))
		}
	}
}

func testHistoryWithoutHead(t *testing.T, c Held) {
	r, err := c.PutRelease(t.Context(), Release(t, "hello", "1.0.0"))
	wantNoError(t, err)
	got := gather(t, c.History(t.Context(), "hello", registry.Full))
	equal(t, len(got), 1)
	equalRelease(t, got[0], r)
	one, err := c.Stored(t.Context(), "HELLO", r.Version, registry.Full)
	wantNoError(t, err)
	equalRelease(t, one, r)
	_, err = c.Stored(t.Context(), "hello", Version(t, "1.0.1"), registry.Full)
	wantCode(t, err, registry.NotFound)
	equal(t, len(gather(t, c.Packages(t.Context()))), 0)
}

// 60 releases of 100 KB are more than the 4 MB of a page.
func testLongHistory(t *testing.T, c Held) {
	const count = 60
	for i := range count {
		r := Release(t, "hello", fmt.Sprintf("1.%d.0", i))
		r.Texts.Readme = strings.Repeat("x", 100<<10)
		_, err := c.PutRelease(t.Context(), r)
		wantNoError(t, err)
	}
	got := gather(t, c.History(t.Context(), "hello", registry.Full))
	equal(t, len(got), count)
	for i, r := range got {
		equal(t, r.Version.String(), fmt.Sprintf("1.%d.0", count-1-i))
	}
}

func testListedGroups(t *testing.T, c Held) {
	groups := []registry.Group{
		{Name: "ACME", Members: map[string]registry.Role{"alice": registry.OwnerRole}, Journal: Journal("organization/acme")},
		{Name: "gone", Removed: true, Journal: Journal("organization/gone")},
		{Name: company, Members: map[string]registry.Role{"alice": registry.OwnerRole, "bob": registry.Member}},
	}
	for i, g := range groups {
		wantNoError(t, c.PutGroup(t.Context(), g))
		groups[i].Revision = 1
	}
	equal(t, gather(t, c.Groups(t.Context())), groups)
}

func testContentsBreak(t *testing.T, c Held) {
	for _, name := range []string{"a", "b"} {
		publish(t, c, Release(t, name, "1.0.0"))
		publish(t, c, Release(t, name, "2.0.0"))
	}
	packages, history := c.Packages(t.Context()), c.History(t.Context(), "a", registry.Summary)
	for range 2 {
		for name, err := range packages {
			wantNoError(t, err)
			equal(t, name, "a")
			break
		}
		for r, err := range history {
			wantNoError(t, err)
			equal(t, r.Version.String(), "2.0.0")
			break
		}
	}
	equal(t, len(gather(t, packages)), 2)
}
