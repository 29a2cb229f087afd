package registry

import (
	"context"
	"errors"
	"io"
)

// bring brings in a package.
func (i *importing) bring(ctx context.Context, m Moved) error {
	h, s, err := i.packageHere(ctx, m)
	if err != nil {
		return err
	}
	if s <= behind {
		err = i.restore(ctx, m, h, s)
	} else {
		err = i.add(ctx, m, h, s)
	}
	if err != nil || s == apart {
		return err
	}
	return i.finish(ctx, m, s)
}

// restore makes the package what it was.
func (i *importing) restore(ctx context.Context, m Moved, here Head, s standing) error {
	if here.Revision > 0 && here.hides(m.Package) {
		var err error
		if here, err = i.closeFirst(ctx, m, here); err != nil {
			return err
		}
	}
	if err := i.releases(ctx, m, s); err != nil {
		return err
	}
	latest, err := i.latest(ctx, m.Name)
	if err != nil {
		return err
	}
	h := m.Head
	h.Latest = latest
	return i.Restore.RestoreHead(ctx, h, here.Revision)
}

// finish brings in what nobody waits for, and what an earlier run may have left
// undone. The events come after the head: the number of each is taken by then.
func (i *importing) finish(ctx context.Context, m Moved, s standing) error {
	if err := i.events(ctx, PackageSubject(m.Name)); err != nil || s == ahead {
		return err
	}
	if err := i.clear(ctx, m); err != nil {
		return err
	}
	return i.downloads(ctx, m)
}

// closeFirst lets nobody see the releases to come who is not to see them: the
// head becomes what it was before its last change, but as closed as after it.
func (i *importing) closeFirst(ctx context.Context, m Moved, here Head) (Head, error) {
	over := here.Revision
	for e, err := range i.source.Events(ctx, PackageSubject(m.Name)) {
		if err != nil {
			return here, err
		}
		if e.Seq > here.Revision && e.Seq < m.Revision {
			here.Event, here.Revision = &e, e.Seq
		}
	}
	here.Package = m.Package
	return here, i.Restore.RestoreHead(ctx, here, over)
}

func (i *importing) latest(ctx context.Context, name string) (*Release, error) {
	v, err := highest(ctx, i.Heads.Catalog, name)
	if err != nil || v.IsZero() {
		return nil, err
	}
	r, err := i.Contents.Stored(ctx, name, v, Full)
	return &r, err
}

// clear removes the objects of deleted releases: last, as in a deletion.
func (i *importing) clear(ctx context.Context, m Moved) error {
	return inParallel(ctx, releasesAtOnce, i.source.Releases(ctx, m.Name), func(ctx context.Context, r Release) error {
		if !r.Deleted {
			return nil
		}
		return removeObjects(ctx, i.Blobs, r)
	})
}

// add gives a package that has gone its own way, or that lacked a ZIP, the
// releases that it does not have. They are changes like others: each stands in
// the audit before it can be seen.
func (i *importing) add(ctx context.Context, m Moved, here Head, s standing) error {
	d, err := i.compare(ctx, m, s)
	if err != nil {
		return err
	}
	if d.add > 0 {
		if err := s.allows(here, m); err != nil {
			return err
		}
		if err := i.say(ctx, m, func(*Head) (string, error) { return d.String(), nil }); err != nil {
			return err
		}
		if err := i.releases(ctx, m, s); err != nil {
			return err
		}
	}
	return i.say(ctx, m, func(h *Head) (string, error) { return i.moveLatest(ctx, h) })
}

// say changes a head, and says how in the audit, unless there is nothing to say.
func (i *importing) say(ctx context.Context, m Moved, change func(*Head) (string, error)) error {
	return i.Heads.change(ctx, i.by, "", m.Name, func(h *Head) (string, string, error) {
		text, err := change(h)
		if text == "" || err != nil {
			return "", "", err
		}
		return "import", text, nil
	})
}

// moveLatest makes the highest release the latest; an earlier run may have been
// stopped before.
func (i *importing) moveLatest(ctx context.Context, h *Head) (string, error) {
	v, err := highest(ctx, i.Heads.Catalog, h.Name)
	if err != nil || v.IsZero() || (h.Latest != nil && h.Latest.Version.Compare(v) == 0) {
		return "", err
	}
	latest, err := i.Contents.Stored(ctx, h.Name, v, Full)
	h.Latest = &latest
	return "latest " + v.String(), err
}

// downloads brings in how often the package was downloaded.
func (i *importing) downloads(ctx context.Context, m Moved) error {
	if err := i.Restore.RestoreDownloads(ctx, m.Name, m.Downloaded); err != nil {
		return err
	}
	d, err := i.Tally.Downloads(ctx, m.Name)
	if err != nil {
		return err
	}
	return i.Tally.PutDownloads(ctx, m.Name, d.Total)
}

// releases brings in the releases, and the deletions, that are not here.
func (i *importing) releases(ctx context.Context, m Moved, s standing) error {
	c := hire(ctx, releasesAtOnce, i.release)
	for p, err := range i.pairs(ctx, m.Name) {
		needed := false
		if err == nil {
			needed, err = s.needs(p)
		}
		if err != nil {
			return c.wait(err)
		}
		if needed && !c.give(p) {
			break
		}
	}
	return c.wait(nil)
}

func (i *importing) release(ctx context.Context, p pair) error {
	r := p.there
	switch {
	case r.Deleted && p.here != nil:
		i.progress.Removed.Add(1)
		return i.Heads.Catalog.MarkDeleted(ctx, r.Name, r.Version)
	case r.Deleted:
		err := i.Restore.RestoreDeleted(ctx, r)
		i.progress.Done.Add(1)
		return err
	}
	err := i.ferry.carry(ctx, r, i.source.OpenZIP, func(ctx context.Context, body io.Reader) error {
		return i.ZIPs.PutZIP(ctx, r.ZIP.Key, body)
	})
	if d, ok := errors.AsType[damage](err); ok {
		i.progress.report(Problem{r.Name, r.Version, d.reason})
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := i.Heads.Catalog.PutRelease(ctx, r); err != nil {
		return err
	}
	i.progress.Done.Add(1)
	i.progress.Bytes.Add(r.ZIP.Size)
	return nil
}
