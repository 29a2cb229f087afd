package memory

import (
	"context"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Webhooks is a registry.Webhooks.
type Webhooks struct {
	mu    sync.Mutex
	lists map[string]registry.WebhookList
}

var _ registry.Webhooks = (*Webhooks)(nil)

// NewWebhooks returns a store without webhooks.
func NewWebhooks() *Webhooks { return &Webhooks{lists: map[string]registry.WebhookList{}} }

func copyWebhookList(l registry.WebhookList) registry.WebhookList {
	l.Webhooks = slices.Clone(l.Webhooks)
	l.Journal = copyJournal(l.Journal)
	return l
}

// WebhookLists implements registry.Webhooks.
func (w *Webhooks) WebhookLists(_ context.Context, subjects ...string) ([]registry.WebhookList, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lists []registry.WebhookList
	for _, subject := range subjects {
		if l, ok := w.lists[subject]; ok {
			lists = append(lists, copyWebhookList(l))
		}
	}
	return lists, nil
}

// AllWebhookLists implements registry.Webhooks.
func (w *Webhooks) AllWebhookLists(ctx context.Context) iter.Seq2[registry.WebhookList, error] {
	return func(yield func(registry.WebhookList, error) bool) {
		w.mu.Lock()
		subjects := slices.Sorted(maps.Keys(w.lists))
		w.mu.Unlock()
		lists, err := w.WebhookLists(ctx, subjects...)
		for _, l := range lists {
			if !yield(l, err) {
				return
			}
		}
	}
}

// PutWebhookList implements registry.Webhooks.
func (w *Webhooks) PutWebhookList(_ context.Context, l registry.WebhookList) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if stored := w.lists[l.Subject]; stored.Revision != l.Revision {
		return registry.Errorf(registry.Conflict, "the webhooks of %s have revision %d, not %d", l.Subject, stored.Revision, l.Revision)
	}
	l.Revision++
	w.lists[l.Subject] = copyWebhookList(l)
	return nil
}
