package upstream

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Limits of lists: pages that are asked for, releases of a package, packages
// that a search finds.
const (
	maxPages    = 20
	maxReleases = 1000
	maxFound    = 1000
)

// Releases implements registry.Upstream: page after page, until one has nothing
// new. Upstreams order them, and make pages, as they like.
func (c *Client) Releases(ctx context.Context, name string) (registry.Package, []registry.Release, error) {
	found := make(map[string]registry.Release) // by SortKey
	for page := 1; page <= maxPages && len(found) < maxReleases; page++ {
		before := len(found)
		if err := c.page(ctx, name, page, found); err != nil {
			return registry.Package{}, nil, err
		}
		if len(found) == before {
			break
		}
	}
	if len(found) == 0 {
		return registry.Package{}, nil, registry.Errorf(registry.NotFound, "%s has no releases of %q.", c.Base, name)
	}
	all := make([]registry.Release, 0, len(found))
	for _, r := range found {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b registry.Release) int { return b.Version.Compare(a.Version) })
	return c.pkg(name, 0), all[:min(len(all), maxReleases)], nil
}

// page adds the releases of a page to those that were found. The first of a
// number counts; what is no release is left out.
func (c *Client) page(ctx context.Context, name string, page int, found map[string]registry.Release) error {
	body, err := c.get(ctx, fmt.Sprintf("%s?page=%d", releasesPath(name), page))
	if page > 1 && registry.CodeOf(err) == registry.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	list, err := objects(body)
	if err != nil {
		return c.wrong("page %d of the releases of %q: %w", page, name, err)
	}
	var why error
	for _, f := range list {
		if has := f.text("name", registry.MaxName); has != "" && has != name {
			return c.wrong("the releases of %q name another package", name)
		}
		r, err := c.release(f, name)
		if err != nil {
			why = cmp.Or(why, err)
			continue
		}
		r.Texts.VersionBody = cut(r.Texts.VersionBody, maxListed)
		if key := r.Version.SortKey(); found[key].Version.IsZero() {
			found[key] = r
		}
	}
	if len(list) > 0 && len(found) == 0 {
		return c.wrong("page %d of the releases of %q has no release: %w", page, name, why)
	}
	return nil
}

// Find implements registry.Upstream. Releases found are without Version and ZIP,
// which lists do not tell.
func (c *Client) Find(ctx context.Context, s registry.Search) ([]registry.Head, error) {
	body, err := c.get(ctx, "/packages/releases?"+searchQuery(s))
	if err != nil {
		return nil, err
	}
	list, err := objects(body)
	if err != nil {
		return nil, c.wrong("its list of packages: %w", err)
	}
	var heads []registry.Head
	for _, f := range list[:min(len(list), maxFound)] {
		name := f.text("name", registry.MaxName)
		if registry.CheckName(name) != nil {
			continue
		}
		r := registry.Release{Name: name, Type: f.typ(), PublishTime: f.time("latest_create")}
		f.describe(&r)
		r.Texts = registry.Texts{}
		heads = append(heads, registry.Head{Package: c.pkg(name, f.number("download")), Latest: &r})
	}
	return heads, nil
}
