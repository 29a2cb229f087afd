package registry

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"
	"time"
)

// Exporting reads all that was published in a registry, and which names are
// reserved there; not its users, tokens and webhooks, which hang on its master
// key, nor what it has of upstreams.
type Exporting struct {
	Catalog       Catalog
	Contents      Contents
	Organizations Organizations
	Reservations  Reservations
	Audit         Audit
	Tally         Tally
	Blobs         Blobs
}

// Selection says what is exported. The zero Selection is everything.
type Selection struct {
	// Packages leaves only these, and the organizations that they are of; the
	// reserved names are left out, too.
	Packages []string
	// Since leaves out the releases published before; deleted numbers stay.
	Since time.Time
}

func (s Selection) takes(r Release) bool { return r.Deleted || !r.PublishTime.Before(s.Since) }

// export is one run.
type export struct {
	*Exporting
	archive   Archive
	selection Selection
	progress  *Progress
	ferry     ferry
}

// Export puts what is selected into an archive. ZIPs that are not what was
// published are left out, and stand among the progress's Problems.
func (e *Exporting) Export(ctx context.Context, a Archive, s Selection, p *Progress) error {
	x := &export{e, a, s, p, newFerry()}
	if err := x.known(ctx); err != nil {
		return err
	}
	if err := x.survey(ctx); err != nil {
		return err
	}
	if err := x.reserved(ctx); err != nil {
		return err
	}
	for g, err := range x.groups(ctx) {
		if err != nil {
			return err
		}
		if err := a.PutGroup(ctx, g, e.events(ctx, GroupSubject(g.Name), g.Journal)); err != nil {
			return err
		}
	}
	return inParallel(ctx, packagesAtOnce, x.packages(ctx), x.pack)
}

// reserved exports the reserved names.
func (x *export) reserved(ctx context.Context) error {
	if len(x.selection.Packages) > 0 {
		return nil
	}
	n, err := x.Reservations.ReservedNames(ctx)
	if err != nil {
		return err
	}
	return x.archive.PutReserved(ctx, n.Patterns)
}

// known refuses names that no package has.
func (x *export) known(ctx context.Context) error {
	for _, name := range x.selection.Packages {
		_, err := x.Catalog.Head(ctx, name, Summary)
		if CodeOf(err) == NotFound {
			return noPackage(name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// survey counts what there is to do.
func (x *export) survey(ctx context.Context) error {
	return inParallel(ctx, packagesAtOnce, x.packages(ctx), func(ctx context.Context, name string) error {
		for r, err := range x.Contents.History(ctx, name, Summary) {
			if err != nil {
				return err
			}
			if !r.Deleted && x.selection.takes(r) {
				x.progress.ToDo.Add(1)
				x.progress.ToDoBytes.Add(r.ZIP.Size)
			}
		}
		return nil
	})
}

// packages are the names of all packages, or of the selected ones.
func (x *export) packages(ctx context.Context) iter.Seq2[string, error] {
	if len(x.selection.Packages) == 0 {
		return x.Contents.Packages(ctx)
	}
	return func(yield func(string, error) bool) {
		seen := make(map[string]bool)
		for _, name := range x.selection.Packages {
			if !seen[Key(name)] && !yield(name, nil) {
				return
			}
			seen[Key(name)] = true
		}
	}
}

// groups are all organizations, or those of the selected packages.
func (x *export) groups(ctx context.Context) iter.Seq2[Group, error] {
	if len(x.selection.Packages) == 0 {
		return x.Contents.Groups(ctx)
	}
	return func(yield func(Group, error) bool) {
		seen := make(map[string]bool)
		for _, name := range x.selection.Packages {
			g, err := x.groupOf(ctx, name)
			if CodeOf(err) == NotFound || seen[Key(g.Name)] {
				continue
			}
			seen[Key(g.Name)] = true
			if !yield(g, err) {
				return
			}
		}
	}
}

func (x *export) groupOf(ctx context.Context, name string) (Group, error) {
	h, err := x.Catalog.Head(ctx, name, Summary)
	if err != nil {
		return Group{}, err
	}
	return x.Organizations.Group(ctx, h.Organization)
}

// pack exports a package. One that changes meanwhile is exported again: its
// head, releases and events must be of one moment.
func (x *export) pack(ctx context.Context, name string) error {
	return patiently(ctx, func(ctx context.Context) error {
		h, err := x.Catalog.Head(ctx, name, Full)
		if err != nil {
			return err
		}
		h.Latest = nil
		d, err := x.Tally.Downloads(ctx, name)
		if err != nil {
			return err
		}
		problems, err := x.put(ctx, Moved{Head: h, Downloaded: d})
		if err != nil {
			return err
		}
		now, err := x.Catalog.Head(ctx, name, Summary)
		if err != nil {
			return err
		}
		if now.Revision != h.Revision {
			return Errorf(Conflict, "package %q was changed while it was exported", name)
		}
		x.progress.report(problems...)
		x.progress.Packages.Add(1)
		return nil
	})
}

// put writes a package, and copies the ZIPs of its releases meanwhile.
func (x *export) put(ctx context.Context, m Moved) (problems []Problem, err error) {
	var mu sync.Mutex
	zips := hire(ctx, releasesAtOnce, func(ctx context.Context, r Release) error {
		err := x.zip(ctx, r)
		if d, ok := errors.AsType[damage](err); ok {
			mu.Lock()
			defer mu.Unlock()
			problems = append(problems, Problem{r.Name, r.Version, d.reason})
			return nil
		}
		return err
	})
	releases := func(yield func(Release, error) bool) {
		for r, err := range x.Contents.History(ctx, m.Name, Full) {
			if err == nil && !x.selection.takes(r) {
				continue
			}
			if err == nil && !r.Deleted && !zips.give(r) {
				err = context.Cause(zips.ctx)
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
	err = x.archive.PutPackage(ctx, m, releases, x.events(ctx, PackageSubject(m.Name), m.Journal))
	err = zips.wait(err)
	return problems, err
}

func (x *export) zip(ctx context.Context, r Release) error {
	has, err := x.archive.HasZIP(r.ZIP)
	if err != nil {
		return err
	}
	if has {
		x.progress.Skipped.Add(1)
		return nil
	}
	err = x.ferry.carry(ctx, r, x.OpenZIP, func(ctx context.Context, body io.Reader) error {
		return x.archive.PutZIP(ctx, r.ZIP, body)
	})
	if err == nil {
		x.progress.Done.Add(1)
		x.progress.Bytes.Add(r.ZIP.Size)
	}
	return err
}

// OpenZIP reads the ZIP of a release. NotFound when it is missing.
func (e *Exporting) OpenZIP(ctx context.Context, r Release) (io.ReadCloser, error) {
	body, _, err := e.Blobs.Open(ctx, r.ZIP.Key)
	return body, err
}

// events yields the events of a record up to its own last one, which may not
// stand in the audit yet.
func (e *Exporting) events(ctx context.Context, subject string, j Journal) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		last := int64(0)
		for event, err := range e.Audit.Events(ctx, subject) {
			if err == nil && event.Seq > j.Revision {
				break
			}
			last = event.Seq
			if !yield(event, err) || err != nil {
				return
			}
		}
		if j.Event != nil && j.Event.Seq > last {
			yield(*j.Event, nil)
		}
	}
}
