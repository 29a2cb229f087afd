package memory

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Organizations is a registry.Organizations.
type Organizations struct {
	mu     sync.Mutex
	groups map[string]registry.Group
}

var _ registry.Organizations = (*Organizations)(nil)

// NewOrganizations returns a store without organizations.
func NewOrganizations() *Organizations {
	return &Organizations{groups: map[string]registry.Group{}}
}

// Group implements registry.Organizations.
func (o *Organizations) Group(_ context.Context, name string) (registry.Group, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	g, ok := o.groups[registry.Key(name)]
	if !ok {
		return registry.Group{}, registry.Errorf(registry.NotFound, "no organization %q", name)
	}
	return copyGroup(g), nil
}

func copyGroup(g registry.Group) registry.Group {
	g.Members = maps.Clone(g.Members)
	g.Journal = copyJournal(g.Journal)
	return g
}

// Role implements registry.Organizations.
func (o *Organizations) Role(_ context.Context, name, user string) (registry.Role, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.groups[registry.Key(name)].Members[user], nil
}

// Of implements registry.Organizations.
func (o *Organizations) Of(_ context.Context, user string) ([]string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var names []string
	for _, key := range slices.Sorted(maps.Keys(o.groups)) {
		if g := o.groups[key]; g.Members[user] > registry.NoRole {
			names = append(names, g.Name)
		}
	}
	return names, nil
}

// PutGroup implements registry.Organizations.
func (o *Organizations) PutGroup(_ context.Context, g registry.Group) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	revision := g.Revision
	g.Revision++
	return o.write(g, revision)
}

// write stores an organization over the one of a revision.
func (o *Organizations) write(g registry.Group, over int64) error {
	key := registry.Key(g.Name)
	if stored := o.groups[key]; stored.Revision != over {
		return registry.Errorf(registry.Conflict, "organization %q has revision %d, not %d", g.Name, stored.Revision, over)
	}
	o.groups[key] = copyGroup(g)
	return nil
}
