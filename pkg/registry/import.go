package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Importing brings into a registry what another one held. What is there and
// equal stays as it is; the releases of a package of the same owner are added.
//
// The ZIP of a release comes first, then the release, then the package's head:
// nobody sees a half. Where this registry has nothing of a package, or an
// earlier state of it, the head is restored with its revision, so that the
// package's audit goes on from there.
type Importing struct {
	Heads         *Heads
	Contents      Contents
	Restore       Restore
	Organizations Organizations
	Reserving     *Reserving
	Tally         Tally
	Blobs         Blobs
	ZIPs          ZIPs
}

// importing is one run.
type importing struct {
	*Importing
	by       Caller
	source   Source
	progress *Progress
	ferry    ferry
}

// Import brings in all of a source, unless something here contradicts it: then
// nothing is written. ZIPs that are not what was published are left out with
// their releases, and stand among the progress's Problems. Stopped anywhere and
// begun again, it ends in the same state.
func (i *Importing) Import(ctx context.Context, by Caller, s Source, p *Progress) error {
	run := &importing{i, by, s, p, newFerry()}
	if err := run.check(ctx); err != nil {
		return err
	}
	if err := run.reserve(ctx); err != nil {
		return err
	}
	for g, err := range s.Groups(ctx) {
		if err == nil {
			err = patiently(ctx, func(ctx context.Context) error { return run.group(ctx, g) })
		}
		if err != nil {
			return fmt.Errorf("organization %q: %w", g.Name, err)
		}
	}
	return inParallel(ctx, packagesAtOnce, s.Packages(ctx), func(ctx context.Context, m Moved) error {
		err := patiently(ctx, func(ctx context.Context) error { return run.bring(ctx, m) })
		if err != nil {
			return fmt.Errorf("package %q: %w", m.Name, err)
		}
		p.Packages.Add(1)
		return nil
	})
}

// contradiction is what is here and can't be as it is to be.
type contradiction []string

// maxContradictions is how many are told one by one.
const maxContradictions = 20

func (c contradiction) Error() string {
	first := c[:min(len(c), maxContradictions)]
	text := strings.Join(first, "\n  ")
	if more := len(c) - len(first); more > 0 {
		text += fmt.Sprintf("\n  and %d more", more)
	}
	return text
}

// check looks at everything, and counts what there is to do.
func (i *importing) check(ctx context.Context) error {
	var mu sync.Mutex
	var found contradiction
	gather := func(err error) error {
		c, ok := errors.AsType[contradiction](err)
		if !ok {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		found = append(found, c...)
		return nil
	}
	for g, err := range i.source.Groups(ctx) {
		if err == nil {
			_, _, err = i.groupHere(ctx, g)
			err = gather(err)
		}
		if err != nil {
			return err
		}
	}
	err := gather(i.checkReserved(ctx))
	if err == nil {
		err = inParallel(ctx, packagesAtOnce, i.source.Packages(ctx), func(ctx context.Context, m Moved) error {
			return gather(i.checkPackage(ctx, m))
		})
	}
	if err != nil {
		return err
	}
	if len(found) > 0 {
		slices.Sort(found)
		return fmt.Errorf("nothing was written, for this registry holds something else:\n  %w", found)
	}
	return nil
}

func (i *importing) checkPackage(ctx context.Context, m Moved) error {
	h, s, err := i.packageHere(ctx, m)
	if err != nil {
		return err
	}
	d, err := i.compare(ctx, m, s)
	if err != nil {
		return err
	}
	if len(d.contradiction) > 0 {
		return d.contradiction
	}
	if d.add > 0 {
		if err := s.allows(h, m); err != nil {
			return err
		}
	}
	i.progress.ToDo.Add(int64(d.add + d.same))
	i.progress.ToDoBytes.Add(d.bytes)
	i.progress.Skipped.Add(int64(d.same))
	return nil
}

// reserve brings in the reserved names: before all packages, so that nobody is
// given another's in their place.
func (i *importing) reserve(ctx context.Context) error {
	patterns, err := i.source.Reserved(ctx)
	for _, pattern := range patterns {
		if err == nil {
			err = i.Reserving.Reserve(ctx, i.by, pattern)
		}
	}
	return err
}

// checkReserved tells whether there is room for the reserved names.
func (i *importing) checkReserved(ctx context.Context) error {
	patterns, err := i.source.Reserved(ctx)
	if err != nil || len(patterns) == 0 {
		return err
	}
	here, err := i.Reserving.Reservations.ReservedNames(ctx)
	if err != nil {
		return err
	}
	all := slices.Concat(here.Patterns, patterns)
	slices.Sort(all)
	if n := len(slices.Compact(all)); n > MaxReserved {
		return contradiction{fmt.Sprintf("reserved names: with those that are here there would be %d, and at most %d are possible. See admin reserved", n, MaxReserved)}
	}
	return nil
}

// group brings in an organization.
func (i *importing) group(ctx context.Context, g Group) error {
	here, s, err := i.groupHere(ctx, g)
	if err != nil || s == apart {
		return err
	}
	if s <= behind {
		if err := i.Restore.RestoreGroup(ctx, g, here.Revision); err != nil {
			return err
		}
	}
	return i.events(ctx, GroupSubject(g.Name))
}

// groupHere returns an organization as it is here, and how it stands to g.
func (i *importing) groupHere(ctx context.Context, g Group) (Group, standing, error) {
	here, err := i.Organizations.Group(ctx, g.Name)
	if err != nil && CodeOf(err) != NotFound {
		return here, absent, err
	}
	s, err := i.stands(ctx, GroupSubject(g.Name), here.Journal, g.Journal)
	if err != nil || s != apart {
		return here, s, err
	}
	if here.Name != g.Name || here.Removed != g.Removed || !maps.Equal(here.Members, g.Members) {
		err = contradiction{fmt.Sprintf("organization %q: it is here with a history of its own, and other members. Make them equal, or take it out of what you import.", g.Name)}
	}
	return here, s, err
}
