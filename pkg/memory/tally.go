package memory

import (
	"context"
	"maps"
	"sync"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Tally is a registry.Tally that writes totals into a Catalog.
type Tally struct {
	catalog *Catalog

	mu     sync.Mutex
	counts map[string]registry.Downloaded
}

var _ registry.Tally = (*Tally)(nil)

// NewTally returns a tally of no downloads.
func NewTally(c *Catalog) *Tally {
	return &Tally{catalog: c, counts: map[string]registry.Downloaded{}}
}

// Add implements registry.Tally.
func (t *Tally) Add(_ context.Context, name string, day registry.Day, downloads int64, _ int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.counts[registry.Key(name)]
	if d.Days == nil {
		d.Days = make(map[registry.Day]int64)
	}
	d.Total += downloads
	d.Days[day] += downloads
	t.counts[registry.Key(name)] = d
	return nil
}

// Downloads implements registry.Tally.
func (t *Tally) Downloads(_ context.Context, name string) (registry.Downloaded, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.counts[registry.Key(name)]
	days := make(map[registry.Day]int64)
	maps.Copy(days, d.Days)
	return registry.Downloaded{Total: d.Total, Days: days}, nil
}

// PutDownloads implements registry.Tally.
func (t *Tally) PutDownloads(_ context.Context, name string, total int64) error {
	c := t.catalog
	c.mu.Lock()
	defer c.mu.Unlock()
	if h, ok := c.heads[registry.Key(name)]; ok {
		h.Downloads = max(h.Downloads, total)
		c.heads[registry.Key(name)] = h
	}
	return nil
}

// Forget implements registry.Tally.
func (t *Tally) Forget(_ context.Context, name string, before registry.Day) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.counts[registry.Key(name)].Days, func(day registry.Day, _ int64) bool { return day < before })
	return nil
}
