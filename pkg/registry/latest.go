package registry

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// maxTries bounds how often a head is written again when others write it too.
const maxTries = 20

// updateHead reads a head, lets change alter it, and writes it, again and
// again while somebody else wrote it in between.
//
// A change reads releases only after the head, and every publish and delete
// writes the head after its release. So whoever decides on releases that have
// changed meanwhile finds another revision, and decides anew.
func updateHead(ctx context.Context, c Catalog, name string, change func(*Head) error) error {
	for try := range maxTries {
		h, err := c.Head(ctx, name, Full)
		if err != nil && CodeOf(err) != NotFound {
			return err
		}
		if err := change(&h); err != nil {
			return err
		}
		err = c.PutHead(ctx, h)
		if CodeOf(err) != Conflict {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
	return &Error{Code: Unavailable, Message: fmt.Sprintf("Package %q is being changed by many at once. Try again.", name)}
}

// pause waits a random time that grows with the number of tries.
func pause(ctx context.Context, try int) error {
	timer := time.NewTimer(rand.N(time.Duration(try+1) * 5 * time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// promote moves a package's latest release forward to r, if r outranks it and
// has not been deleted since.
func promote(ctx context.Context, c Catalog, r Release) error {
	return updateHead(ctx, c, r.Name, func(h *Head) error {
		_, stored, err := c.Release(ctx, r.Name, r.Version, Full)
		if err != nil {
			return err
		}
		if !stored.Deleted && (h.Latest == nil || r.Version.Outranks(h.Latest.Version)) {
			h.Latest = &stored
		}
		return nil
	})
}

// demote chooses a new latest release after v was deleted, if v was it.
func demote(ctx context.Context, c Catalog, name string, v Version) error {
	return updateHead(ctx, c, name, func(h *Head) error {
		if h.Latest == nil || h.Latest.Version.Compare(v) != 0 {
			return nil
		}
		var err error
		h.Latest, err = findLatest(ctx, c, name)
		return err
	})
}

func findLatest(ctx context.Context, c Catalog, name string) (*Release, error) {
	var best Version
	for _, dev := range []bool{false, true} {
		for l, err := range c.Versions(ctx, name, dev) {
			if err != nil {
				return nil, err
			}
			if l.Deleted {
				continue
			}
			if l.Version.Outranks(best) {
				best = l.Version
			}
			if dev || best.stable() {
				break
			}
		}
		if !best.IsZero() {
			_, r, err := c.Release(ctx, name, best, Full)
			return &r, err
		}
	}
	return nil, nil
}
