package memory

import (
	"context"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Pins is a registry.Pins and a registry.Fetches.
type Pins struct {
	mu      sync.Mutex
	pins    map[numbered]registry.Pin
	fetches map[numbered]registry.Fetch
}

// numbered is a version of a package, as it is looked up.
type numbered struct{ name, version string }

func numberOf(name string, v registry.Version) numbered {
	return numbered{name, v.SortKey()}
}

var (
	_ registry.Pins    = (*Pins)(nil)
	_ registry.Fetches = (*Pins)(nil)
)

// NewPins returns a store without pins.
func NewPins() *Pins {
	return &Pins{pins: map[numbered]registry.Pin{}, fetches: map[numbered]registry.Fetch{}}
}

// Pin implements registry.Pins.
func (p *Pins) Pin(_ context.Context, name string, v registry.Version) (registry.Pin, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pin, ok := p.pins[numberOf(name, v)]
	if !ok {
		return registry.Pin{}, registry.Errorf(registry.NotFound, "no pin of %s %s", name, v)
	}
	pin.Release = nil
	return pin, nil
}

// Taken implements registry.Pins.
func (p *Pins) Taken(_ context.Context, name string, v registry.Version) (registry.Release, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pin, ok := p.pins[numberOf(name, v)]
	if !ok {
		return registry.Release{}, registry.Errorf(registry.NotFound, "no pin of %s %s", name, v)
	}
	return copyRelease(*pin.Release), nil
}

// PinsOf implements registry.Pins.
func (p *Pins) PinsOf(_ context.Context, name string) iter.Seq2[registry.Pin, error] {
	return func(yield func(registry.Pin, error) bool) {
		p.mu.Lock()
		pins := maps.Clone(p.pins)
		p.mu.Unlock()
		keys := slices.Collect(maps.Keys(pins))
		slices.SortFunc(keys, func(a, b numbered) int { return pins[b].Version.Compare(pins[a].Version) })
		for _, key := range keys {
			pin := pins[key]
			pin.Release = nil
			if key.name == name && !yield(pin, nil) {
				return
			}
		}
	}
}

// PutPin implements registry.Pins.
func (p *Pins) PutPin(_ context.Context, pin registry.Pin) (registry.Pin, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := numberOf(pin.Name, pin.Version)
	if _, taken := p.pins[key]; !taken {
		r := registry.Release{}
		if pin.Release != nil {
			r = copyRelease(*pin.Release)
		}
		r.Name, r.Version, r.ZIP = pin.Name, pin.Version, pin.ZIP
		pin.Release = &r
		p.pins[key] = pin
	}
	pin = p.pins[key]
	pin.Release = nil
	return pin, nil
}

// Fetch implements registry.Fetches.
func (p *Pins) Fetch(_ context.Context, name string, v registry.Version) (registry.Fetch, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fetches[numberOf(name, v)], nil
}

// PutFetch implements registry.Fetches.
func (p *Pins) PutFetch(_ context.Context, name string, v registry.Version, f registry.Fetch, over string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := numberOf(name, v)
	if is := p.fetches[key].ID; is != over && is != f.ID {
		return registry.Errorf(registry.Conflict, "%s %s is fetched by %s, not %s", name, v, is, over)
	}
	p.fetches[key] = f
	return nil
}
