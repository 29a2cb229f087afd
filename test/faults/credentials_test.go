package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// TestRotatingCredentials gives the functions' processes new credentials all the
// time, and ends the old ones, while clients publish, read and delete: no request
// fails.
func TestRotatingCredentials(t *testing.T) {
	t.Parallel()
	// They are renewed at half of their life, by the account's clock. An address
	// that is signed with them ends with them: so the clock moves less than that
	// while something is under way. All of it stays within the 15 minutes by which
	// clocks may differ.
	const (
		ttl    = time.Minute
		step   = ttl * 3 / 8
		rounds = 16
	)
	w := processes(t, ttl)
	owner := w.user(t, "owner")
	before := w.account.Issued()
	for n := range rounds {
		var all sync.WaitGroup
		for id := range 3 {
			all.Go(func() {
				name := fmt.Sprintf("rotating-%d", id)
				if err := life(t.Context(), owner, name, n); err != nil {
					t.Errorf("%s %d: %v", name, n, err)
				}
			})
		}
		all.Go(func() {
			time.Sleep(rand.N(20 * time.Millisecond)) // in the middle of something
			w.setClock(time.Duration(n+1) * step)
		})
		all.Wait()
	}
	issued := w.account.Issued() - before
	if issued < rounds/2 {
		t.Errorf("only %d credentials were issued", issued)
	}
	t.Logf("%d lives of a release with %d credentials", 3*rounds, issued)
}

// life publishes a version, reads it, and deletes the one before.
func life(ctx context.Context, c client, name string, n int) error {
	o, err := c.publish(ctx, pack{name: name, version: tag(n)})
	if err != nil || !o.Released {
		return fmt.Errorf("publish: %+v, %w", o, err)
	}
	if v, err := c.look(ctx, name); err != nil || v.latest != tag(n) {
		return fmt.Errorf("look: %+v, %w", v, err)
	}
	if n == 0 {
		return nil
	}
	if a, err := c.remove(ctx, name, tag(n-1)); err != nil || a.status != 200 {
		return fmt.Errorf("delete: %v, %w", a, err)
	}
	return nil
}
