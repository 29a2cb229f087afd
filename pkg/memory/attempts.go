package memory

import (
	"cmp"
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"sync"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Attempts is a registry.Attempts.
type Attempts struct {
	mu       sync.Mutex
	attempts map[[3]string]registry.Attempt // by user, name and version
}

var _ registry.Attempts = (*Attempts)(nil)

// NewAttempts returns Attempts that hold none.
func NewAttempts() *Attempts { return &Attempts{attempts: map[[3]string]registry.Attempt{}} }

// Attempt implements registry.Attempts.
func (a *Attempts) Attempt(_ context.Context, user, name, version string) (registry.Attempt, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found, ok := a.attempts[[3]string{user, registry.Key(name), version}]
	if !ok {
		return registry.Attempt{}, registry.Errorf(registry.NotFound, "no attempt of %q at %s of %q", user, version, name)
	}
	return found, nil
}

// AttemptsOf implements registry.Attempts.
func (a *Attempts) AttemptsOf(_ context.Context, user, name string) ([]registry.Attempt, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := slices.SortedFunc(maps.Values(a.attempts), func(a, b registry.Attempt) int {
		return cmp.Or(cmp.Compare(registry.Key(a.Name), registry.Key(b.Name)), cmp.Compare(a.Version, b.Version))
	})
	all = slices.DeleteFunc(all, func(one registry.Attempt) bool {
		return one.User != user || name != "" && !registry.SameName(one.Name, name)
	})
	return all[:min(len(all), registry.MaxAttempts)], nil
}

// PutAttempt implements registry.Attempts.
func (a *Attempts) PutAttempt(_ context.Context, attempt registry.Attempt) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := [3]string{attempt.User, registry.Key(attempt.Name), attempt.Version}
	if a.attempts[key].Stamp != attempt.Stamp {
		return registry.Errorf(registry.Conflict, "the attempt at %s of %q was written since", attempt.Version, attempt.Name)
	}
	attempt.Stamp = rand.Text()
	a.attempts[key] = attempt
	return nil
}
