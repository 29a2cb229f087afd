package registry_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// ledger is a tally that writes down what is asked of it, and fails what is
// said.
type ledger struct {
	registry.Tally
	log  []string
	fail string // an operation, or one of a name
}

func (l *ledger) do(operation, name string, detail any, call func() error) error {
	if l.fail == operation || l.fail == operation+" "+name {
		return errCrash
	}
	l.log = append(l.log, strings.TrimSpace(fmt.Sprint(operation, " ", name, " ", detail)))
	return call()
}

func (l *ledger) Add(ctx context.Context, name string, day registry.Day, n int64, shard int) error {
	return l.do("add", name, n, func() error { return l.Tally.Add(ctx, name, day, n, shard) })
}

func (l *ledger) Downloads(ctx context.Context, name string) (d registry.Downloaded, err error) {
	err = l.do("read", name, "", func() error { d, err = l.Tally.Downloads(ctx, name); return err })
	return d, err
}

func (l *ledger) PutDownloads(ctx context.Context, name string, total int64) error {
	return l.do("put", name, total, func() error { return l.Tally.PutDownloads(ctx, name, total) })
}

func (l *ledger) Forget(ctx context.Context, name string, before registry.Day) error {
	return l.do("forget", name, before, func() error { return l.Tally.Forget(ctx, name, before) })
}

// since returns what was written after the last call, but for reads: each of
// them goes with the put after it.
func (l *ledger) since() string {
	written := slices.DeleteFunc(l.log, func(line string) bool { return strings.HasPrefix(line, "read") })
	l.log = nil
	slices.Sort(written)
	return strings.Join(written, ", ")
}

// counter is one of an instance whose time a test moves.
type counter struct {
	*registry.Counter
	*ledger
	now time.Time
}

func newCounter() *counter {
	c := &counter{ledger: &ledger{Tally: memory.NewTally(memory.NewCatalog())}, now: now()}
	c.Counter = registry.NewCounter(c.ledger, func() time.Time { return c.now })
	return c
}

func (c *counter) count(t *testing.T, name string, n int) {
	t.Helper()
	for range n {
		if err := c.Count(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
}

func (c *counter) flush(t *testing.T) {
	t.Helper()
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (c *counter) wantTotal(t *testing.T, name string, want int64) {
	t.Helper()
	if d, err := c.Tally.Downloads(t.Context(), name); err != nil || d.Total != want {
		t.Errorf("%s: the tally has %+v, %v; want %d", name, d, err, want)
	}
}

// step counts downloads after a time has passed.
type step struct {
	after time.Duration
	name  string
	count int
	want  string
}

func TestDownloadsAreWrittenInBatches(t *testing.T) {
	tests := map[string][]step{
		"the first at once, then by time": {
			{0, "a", 1, "add a 1, put a 1"}, {0, "a", 5, ""}, {9999 * time.Millisecond, "a", 1, ""}, {time.Millisecond, "a", 1, "add a 7"},
			{10 * time.Second, "a", 1, "add a 1"},
		},
		"after a pause at once again": {{0, "a", 1, "add a 1, put a 1"}, {time.Hour, "a", 1, "add a 1, put a 2"}, {time.Hour, "b", 1, "add b 1, put b 1"}},
		"by number, but not at once":  {{0, "a", 1, "add a 1, put a 1"}, {0, "a", 99, ""}, {time.Second, "a", 1, "add a 100"}},
		"of a thousand, with a rest":  {{0, "a", 1000, "add a 1, put a 1"}, {999 * time.Millisecond, "a", 1000, ""}, {time.Millisecond, "a", 1, "add a 2000"}},
		"not by fewer":                {{0, "a", 1, "add a 1, put a 1"}, {2 * time.Second, "a", 99, ""}, {0, "a", 1, "add a 100"}},
		"of several packages": {
			{0, "a", 1, "add a 1, put a 1"}, {time.Second, "B", 3, ""}, {0, "b", 2, ""}, {9 * time.Second, "c", 1, "add b 5, add c 1, put b 5, put c 1"},
		},
		"totals once a minute": {
			{0, "a", 1, "add a 1, put a 1"}, {20 * time.Second, "a", 1, "add a 1"}, {39 * time.Second, "a", 1, "add a 1"}, {time.Second, "a", 1, ""},
			{10 * time.Second, "a", 1, "add a 2, put a 5"}, {59 * time.Second, "b", 1, "add b 1, put b 1"}, {10 * time.Second, "a", 1, "add a 1, put a 6"},
		},
		// A total that was left behind is written by whatever is downloaded next.
		"totals that were left behind": {{0, "a", 1, "add a 1, put a 1"}, {20 * time.Second, "a", 1, "add a 1"}, {time.Minute, "b", 1, "add b 1, put a 2, put b 1"}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCounter()
			for i, s := range steps {
				c.now = c.now.Add(s.after)
				c.count(t, s.name, s.count)
				if got := c.since(); got != s.want {
					t.Fatalf("step %d, %+v: wrote %q", i, s, got)
				}
			}
		})
	}
}

func TestFlushWritesEverything(t *testing.T) {
	c := newCounter()
	c.flush(t)
	if got := c.since(); got != "" {
		t.Errorf("of nothing it wrote %s", got)
	}
	c.now = c.now.Add(time.Hour)
	c.count(t, "a", 8)
	c.now = c.now.Add(20 * time.Second)
	c.count(t, "a", 1) // added, but the total is left behind
	c.count(t, "b", 3)
	c.since()
	for _, want := range []string{"add b 3, put a 9, put b 3", ""} {
		c.flush(t)
		if got := c.since(); got != want {
			t.Errorf("it wrote %q, want %q", got, want)
		}
	}
}

// What an instance takes with it when it dies without notice is what it counted
// since it wrote last: less than 10 seconds, or 100 downloads and a second.
func TestWhatDiesWithAnInstanceIsWhatItCountedLast(t *testing.T) {
	c := newCounter()
	c.count(t, "a", 1)
	c.now = c.now.Add(9 * time.Second)
	c.count(t, "a", 98)
	c.wantTotal(t, "a", 1) // 98 would be lost
	c.now = c.now.Add(time.Second)
	c.count(t, "a", 1)
	c.wantTotal(t, "a", 100) // nothing would
	c.count(t, "a", 42)
	c.Counter = registry.NewCounter(c.ledger, func() time.Time { return c.now }) // it died
	c.count(t, "a", 1)
	c.flush(t)
	c.wantTotal(t, "a", 101)
}

func TestWhatCouldNotBeWrittenIsKept(t *testing.T) {
	for _, fail := range []string{"add", "add a", "read", "read a", "put", "put a"} {
		t.Run(fail, func(t *testing.T) {
			c := newCounter()
			c.fail = fail
			for range 5 {
				c.now = c.now.Add(5 * time.Minute)
				for _, name := range []string{"a", "b", "a", "b"} {
					if err := c.Count(t.Context(), name); err != nil && !errors.Is(err, errCrash) {
						t.Fatal(err)
					}
				}
			}
			if err := c.Flush(t.Context()); !errors.Is(err, errCrash) {
				t.Errorf("the failure was not told: %v", err)
			}
			if strings.HasSuffix(fail, " a") { // others don't suffer
				if got := c.since(); !strings.Contains(got, "put b 10") {
					t.Errorf("of b it wrote %s", got)
				}
			}
			c.fail = ""
			c.since()
			c.flush(t)
			c.wantTotal(t, "a", 10)
			c.wantTotal(t, "b", 10)
			if got := c.since(); !strings.Contains(got, "put a 10") {
				t.Errorf("then it wrote %s", got)
			}
		})
	}
}

// moody fails every third call, before it has an effect.
type moody struct {
	registry.Tally
	calls atomic.Int64
}

func (m *moody) fails() bool { return m.calls.Add(1)%3 == 0 }

func (m *moody) Add(ctx context.Context, name string, day registry.Day, n int64, shard int) error {
	if m.fails() {
		return errCrash
	}
	return m.Tally.Add(ctx, name, day, n, shard)
}

func (m *moody) PutDownloads(ctx context.Context, name string, total int64) error {
	if m.fails() {
		return errCrash
	}
	return m.Tally.PutDownloads(ctx, name, total)
}
