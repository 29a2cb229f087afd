package registry_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

func (c *counter) days(t *testing.T, name string) map[registry.Day]int64 {
	t.Helper()
	d, err := c.Tally.Downloads(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return d.Days
}

func TestDaysEndAtMidnightUTC(t *testing.T) {
	c := newCounter()
	midnight := time.Date(2025, 3, 1, 8, 0, 0, 0, time.FixedZone("CST", 8*60*60)) // of UTC
	for after, n := range map[time.Duration]int{-24 * time.Hour: 1, -time.Nanosecond: 2, 0: 4, 24*time.Hour - 1: 8, 24 * time.Hour: 16} {
		c.now = midnight.Add(after)
		c.count(t, "a", n)
	}
	c.flush(t)
	want := map[registry.Day]int64{"2025-02-28": 3, "2025-03-01": 12, "2025-03-02": 16}
	if got := c.days(t, "A"); !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

// What waits over midnight is of the day on which it was downloaded.
func TestDownloadsKeepTheirDay(t *testing.T) {
	c := newCounter()
	c.now = time.Date(2025, 2, 28, 23, 59, 58, 0, time.UTC)
	c.count(t, "a", 3)
	c.now = c.now.Add(5 * time.Second)
	c.count(t, "a", 1)
	c.flush(t)
	if got, want := c.days(t, "a"), (map[registry.Day]int64{"2025-02-28": 3, "2025-03-01": 1}); !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

func TestOldDaysAreForgottenNowAndThen(t *testing.T) {
	c := newCounter()
	first := c.now
	forgotten := 0
	for day := range 400 {
		c.now = first.AddDate(0, 0, day)
		c.count(t, "a", 1)
		if strings.Contains(c.since(), "forget") {
			forgotten++
		}
		days := c.days(t, "a")
		if len(days) > 2*registry.ChartDays {
			t.Fatalf("on day %d there are %d", day, len(days))
		}
		for back := range min(day, registry.ChartDays) {
			if d := registry.DayOf(c.now.AddDate(0, 0, -back)); days[d] != 1 {
				t.Fatalf("on day %d there is no %s", day, d)
			}
		}
	}
	if forgotten == 0 || forgotten > 400/registry.ChartDays {
		t.Errorf("days were forgotten %d times", forgotten)
	}
	c.wantTotal(t, "a", 400)

	c.fail = "forget"
	for day := 400; day < 600; day++ {
		c.now = first.AddDate(0, 0, day)
		if err := c.Count(t.Context(), "a"); err != nil {
			wantError(t, err, registry.Internal, "crash")
		}
	}
	c.fail = ""
	c.flush(t)
	c.wantTotal(t, "a", 600)
	if got := c.since(); !strings.Contains(got, "forget a") || !strings.Contains(got, "put a 600") {
		t.Errorf("then it wrote %s", got)
	}
}

// Many instances, each of many requests at once, on a tally that fails at times.
func TestConcurrentDownloadsAreAllCounted(t *testing.T) {
	catalog := memory.NewCatalog()
	tally := memory.NewTally(catalog)
	var mu sync.Mutex
	at := now()
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(7 * time.Millisecond)
		return at
	}
	const instances, requests, each = 3, 8, 250
	names := []string{"a", "b", "c"}
	for _, name := range names {
		if err := catalog.PutHead(t.Context(), registry.Head{Package: registry.Package{Name: name, Owner: "alice"}}); err != nil {
			t.Fatal(err)
		}
	}
	var running sync.WaitGroup
	for range instances {
		counter := registry.NewCounter(&moody{Tally: tally}, clock)
		running.Go(func() {
			var serving sync.WaitGroup
			for i := range requests {
				serving.Go(func() {
					for j := range each {
						counter.Count(t.Context(), names[(i+j)%len(names)]) // an error is told again by Flush
					}
				})
			}
			serving.Wait()
			for counter.Flush(t.Context()) != nil {
			}
		})
	}
	running.Wait()
	total := int64(0)
	for _, name := range names {
		d, err := tally.Downloads(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		total += d.Total
		if h, err := catalog.Head(t.Context(), name, registry.Summary); err != nil || h.Downloads != d.Total {
			t.Errorf("the head of %s has %d, %v; the tally %d", name, h.Downloads, err, d.Total)
		}
		if days := slices.Collect(maps.Values(d.Days)); fmt.Sprint(days) != fmt.Sprintf("[%d]", d.Total) {
			t.Errorf("%s: by day %v, in all %d", name, days, d.Total)
		}
	}
	if total != instances*requests*each {
		t.Errorf("%d were counted, %d downloaded", total, instances*requests*each)
	}
}
