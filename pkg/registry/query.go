package registry

import (
	"context"
	"slices"
)

// Queries answers what people ask about packages.
type Queries struct {
	Catalog Catalog
}

// Latest returns a package's latest release.
func (q *Queries) Latest(ctx context.Context, name string, f Fields) (Package, Release, error) {
	h, err := q.Catalog.Head(ctx, name, f)
	if CodeOf(err) == NotFound || (err == nil && h.Latest == nil) {
		return Package{}, Release{}, noPackage(name)
	}
	if err != nil {
		return Package{}, Release{}, err
	}
	return h.Package, *h.Latest, nil
}

// Tag returns the release that a tag names: a version, dev, or the highest
// one in a range.
func (q *Queries) Tag(ctx context.Context, name, text string, f Fields) (Package, Release, error) {
	tag, err := ParseTag(text)
	if err != nil {
		return Package{}, Release{}, err
	}
	v, exact := tag.Exact()
	if !exact {
		if v, err = q.highest(ctx, name, tag); err != nil {
			return Package{}, Release{}, err
		}
	}
	h, r, err := q.Catalog.Release(ctx, name, v, f)
	missing := err == nil && (r.Deleted || r.Version.String() != v.String())
	if CodeOf(err) == NotFound || missing {
		return Package{}, Release{}, noRelease(name, text)
	}
	return h.Package, r, err
}

func (q *Queries) highest(ctx context.Context, name string, tag Tag) (Version, error) {
	for l, err := range q.Catalog.Versions(ctx, name, tag.IsDev()) {
		if err != nil {
			return Version{}, err
		}
		if !l.Deleted && tag.Matches(l.Version) {
			return l.Version, nil
		}
	}
	return Version{}, noRelease(name, tag.text)
}

// Page returns one page of a package's releases, highest version first, and
// whether more follow. Pages count from 1.
func (q *Queries) Page(ctx context.Context, name string, page, perPage int) (Package, []Release, bool, error) {
	h, releases, err := q.Catalog.Releases(ctx, name, (page-1)*perPage, perPage+1)
	if CodeOf(err) == NotFound || (err == nil && len(releases) == 0 && page == 1) {
		return Package{}, nil, false, noPackage(name)
	}
	if err != nil {
		return Package{}, nil, false, err
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
