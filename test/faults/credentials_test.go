package faults

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// TestRotatingCredentials gives the functions' processes new credentials all the
// time, while clients publish, read and delete: no request fails.
func TestRotatingCredentials(t *testing.T) {
	t.Parallel()
	// Renewed at half of it. An address that is signed with credentials ends
	// with them, so that what is left must do for its use, and for a busy
	// machine's pauses.
	const ttl = 4 * time.Second
	w := processes(t, ttl)
	owner := w.user(t, "owner")
	before := w.account.Issued()
	var all sync.WaitGroup
	var mu sync.Mutex
	requests := 0
	for id := range 3 {
		all.Go(func() {
			name := fmt.Sprintf("rotating-%d", id)
			end := time.Now().Add(3 * ttl)
			for n := 0; time.Now().Before(end); n++ {
				if err := life(t.Context(), owner, name, n); err != nil {
					t.Errorf("%s %d: %v", name, n, err)
					return
				}
				mu.Lock()
				requests++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	issued := w.account.Issued() - before
	if issued < 5 {
		t.Errorf("only %d credentials were issued", issued)
	}
	t.Logf("%d lives of a release with %d credentials", requests, issued)
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
