package memory

import (
	"context"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Contents is a registry.Contents and registry.Restore of what the stores hold.
// What it yields was there when it was called upon first.
type Contents struct {
	Catalog       *Catalog
	Organizations *Organizations
	Tally         *Tally
}

var (
	_ registry.Contents = Contents{}
	_ registry.Restore  = Contents{}
	_ registry.ZIPs     = (*Blobs)(nil)
)

// Packages implements registry.Contents.
func (c Contents) Packages(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, name := range c.names() {
			if !yield(name, nil) {
				return
			}
		}
	}
}

func (c Contents) names() []string {
	c.Catalog.mu.Lock()
	defer c.Catalog.mu.Unlock()
	var names []string
	for _, key := range slices.Sorted(maps.Keys(c.Catalog.heads)) {
		names = append(names, c.Catalog.heads[key].Name)
	}
	return names
}

// History implements registry.Contents.
func (c Contents) History(_ context.Context, name string, f registry.Fields) iter.Seq2[registry.Release, error] {
	return func(yield func(registry.Release, error) bool) {
		c.Catalog.mu.Lock()
		releases := slices.Clone(c.Catalog.releases[registry.Key(name)])
		c.Catalog.mu.Unlock()
		for _, r := range releases {
			if !yield(pick(r, f), nil) {
				return
			}
		}
	}
}

// Stored implements registry.Contents.
func (c Contents) Stored(_ context.Context, name string, v registry.Version, f registry.Fields) (registry.Release, error) {
	c.Catalog.mu.Lock()
	defer c.Catalog.mu.Unlock()
	i, found := c.Catalog.search(name, v)
	if !found {
		return registry.Release{}, registry.Errorf(registry.NotFound, "no release %s of %q", v, name)
	}
	return pick(c.Catalog.releases[registry.Key(name)][i], f), nil
}

// Groups implements registry.Contents.
func (c Contents) Groups(context.Context) iter.Seq2[registry.Group, error] {
	return func(yield func(registry.Group, error) bool) {
		for _, g := range c.groups() {
			if !yield(g, nil) {
				return
			}
		}
	}
}

func (c Contents) groups() []registry.Group {
	c.Organizations.mu.Lock()
	defer c.Organizations.mu.Unlock()
	var groups []registry.Group
	for _, key := range slices.Sorted(maps.Keys(c.Organizations.groups)) {
		groups = append(groups, copyGroup(c.Organizations.groups[key]))
	}
	return groups
}

// RestoreHead implements registry.Restore.
func (c Contents) RestoreHead(_ context.Context, h registry.Head, over int64) error {
	c.Catalog.mu.Lock()
	defer c.Catalog.mu.Unlock()
	return c.Catalog.write(h, over)
}

// RestoreGroup implements registry.Restore.
func (c Contents) RestoreGroup(_ context.Context, g registry.Group, over int64) error {
	c.Organizations.mu.Lock()
	defer c.Organizations.mu.Unlock()
	return c.Organizations.write(g, over)
}

// RestoreDeleted implements registry.Restore.
func (c Contents) RestoreDeleted(ctx context.Context, r registry.Release) error {
	_, err := c.Catalog.PutRelease(ctx, registry.Release{
		Name: r.Name, Version: r.Version, Deleted: true, Upload: r.Upload, ZIP: registry.ZIP{Key: r.ZIP.Key},
	})
	return err
}

// RestoreDownloads implements registry.Restore.
func (c Contents) RestoreDownloads(_ context.Context, name string, d registry.Downloaded) error {
	c.Tally.mu.Lock()
	defer c.Tally.mu.Unlock()
	stored := c.Tally.counts[registry.Key(name)]
	if stored.Days == nil {
		stored.Days = make(map[registry.Day]int64)
	}
	stored.Total = max(stored.Total, d.Total)
	for day, n := range d.Days {
		stored.Days[day] = max(stored.Days[day], n)
	}
	c.Tally.counts[registry.Key(name)] = stored
	return nil
}

// PutZIP implements registry.ZIPs.
func (b *Blobs) PutZIP(_ context.Context, key string, body io.Reader) error {
	object, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, there := b.objects[key]; !there {
		b.objects[key] = object
	}
	return nil
}
