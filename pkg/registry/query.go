package registry

import (
	"cmp"
	"context"
	"slices"
)

// Queries answers what people ask about packages. To whoever may not see a
// package it answers exactly what it would if there were none.
type Queries struct {
	Catalog Catalog
	Access  *Access
	// Upstreams answers for names that nobody has published here; it may be nil.
	Upstreams *Upstreams
	// Attempts tells publishers why theirs were refused; nil tells nobody.
	Attempts Attempts
}

// elsewhere tells whether what the catalog answered leaves a name to upstreams:
// it knows no such package. A package that is here, whoever may see it and
// whatever it lacks, does not.
func (q *Queries) elsewhere(h Head, err error) bool {
	return q.Upstreams != nil && CodeOf(err) == NotFound && h.Revision == 0
}

// gate stands between what was read and who asks: it returns missing for a
// package that was not found or that the viewer may not see, and err for every
// other failure. p counts only when err is nil.
type gate func(ctx context.Context, p *Package, err, missing error) error

func (q *Queries) gate(viewer Viewer) gate {
	return func(ctx context.Context, p *Package, err, missing error) error {
		if CodeOf(err) == NotFound {
			p = nil
		} else if err != nil {
			return err
		}
		seen, err := q.Access.sees(ctx, viewer, p)
		if err == nil && !seen {
			return missing
		}
		return err
	}
}

// Latest returns a package's latest release.
func (q *Queries) Latest(ctx context.Context, viewer Viewer, name string, f Fields) (Package, Release, error) {
	viewer = viewer.Once()
	p, r, err := q.latest(ctx, viewer, name, f)
	return p, r, q.explain(ctx, viewer, name, "", err)
}

func (q *Queries) latest(ctx context.Context, viewer Viewer, name string, f Fields) (Package, Release, error) {
	h, err := q.Catalog.Head(ctx, name, f)
	if q.elsewhere(h, err) {
		if p, r, err := q.Upstreams.Latest(ctx, name); CodeOf(err) != NotFound {
			return p, r, err
		}
	}
	if err := q.gate(viewer)(ctx, &h.Package, err, noPackage(name)); err != nil {
		return Package{}, Release{}, err
	}
	if h.Latest == nil {
		return Package{}, Release{}, noPackage(name)
	}
	return h.Package, *h.Latest, nil
}

// Tag returns the release that a tag names: a version, latest, dev, or the
// highest one in a range.
func (q *Queries) Tag(ctx context.Context, viewer Viewer, name, text string, f Fields) (Package, Release, error) {
	viewer = viewer.Once()
	p, r, err := q.tag(ctx, q.gate(viewer), name, text, f)
	return p, r, q.explain(ctx, viewer, name, text, err)
}

func (q *Queries) tag(ctx context.Context, pass gate, name, text string, f Fields) (Package, Release, error) {
	missing := noRelease(name, text)
	tag, err := ParseTag(text)
	if err != nil {
		return Package{}, Release{}, err
	}
	h, r, err := q.first(ctx, name, tag, f)
	if q.elsewhere(h, err) {
		if p, r, err := q.Upstreams.Tag(ctx, name, tag); CodeOf(err) != NotFound {
			return p, r, err
		}
	}
	if err := pass(ctx, &h.Package, err, missing); err != nil {
		return Package{}, Release{}, err
	}
	v, exact := tag.Exact()
	switch {
	case tag.IsLatest():
		v = r.Version // none, where every release is deleted
	case !exact:
		if v, err = q.highest(ctx, name, tag); err != nil || v.IsZero() {
			return Package{}, Release{}, cmp.Or(err, missing)
		}
		h, r, err = q.Catalog.Release(ctx, name, v, f)
		if err := pass(ctx, &h.Package, err, missing); err != nil {
			return Package{}, Release{}, err
		}
	}
	if v.IsZero() || r.Deleted || r.Version.String() != v.String() {
		return Package{}, Release{}, missing
	}
	return h.Package, r, nil
}

// first is the first read for a tag: the release, where the tag names one that
// needs no scan, and the package. Who may not see that is told so before a scan, which takes its
// time.
func (q *Queries) first(ctx context.Context, name string, tag Tag, f Fields) (Head, Release, error) {
	if v, exact := tag.Exact(); exact {
		return q.Catalog.Release(ctx, name, v, f)
	}
	if !tag.IsLatest() {
		f = Summary
	}
	h, err := q.Catalog.Head(ctx, name, f)
	if err != nil || !tag.IsLatest() || h.Latest == nil {
		return h, Release{}, err
	}
	return h, *h.Latest, nil
}

// highest scans for the highest version that a tag matches.
func (q *Queries) highest(ctx context.Context, name string, tag Tag) (Version, error) {
	for l, err := range q.Catalog.Versions(ctx, name, tag.IsDev()) {
		if err != nil {
			return Version{}, err
		}
		if !l.Deleted && tag.Matches(l.Version) {
			return l.Version, nil
		}
	}
	return Version{}, nil
}

// Page returns one page of a package's releases, highest version first, and
// whether more follow. Pages count from 1.
func (q *Queries) Page(ctx context.Context, viewer Viewer, name string, page, perPage int) (Package, []Release, bool, error) {
	viewer = viewer.Once()
	p, releases, more, err := q.page(ctx, viewer, name, page, perPage)
	return p, releases, more, q.explain(ctx, viewer, name, "", err)
}

func (q *Queries) page(ctx context.Context, viewer Viewer, name string, page, perPage int) (Package, []Release, bool, error) {
	h, releases, err := q.Catalog.Releases(ctx, name, (page-1)*perPage, perPage+1)
	if q.elsewhere(h, err) {
		if p, releases, more, err := q.Upstreams.Page(ctx, name, page, perPage); CodeOf(err) != NotFound {
			return p, releases, more, err
		}
	}
	if err := q.gate(viewer)(ctx, &h.Package, err, noPackage(name)); err != nil {
		return Package{}, nil, false, err
	}
	if len(releases) == 0 && page == 1 {
		return Package{}, nil, false, noPackage(name)
	}
	more := len(releases) > perPage
	return h.Package, slices.Clip(releases[:min(len(releases), perPage)]), more, nil
}

func noPackage(name string) error {
	return Errorf(NotFound, "Package %q is not in this registry. Check the name.", shorten(name))
}

func noRelease(name, tag string) error {
	return Errorf(NotFound, "Package %q has no release %q in this registry. List its releases with: s registry detail --package-name %s", shorten(name), shorten(tag), shorten(name))
}
