package registry

import (
	"context"
	"iter"
	"strings"
)

// Wish names releases of one package that are to be mirrored.
type Wish struct {
	Name string
	// Tag selects them: each that it matches, or the newest of development
	// builds; latest and the zero Tag, the latest release.
	Tag Tag
}

// ParseWish reads NAME, or NAME@TAG, where TAG is a version, latest, dev, or a
// range: NAME@* is every numbered release.
func ParseWish(text string) (Wish, error) {
	name, tag, tagged := strings.Cut(text, "@")
	if err := CheckName(name); err != nil {
		return Wish{}, err
	}
	if !tagged {
		return Wish{Name: name}, nil
	}
	t, err := ParseTag(tag)
	if err != nil {
		return Wish{}, err
	}
	return Wish{name, t}, nil
}

// lists is what can be asked for a package's releases, as Upstream says.
type lists interface {
	Latest(ctx context.Context, name string) (Package, Release, error)
	Releases(ctx context.Context, name string) (Package, []Release, error)
}

// of returns the versions that a wish names, highest first.
func (w Wish) of(ctx context.Context, from lists) ([]Version, error) {
	if v, exact := w.Tag.Exact(); exact {
		return []Version{v}, nil
	}
	if w.Tag.text == "" || w.Tag.IsLatest() {
		_, r, err := from.Latest(ctx, w.Name)
		return []Version{r.Version}, err
	}
	_, releases, err := from.Releases(ctx, w.Name)
	if err != nil {
		return nil, err
	}
	var versions []Version
	for _, r := range releases {
		if w.Tag.Matches(r.Version) && (len(versions) == 0 || !w.Tag.IsDev()) {
			versions = append(versions, r.Version)
		}
	}
	if len(versions) == 0 {
		return nil, noRelease(w.Name, w.Tag.text)
	}
	return versions, nil
}

// wished is one release that is to be mirrored.
type wished struct {
	name    string
	version Version
}

// survey lists what wishes name, and counts it.
func survey(ctx context.Context, from lists, wishes []Wish, p *Progress) (iter.Seq2[wished, error], error) {
	var all []wished
	for _, w := range wishes {
		versions, err := w.of(ctx, from)
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			all = append(all, wished{w.Name, v})
		}
	}
	p.ToDo.Add(int64(len(all)))
	return func(yield func(wished, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}, nil
}

// done notes a release that was fetched, or was there.
func (p *Progress) done(size int64, fetched bool) {
	p.ToDoBytes.Add(size)
	if !fetched {
		p.Skipped.Add(1)
		return
	}
	p.Done.Add(1)
	p.Bytes.Add(size)
}

// refused notes a release whose ZIP may not be here, and returns every other
// error.
func (p *Progress) refused(one wished, err error) error {
	if CodeOf(err) != Forbidden {
		return err
	}
	p.report(Problem{one.name, one.version, err.Error()})
	return nil
}

// anonymous is a registry as everybody sees it.
type anonymous struct{ *Queries }

// Latest implements lists.
func (a anonymous) Latest(ctx context.Context, name string) (Package, Release, error) {
	return a.Queries.Latest(ctx, Anonymous, name, Summary)
}

// Releases implements lists.
func (a anonymous) Releases(ctx context.Context, name string) (p Package, all []Release, err error) {
	const perPage = 100
	for page, more := 1, true; more; page++ {
		var some []Release
		if p, some, more, err = a.Page(ctx, Anonymous, name, page, perPage); err != nil {
			return p, nil, err
		}
		all = append(all, some...)
	}
	return p, all, nil
}

// Ahead mirrors all that wishes name, several at once. Refused ZIPs are left out
// and stand among the progress's Problems; what is here already stays. Begun
// again, it goes on where it was.
func (m *Mirroring) Ahead(ctx context.Context, wishes []Wish, p *Progress) error {
	all, err := survey(ctx, anonymous{m.Queries}, wishes, p)
	if err != nil {
		return err
	}
	return inParallel(ctx, zipsAtOnce, all, func(ctx context.Context, one wished) error {
		return patiently(ctx, func(ctx context.Context) error {
			pin, fetched, err := m.Ensure(ctx, one.name, one.version.String())
			if err == nil {
				p.done(pin.ZIP.Size, fetched)
			}
			return p.refused(one, err)
		})
	})
}
