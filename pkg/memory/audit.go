package memory

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Audit is a registry.Audit.
type Audit struct {
	mu     sync.Mutex
	events []registry.Event // by subject and Seq
}

var _ registry.Audit = (*Audit)(nil)

// NewAudit returns an audit without events.
func NewAudit() *Audit { return &Audit{} }

// Record implements registry.Audit.
func (a *Audit) Record(_ context.Context, e registry.Event) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	i, found := a.find(e)
	if !found {
		a.events = slices.Insert(a.events, i, e)
	}
	return nil
}

func (a *Audit) find(e registry.Event) (int, bool) {
	return slices.BinarySearchFunc(a.events, e, func(a, b registry.Event) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Seq, b.Seq))
	})
}

// Event implements registry.Audit.
func (a *Audit) Event(_ context.Context, subject string, seq int64) (registry.Event, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i, found := a.find(registry.Event{Subject: subject, Seq: seq})
	if !found {
		return registry.Event{}, registry.Errorf(registry.NotFound, "no event %d of %s", seq, subject)
	}
	return a.events[i], nil
}

// Events implements registry.Audit.
func (a *Audit) Events(_ context.Context, subject string) iter.Seq2[registry.Event, error] {
	return a.where(func(e registry.Event) bool { return subject == "" || e.Subject == subject })
}

// Reported implements registry.Audit.
func (a *Audit) Reported(_ context.Context, name string) iter.Seq2[registry.Event, error] {
	return a.where(func(e registry.Event) bool {
		return strings.HasPrefix(e.Subject, registry.UploadSubjects(name)) || strings.HasPrefix(e.Subject, registry.UpstreamSubjects(name))
	})
}

func (a *Audit) where(holds func(registry.Event) bool) iter.Seq2[registry.Event, error] {
	return func(yield func(registry.Event, error) bool) {
		a.mu.Lock()
		events := slices.Clone(a.events)
		a.mu.Unlock()
		for _, e := range events {
			if holds(e) && !yield(e, nil) {
				return
			}
		}
	}
}
