package registry

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
)

// Elsewhere returns what the upstreams find for a search, in their order: of
// names that are neither here, whoever may see them, nor reserved, nor another
// upstream's. One that fails has nothing to say.
func (b *Browsing) Elsewhere(ctx context.Context, s Search) ([]Head, error) {
	if b.Upstreams == nil || s.Own {
		return nil, nil
	}
	found, err := b.Upstreams.find(ctx, s.bounded())
	if err != nil {
		return nil, err
	}
	here, err := b.Catalog.Heads(ctx, namesOf(found))
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool)
	for _, h := range here {
		known[Key(h.Name)] = true
	}
	return slices.DeleteFunc(found, func(h Head) bool { return known[Key(h.Name)] }), nil
}

func namesOf(heads []Head) []string {
	names := make([]string, len(heads))
	for i, h := range heads {
		names[i] = h.Name
	}
	return names
}

// find asks all suppliers at once, and once for all who search the same.
func (u *Upstreams) find(ctx context.Context, s Search) ([]Head, error) {
	flight := u.flights.DoChan(fmt.Sprintf("find %+v", s), func() (any, error) {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), flightTime)
		defer stop()
		return u.mayHave(ctx, slices.Concat(u.findAll(ctx, s)...))
	})
	select {
	case done := <-flight:
		found, _ := done.Val.([]Head)
		return slices.Clone(found), done.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// findAll returns what each supplier finds of the names that it is asked for.
func (u *Upstreams) findAll(ctx context.Context, s Search) [][]Head {
	found := make([][]Head, len(u.Suppliers))
	var asking sync.WaitGroup
	for i, supplier := range u.Suppliers {
		if u.rests.resting(supplier.URL, u.Clock()) {
			continue
		}
		asking.Go(func() {
			ctx, stop := context.WithTimeout(ctx, u.Timeout)
			defer stop()
			heads, err := supplier.Find(ctx, s)
			if err != nil {
				u.rests.after(supplier.URL, err, u.Clock())
				slog.WarnContext(ctx, "an upstream failed, and the search goes without it", "upstream", supplier.URL, "error", err)
			}
			found[i] = slices.DeleteFunc(heads, func(h Head) bool { return !supplier.supplies(h.Name) })
		})
	}
	asking.Wait()
	return found
}

// mayHave leaves out names that are reserved or belong to another upstream, and
// those that an earlier one has found.
func (u *Upstreams) mayHave(ctx context.Context, found []Head) ([]Head, error) {
	if len(found) == 0 {
		return nil, nil
	}
	reserved, err := u.Reservations.ReservedNames(ctx)
	if err != nil {
		return nil, err
	}
	origins := make(map[string]Origin)
	for names := range slices.Chunk(namesOf(found), MaxKnown) {
		known, err := u.Answers.Known(ctx, names)
		if err != nil {
			return nil, err
		}
		for _, o := range known {
			origins[o.Name] = o
		}
	}
	seen := make(map[string]bool)
	return slices.DeleteFunc(found, func(h Head) bool {
		o, ok := origins[h.Name]
		if seen[h.Name] || matches(reserved.Patterns, h.Name) || (ok && o.Upstream != h.Upstream) {
			return true
		}
		seen[h.Name] = true
		return false
	}), nil
}
