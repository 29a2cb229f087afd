package registrytest

import (
	"strings"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Audit tests a registry.Audit. Each one that open returns is empty.
func Audit(t *testing.T, open func(*testing.T) registry.Audit) {
	tests := map[string]func(*testing.T, registry.Audit){
		"an event is read back in full":               testEvent,
		"one event is read by its number":             testOneEvent,
		"a subject's events come in order, alone":     testSubjects,
		"what is reported of a name comes, alone":     testReported,
		"of no subject there are no events":           testNoEvents,
		"an event that is recorded stays as it is":    testRecordAgain,
		"recorded by many at once, an event is one":   testRecordRace,
		"reading events may be ended early":           testEventsBreak,
		"more events than fit in a page are complete": testManyEvents,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Events lists all that an audit yields of a subject, or, of "", of all.
func Events(t testing.TB, a registry.Audit, subject string) []registry.Event {
	t.Helper()
	var all []registry.Event
	for e, err := range a.Events(t.Context(), subject) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func testReported(t *testing.T, a registry.Audit) {
	of := func(name, version string) registry.Event {
		return Event(registry.UpstreamSubject(name, Version(t, version), "0123456789abcdef"), 1)
	}
	refused := Event(registry.UploadSubjects("Hello")+"ID", 1)
	want := []registry.Event{refused, of("Hello", "1.0.0-rc.1"), of("hello", "1.0.0"), of("hello", "dev.0.1")}
	for _, e := range append([]registry.Event{of("hell", "1.0.0"), of("hello-", "1.0.0"), of("hello0", "1.0.0"), Event("package/hello", 1), Event(registry.UploadSubjects("hello-")+"ID", 1)}, want...) {
		wantNoError(t, a.Record(t.Context(), e))
	}
	var got []registry.Event
	for e, err := range a.Reported(t.Context(), "HELLO") {
		wantNoError(t, err)
		got = append(got, e)
	}
	equal(t, got, want)
}

func testEvent(t *testing.T, a registry.Audit) {
	full := Event("organization/"+company, 1<<40)
	bare := registry.Event{Subject: "user/alice", Seq: 1, Time: full.Time, Action: "token", User: "admin"}
	for _, e := range []registry.Event{full, bare} {
		wantNoError(t, a.Record(t.Context(), e))
		equal(t, Events(t, a, e.Subject), []registry.Event{e})
	}
}

func testOneEvent(t *testing.T, a registry.Audit) {
	for _, seq := range []int64{1, 7} {
		wantNoError(t, a.Record(t.Context(), Event("package/hello", seq)))
	}
	got, err := a.Event(t.Context(), "package/hello", 7)
	wantNoError(t, err)
	equal(t, got, Event("package/hello", 7))
	for subject, seq := range map[string]int64{"package/hello": 2, "package/hell": 1, "package/hello-": 7} {
		_, err := a.Event(t.Context(), subject, seq)
		wantCode(t, err, registry.NotFound)
	}
}

func testSubjects(t *testing.T, a registry.Audit) {
	subjects := []string{"package/hello", "package/hell", "package/hello-", "user/hello"}
	for _, seq := range []int64{10, 2, 1, 100, 9} {
		for _, subject := range subjects {
			wantNoError(t, a.Record(t.Context(), Event(subject, seq)))
		}
	}
	parts := map[string][]registry.Event{}
	last := ""
	for _, e := range Events(t, a, "") {
		if e.Subject != last && parts[e.Subject] != nil {
			t.Fatalf("the events of %s are not together", e.Subject)
		}
		last = e.Subject
		parts[last] = append(parts[last], e)
	}
	equal(t, len(parts), len(subjects))
	for _, subject := range subjects {
		var want []registry.Event
		for _, seq := range []int64{1, 2, 9, 10, 100} {
			want = append(want, Event(subject, seq))
		}
		equal(t, Events(t, a, subject), want)
		equal(t, parts[subject], want)
	}
}

func testNoEvents(t *testing.T, a registry.Audit) {
	equal(t, len(Events(t, a, "")), 0)
	wantNoError(t, a.Record(t.Context(), Event("package/hello", 1)))
	for _, subject := range []string{"package/", "package/hell", "package/hello2", "nobody"} {
		equal(t, len(Events(t, a, subject)), 0)
	}
}

func testRecordAgain(t *testing.T, a registry.Audit) {
	first := Event("package/hello", 1)
	wantNoError(t, a.Record(t.Context(), first))
	changed := first
	changed.User, changed.Action = "mallory", "delete"
	for _, e := range []registry.Event{first, changed} {
		wantNoError(t, a.Record(t.Context(), e))
		equal(t, Events(t, a, "package/hello"), []registry.Event{first})
	}
}

func testRecordRace(t *testing.T, a registry.Audit) {
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for seq := range int64(4) {
				if err := a.Record(t.Context(), Event("package/hello", seq+1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	for i, e := range Events(t, a, "package/hello") {
		equal(t, e, Event("package/hello", int64(i+1)))
	}
	equal(t, len(Events(t, a, "")), 4)
}

func testEventsBreak(t *testing.T, a registry.Audit) {
	for seq := range int64(3) {
		wantNoError(t, a.Record(t.Context(), Event("package/hello", seq+1)))
	}
	yielded := int64(0)
	for e, err := range a.Events(t.Context(), "package/hello") {
		wantNoError(t, err)
		yielded++
		equal(t, e.Seq, yielded)
		if yielded == 2 {
			break
		}
	}
	equal(t, yielded, int64(2))
}

// 100 events of 64 KB are more than the 4 MB of a page.
func testManyEvents(t *testing.T, a registry.Audit) {
	const count = 100
	for i := range int64(count) {
		e := Event("package/hello", i+1)
		e.Detail = strings.Repeat("x", 64<<10)
		wantNoError(t, a.Record(t.Context(), e))
	}
	for _, subject := range []string{"", "package/hello"} {
		all := Events(t, a, subject)
		equal(t, len(all), count)
		for i, e := range all {
			equal(t, e.Seq, int64(i+1))
		}
	}
}
