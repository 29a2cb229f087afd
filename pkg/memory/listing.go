package memory

import (
	"context"
	"iter"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Listing = (*Catalog)(nil)

// All implements registry.Listing. It yields what was there when it was called
// upon first.
func (c *Catalog) All(context.Context) iter.Seq2[registry.Release, error] {
	return func(yield func(registry.Release, error) bool) {
		for _, r := range c.all() {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (c *Catalog) all() []registry.Release {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []registry.Release
	for _, releases := range c.releases {
		for _, r := range releases {
			if !r.Deleted {
				all = append(all, pick(r, registry.Summary))
			}
		}
	}
	return all
}
