package memory

import (
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Catalog is a registry.Catalog.
type Catalog struct {
	mu       sync.Mutex
	heads    map[string]registry.Head
	releases map[string][]registry.Release // highest version first
}

var _ registry.Catalog = (*Catalog)(nil)

// NewCatalog returns an empty catalog.
func NewCatalog() *Catalog {
	return &Catalog{heads: map[string]registry.Head{}, releases: map[string][]registry.Release{}}
}

// Head implements registry.Catalog.
func (c *Catalog) Head(_ context.Context, name string, f registry.Fields) (registry.Head, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, err := c.head(name)
	if err != nil {
		return registry.Head{}, err
	}
	h = copyHead(h)
	if f != registry.Full {
		h.Journal = registry.Journal{Revision: h.Revision}
	}
	if h.Latest != nil {
		latest := pick(*h.Latest, f)
		h.Latest = &latest
	}
	return h, nil
}

// Heads implements registry.Catalog.
func (c *Catalog) Heads(ctx context.Context, names []string) ([]registry.Head, error) {
	var heads []registry.Head
	for _, name := range names {
		h, err := c.Head(ctx, name, registry.Described)
		if registry.CodeOf(err) == registry.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		heads = append(heads, h)
	}
	return heads, nil
}

// Release implements registry.Catalog.
func (c *Catalog) Release(_ context.Context, name string, v registry.Version, f registry.Fields) (registry.Head, registry.Release, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, err := c.head(name)
	if err != nil {
		return registry.Head{}, registry.Release{}, err
	}
	i, found := c.search(name, v)
	if !found {
		return plain(h), registry.Release{}, registry.Errorf(registry.NotFound, "no release %s of %q", v, name)
	}
	return plain(h), pick(c.releases[registry.Key(name)][i], f), nil
}

// Releases implements registry.Catalog.
func (c *Catalog) Releases(_ context.Context, name string, skip, limit int) (registry.Head, []registry.Release, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, err := c.head(name)
	if err != nil {
		return registry.Head{}, nil, err
	}
	h = plain(h)
	var page []registry.Release
	for _, r := range c.releases[registry.Key(name)] {
		switch {
		case r.Deleted:
		case skip > 0:
			skip--
		case len(page) < limit:
			page = append(page, listed(r))
		}
	}
	return h, page, nil
}

// plain is a head without its latest release.
func plain(h registry.Head) registry.Head {
	return registry.Head{Package: copyHead(h).Package, Journal: registry.Journal{Revision: h.Revision}}
}

// listed is a release as Releases returns it.
func listed(r registry.Release) registry.Release {
	r = pick(r, registry.Summary)
	r.Type, r.Publisher, r.Upload, r.ZIP.Key, r.ZIP.License = "", "", "", "", ""
	return r
}

// Versions implements registry.Catalog. It yields what was there when it was
// called upon first.
func (c *Catalog) Versions(_ context.Context, name string, dev bool) iter.Seq2[registry.Listed, error] {
	return func(yield func(registry.Listed, error) bool) {
		for _, l := range c.versions(name, dev) {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func (c *Catalog) versions(name string, dev bool) []registry.Listed {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []registry.Listed
	for _, r := range c.releases[registry.Key(name)] {
		if r.Version.IsDev() == dev {
			all = append(all, registry.Listed{Version: r.Version, Deleted: r.Deleted})
		}
	}
	return all
}

// PutHead implements registry.Catalog.
func (c *Catalog) PutHead(_ context.Context, h registry.Head) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	revision := h.Revision
	h.Revision++
	return c.write(h, revision)
}

// write stores a head over the one of a revision.
func (c *Catalog) write(h registry.Head, over int64) error {
	key := registry.Key(h.Name)
	if stored := c.heads[key]; stored.Revision != over {
		return registry.Errorf(registry.Conflict, "head of %q has revision %d, not %d", h.Name, stored.Revision, over)
	}
	h.Downloads = c.heads[key].Downloads
	c.heads[key] = copyHead(h)
	return nil
}

// PutRelease implements registry.Catalog.
func (c *Catalog) PutRelease(_ context.Context, r registry.Release) (registry.Release, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := registry.Key(r.Name)
	i, taken := c.search(r.Name, r.Version)
	if !taken {
		c.releases[key] = slices.Insert(c.releases[key], i, copyRelease(r))
		return r, nil
	}
	stored := copyRelease(c.releases[key][i])
	if stored.Upload != r.Upload {
		return stored, registry.Errorf(registry.Conflict, "release %s of %q is taken", r.Version, r.Name)
	}
	return stored, nil
}

// MarkDeleted implements registry.Catalog.
func (c *Catalog) MarkDeleted(_ context.Context, name string, v registry.Version) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, found := c.search(name, v)
	if !found {
		return registry.Errorf(registry.NotFound, "no release %s of %q", v, name)
	}
	r := &c.releases[registry.Key(name)][i]
	*r = registry.Release{Name: r.Name, Version: r.Version, Deleted: true, Upload: r.Upload, ZIP: registry.ZIP{Key: r.ZIP.Key}}
	return nil
}

func (c *Catalog) head(name string) (registry.Head, error) {
	h, ok := c.heads[registry.Key(name)]
	if !ok {
		return registry.Head{}, registry.Errorf(registry.NotFound, "no package %q", name)
	}
	return h, nil
}

// search returns where a version is, or belongs.
func (c *Catalog) search(name string, v registry.Version) (int, bool) {
	return slices.BinarySearchFunc(c.releases[registry.Key(name)], v, func(r registry.Release, v registry.Version) int {
		return v.Compare(r.Version)
	})
}
