package registry

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"
)

// Retention says which releases stay: those that any of it keeps. The latest
// release and the newest development build always do.
type Retention struct {
	// Last is how many stay of the numbered releases, and of the development
	// builds: those published last.
	Last int
	// Since is from when on all that was published stays; zero for no such time.
	Since time.Time
	// DevOnly keeps every numbered release.
	DevOnly bool
}

// Pruning deletes old releases, of every package or of some. It is for the
// administrator: nobody's role is checked.
type Pruning struct {
	Contents Contents
	Deleting *Deleting
}

// pruners is how many packages are pruned at once. Deletions in one package
// change its one head, so they come one after the other.
const pruners = 8

// Prune deletes the releases of packages that do not stay, and finishes
// deletions that were cut short; when dry, it only tells which it would delete.
// report is called for each, by one goroutine at a time. Ended by an error or by
// ctx, it can be run again, and goes on.
func (p *Pruning) Prune(ctx context.Context, by Caller, names iter.Seq2[string, error], keep Retention, dry bool, report func(Release)) error {
	if keep.Last <= 0 && keep.Since.IsZero() {
		return Errorf(Invalid, "Say what is to stay: how many of the newest releases, or from when on.")
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex
	one := pruner{p, by, keep, dry, func(r Release) {
		mu.Lock()
		defer mu.Unlock()
		report(r)
	}}
	var work sync.WaitGroup
	slots := make(chan struct{}, pruners)
	for name, err := range names {
		if err != nil {
			stop(err)
		}
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		work.Go(func() {
			defer func() { <-slots }()
			if err := one.prune(ctx, name); err != nil {
				stop(err)
			}
		})
	}
	work.Wait()
	return context.Cause(ctx)
}

// pruner prunes one package after another.
type pruner struct {
	*Pruning
	by     Caller
	keep   Retention
	dry    bool
	report func(Release)
}

func (p pruner) prune(ctx context.Context, name string) error {
	var standing []Release
	for r, err := range p.Contents.History(ctx, name, Summary) {
		if err != nil {
			return err
		}
		r.Texts = Texts{} // there may be many
		if !r.Deleted {
			standing = append(standing, r)
		} else if err := p.finish(ctx, r); err != nil {
			return err
		}
	}
	for _, r := range p.keep.old(standing) {
		if err := p.delete(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// finish completes a deletion that was cut short, if this one was.
func (p pruner) finish(ctx context.Context, r Release) error {
	if p.dry {
		return nil
	}
	err := p.Deleting.finish(ctx, p.by, r, noRelease(r.Name, r.Version.String()))
	if CodeOf(err) == NotFound {
		return nil
	}
	return err
}

// delete deletes a release, unless it has become the latest meanwhile.
func (p pruner) delete(ctx context.Context, r Release) error {
	d := p.Deleting
	if !p.dry {
		h, err := d.Heads.Catalog.Head(ctx, r.Name, Summary)
		if err != nil {
			return err
		}
		if h.Latest != nil && h.Latest.Version.Compare(r.Version) == 0 {
			return nil
		}
		if err := d.Heads.Catalog.MarkDeleted(ctx, r.Name, r.Version); err != nil {
			return err
		}
		if err := removeAll(ctx, d.Heads, d.Blobs, p.by, r); err != nil {
			return err
		}
	}
	p.report(r)
	return nil
}

// old returns the releases of a package that do not stay; all are given highest
// version first.
func (k Retention) old(all []Release) []Release {
	var latest Version
	var numbered, dev []Release
	for _, r := range all {
		if r.Version.Outranks(latest) {
			latest = r.Version
		}
		if r.Version.IsDev() {
			dev = append(dev, r)
		} else {
			numbered = append(numbered, r)
		}
	}
	var old []Release
	if !k.DevOnly {
		old = k.oldOf(numbered, latest)
	}
	if len(dev) > 0 {
		old = append(old, k.oldOf(dev, dev[0].Version)...)
	}
	return old
}

// oldOf is old of one kind, of which one release stays in any case.
func (k Retention) oldOf(kind []Release, stays Version) []Release {
	var old []Release
	for i, r := range slices.SortedStableFunc(slices.Values(kind), func(a, b Release) int { return b.PublishTime.Compare(a.PublishTime) }) {
		recent := !k.Since.IsZero() && !r.PublishTime.Before(k.Since)
		if i >= k.Last && !recent && r.Version.Compare(stays) != 0 {
			old = append(old, r)
		}
	}
	return old
}
