package memory

import (
	"cmp"
	"context"
	"crypto/rand"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Outbox is a registry.Outbox.
type Outbox struct {
	mu         sync.Mutex
	owed       []registry.Owed // by webhook, subject and Seq
	deliveries map[[2]string]registry.Delivery
}

var _ registry.Outbox = (*Outbox)(nil)

// NewOutbox returns an outbox in which nothing is owed.
func NewOutbox() *Outbox { return &Outbox{deliveries: map[[2]string]registry.Delivery{}} }

func (b *Outbox) find(o registry.Owed) (int, bool) {
	return slices.BinarySearchFunc(b.owed, o, func(a, b registry.Owed) int {
		return cmp.Or(cmp.Compare(a.Webhook, b.Webhook), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Seq, b.Seq))
	})
}

// Owe implements registry.Outbox.
func (b *Outbox) Owe(_ context.Context, o registry.Owed) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	o.Tries, o.First, o.Due, o.Leased, o.Stamp = 0, time.Time{}, time.Time{}, time.Time{}, rand.Text()
	i, found := b.find(o)
	if !found {
		b.owed = slices.Insert(b.owed, i, o)
		return nil
	}
	old := b.owed[i]
	o.Leased = old.Leased
	if !o.Resend {
		o.Tries, o.First, o.Due, o.Resend = old.Tries, old.First, old.Due, old.Resend
	}
	b.owed[i] = o
	return nil
}

// AllOwed implements registry.Outbox.
func (b *Outbox) AllOwed(context.Context) iter.Seq2[registry.Owed, error] {
	return func(yield func(registry.Owed, error) bool) {
		b.mu.Lock()
		owed := slices.Clone(b.owed)
		b.mu.Unlock()
		for _, o := range owed {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// PutOwed implements registry.Outbox.
func (b *Outbox) PutOwed(_ context.Context, o registry.Owed) (registry.Owed, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i, err := b.stamped(o)
	if err != nil {
		return o, err
	}
	o.Stamp = rand.Text()
	b.owed[i] = o
	return o, nil
}

// stamped finds what is owed, by the stamp too.
func (b *Outbox) stamped(o registry.Owed) (int, error) {
	i, found := b.find(o)
	if !found || b.owed[i].Stamp != o.Stamp {
		return 0, registry.Errorf(registry.Conflict, "event %d of %s was written since", o.Seq, o.Subject)
	}
	return i, nil
}

// DropOwed implements registry.Outbox.
func (b *Outbox) DropOwed(_ context.Context, o registry.Owed) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i, err := b.stamped(o)
	if err != nil {
		return err
	}
	b.owed = slices.Delete(b.owed, i, i+1)
	return nil
}

// PutDelivery implements registry.Outbox.
func (b *Outbox) PutDelivery(_ context.Context, d registry.Delivery) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.deliveries[[2]string{d.Webhook, d.ID}] = d
	return nil
}

// Delivery implements registry.Outbox.
func (b *Outbox) Delivery(_ context.Context, webhook, id string) (registry.Delivery, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d, ok := b.deliveries[[2]string{webhook, id}]
	if !ok {
		return d, registry.Errorf(registry.NotFound, "no delivery %q", id)
	}
	return d, nil
}

// Deliveries implements registry.Outbox.
func (b *Outbox) Deliveries(_ context.Context, webhook string, limit int) ([]registry.Delivery, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []registry.Delivery
	for key, d := range b.deliveries {
		if key[0] == webhook {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b registry.Delivery) int { return strings.Compare(b.ID, a.ID) })
	return all[:min(limit, len(all))], nil
}
