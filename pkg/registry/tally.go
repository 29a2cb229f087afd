package registry

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// Tally counts downloads. What is added is in several shards, so that no row is
// written by all.
type Tally interface {
	// Add adds downloads of a package on a day to one of its Shards. Repeated
	// with the same arguments it adds again.
	Add(ctx context.Context, name string, day Day, downloads int64, shard int) error
	// Downloads returns the downloads of a package, in all and by day.
	Downloads(ctx context.Context, name string) (Downloaded, error)
	// PutDownloads writes into the package's head how often it was downloaded
	// in all, unless a higher number stands there.
	PutDownloads(ctx context.Context, name string, total int64) error
	// Forget drops the counts of days before a day, not the total.
	Forget(ctx context.Context, name string, before Day) error
}

// Shards is how many parts the downloads of a package are counted in.
const Shards = 16

// Day is a day in UTC, as 2006-01-02.
type Day string

// DayOf returns the day of a time.
func DayOf(t time.Time) Day { return Day(t.UTC().Format(time.DateOnly)) }

// Downloaded says how often a package was downloaded.
type Downloaded struct {
	Total int64
	Days  map[Day]int64 // the last ChartDays of them at least
}

// ChartDays is how many days are counted one by one.
const ChartDays = 90

// When the counts of an instance are written: after so long, or so many, but
// not more often than flushRest. The first one after a pause is written at once.
const (
	flushAfter = 10 * time.Second
	flushMany  = 100
	flushRest  = time.Second
	rollAfter  = time.Minute
)

// Counter counts downloads in the memory of one instance and adds them to the
// tally in batches. Where the instance is frozen between requests no timer
// runs, so it is a request that writes when the time has come, and the end of
// the instance (Flush).
type Counter struct {
	tally Tally
	clock Clock
	shard int

	mu      sync.Mutex
	waiting map[counted]int64
	many    int64
	flushed time.Time
	behind  map[string]bool      // packages whose total is not written yet
	rolled  map[string]time.Time // when a package's total was written
}

type counted struct {
	name string
	day  Day
}

// NewCounter returns a counter that has counted nothing.
func NewCounter(t Tally, clock Clock) *Counter {
	return &Counter{
		tally: t, clock: clock, shard: rand.N(Shards),
		waiting: make(map[counted]int64), behind: make(map[string]bool), rolled: make(map[string]time.Time),
	}
}

// Count counts one download, and writes what has been counted if it is time. An
// error concerns the writing only: what could not be written is kept for the
// next time.
func (c *Counter) Count(ctx context.Context, name string) error {
	now := c.clock()
	c.mu.Lock()
	c.waiting[counted{Key(name), DayOf(now)}]++
	c.many++
	rest := now.Sub(c.flushed)
	due := rest >= flushAfter || (c.many >= flushMany && rest >= flushRest)
	c.mu.Unlock()
	if !due {
		return nil
	}
	return c.flush(ctx, now.Add(-rollAfter))
}

// Flush writes all that has been counted, totals too. It is for the end of an
// instance.
func (c *Counter) Flush(ctx context.Context) error {
	return c.flush(ctx, c.clock())
}

// flush adds what waits to the tally, and writes the totals of the packages that
// were added to, but of those whose total was written after a time.
func (c *Counter) flush(ctx context.Context, after time.Time) error {
	var errs []error
	for k, n := range c.take() {
		if err := c.tally.Add(ctx, k.name, k.day, n, c.shard); err != nil {
			c.giveBack(k, n)
			errs = append(errs, err)
			continue
		}
		c.fallBehind(k.name)
	}
	for _, name := range c.due(after) {
		if err := c.rollUp(ctx, name); err != nil {
			c.fallBehind(name)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (c *Counter) take() map[counted]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	waiting := c.waiting
	c.waiting, c.many, c.flushed = make(map[counted]int64), 0, c.clock()
	return waiting
}

func (c *Counter) giveBack(k counted, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[k] += n
	c.many += n
}

func (c *Counter) fallBehind(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.behind[name] = true
}

// maxRolled bounds what is remembered of totals written.
const maxRolled = 10_000

// due takes the packages whose total is to be written now.
func (c *Counter) due(after time.Time) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.rolled) >= maxRolled {
		clear(c.rolled)
	}
	var names []string
	for name := range c.behind {
		if !c.rolled[name].After(after) {
			delete(c.behind, name)
			c.rolled[name] = c.clock()
			names = append(names, name)
		}
	}
	return names
}

// rollUp sums a package's shards into its head, where lists find the number.
func (c *Counter) rollUp(ctx context.Context, name string) error {
	d, err := c.tally.Downloads(ctx, name)
	if err != nil {
		return err
	}
	if len(d.Days) > 2*ChartDays {
		if err := c.tally.Forget(ctx, name, DayOf(c.clock().AddDate(0, 0, -ChartDays))); err != nil {
			return err
		}
	}
	return c.tally.PutDownloads(ctx, name, d.Total)
}
