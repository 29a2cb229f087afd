package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
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

// clear removes the ZIPs of deleted releases: last, as in a deletion.
func (i *importing) clear(ctx context.Context, m Moved) error {
	return inParallel(ctx, releasesAtOnce, i.source.Releases(ctx, m.Name), func(ctx context.Context, r Release) error {
		if !r.Deleted {
			return nil
		}
		return i.Blobs.Delete(ctx, r.ZIP.Key)
	})
}

// add gives a package that has gone its own way, or that lacked a ZIP, the
// releases that it does not have. They are changes like others: each stands in
// the audit before it can be seen.
func (i *importing) add(ctx context.Context, m Moved, here Head, s standing) error {
	d, err := i.compare(ctx, m, s)
	if err != nil || d.add == 0 {
		return err
	}
	if err := s.allows(here, m); err != nil {
		return err
	}
	say := func(detail func(*Head) (string, error)) error {
		return i.Heads.change(ctx, i.by, "", m.Name, func(h *Head) (string, string, error) {
			text, err := detail(h)
			if text == "" || err != nil {
				return "", "", err
			}
			return "import", text, nil
		})
	}
	if err := say(func(*Head) (string, error) { return d.String(), nil }); err != nil {
		return err
	}
	if err := i.releases(ctx, m, s); err != nil {
		return err
	}
	return say(func(h *Head) (string, error) {
		latest, err := i.latest(ctx, m.Name)
		if err != nil || latest == nil || (h.Latest != nil && h.Latest.Version.Compare(latest.Version) == 0) {
			return "", err
		}
		h.Latest = latest
		return "latest " + latest.Version.String(), nil
	})
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

// pair is a release there, and what is here of its number: nil when it is free.
type pair struct {
	there Release
	here  *Release
}

// pairs yields every release of the source with what is here.
func (i *importing) pairs(ctx context.Context, name string) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		next, stop := iter.Pull2(i.Contents.History(ctx, name, Summary))
		defer stop()
		here, err, ok := next()
		for there, failed := range i.source.Releases(ctx, name) {
			for ok && err == nil && failed == nil && here.Version.Compare(there.Version) > 0 {
				here, err, ok = next()
			}
			p := pair{there: there}
			if ok && err == nil && here.Version.Compare(there.Version) == 0 {
				r := here
				p.here = &r
			}
			if failed = errors.Join(failed, err); !yield(p, failed) || failed != nil {
				return
			}
		}
	}
}

// differences is what a package lacks here.
type differences struct {
	contradiction contradiction
	same, add     int
	bytes         int64
	first         []string // versions
}

// maxNamed is how many versions the audit names of those that were added.
const maxNamed = 20

func (d differences) String() string {
	text := fmt.Sprintf("%d releases: %s", d.add, strings.Join(d.first, " "))
	if d.add > len(d.first) {
		text += " ..."
	}
	return text
}

func (i *importing) compare(ctx context.Context, m Moved, s standing) (d differences, err error) {
	for p, err := range i.pairs(ctx, m.Name) {
		if err != nil {
			return d, err
		}
		needed, err := s.needs(p)
		c, contradicts := errors.AsType[contradiction](err)
		switch {
		case contradicts:
			d.contradiction = append(d.contradiction, c...)
		case !needed:
			d.same++
		default:
			d.add++
			d.bytes += p.there.ZIP.Size
			if len(d.first) < maxNamed {
				d.first = append(d.first, p.there.Version.String())
			}
		}
	}
	return d, nil
}

// needs tells whether a release, or its deletion, is to be brought in.
func (s standing) needs(p pair) (bool, error) {
	if p.here == nil {
		return true, nil
	}
	refuse := func(is string) (bool, error) {
		return false, contradiction{fmt.Sprintf("package %q: %s is %s.", p.there.Name, p.there.Version, is)}
	}
	own := p.here.Upload == p.there.Upload
	switch {
	case p.here.Version.String() != p.there.Version.String():
		return refuse("published here as " + p.here.Version.String() + ", which is the same number")
	case p.here.Deleted && (p.there.Deleted || own):
		return false, nil
	case p.here.Deleted:
		return refuse("a number that was published and deleted here")
	case p.there.Deleted && own && s <= behind:
		return true, nil
	case p.there.Deleted:
		return refuse("deleted there, and published here. Delete it here first")
	case p.here.ZIP.SHA256 != p.there.ZIP.SHA256:
		return refuse("published here with another ZIP, of SHA-256 " + p.here.ZIP.SHA256)
	}
	return false, nil
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
