package registry_test

import (
	"context"
	"iter"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

type failingWebhooks struct {
	registry.Webhooks
	f *failure
}

func (w failingWebhooks) WebhookLists(ctx context.Context, subjects ...string) (lists []registry.WebhookList, err error) {
	err = w.f.do("Webhooks.WebhookLists", func() error { lists, err = w.Webhooks.WebhookLists(ctx, subjects...); return err })
	return lists, err
}

func (w failingWebhooks) PutWebhookList(ctx context.Context, l registry.WebhookList) error {
	return w.f.do("Webhooks.PutWebhookList", func() error { return w.Webhooks.PutWebhookList(ctx, l) })
}

type failingOutbox struct {
	registry.Outbox
	f *failure
}

func (b failingOutbox) Owe(ctx context.Context, o registry.Owed) error {
	return b.f.do("Outbox.Owe", func() error { return b.Outbox.Owe(ctx, o) })
}

func (b failingOutbox) AllOwed(ctx context.Context) iter.Seq2[registry.Owed, error] {
	return func(yield func(registry.Owed, error) bool) {
		if err := b.f.do("Outbox.AllOwed", func() error { return nil }); err != nil {
			yield(registry.Owed{}, err)
			return
		}
		b.Outbox.AllOwed(ctx)(yield)
	}
}

func (b failingOutbox) PutOwed(ctx context.Context, o registry.Owed) (written registry.Owed, err error) {
	err = b.f.do("Outbox.PutOwed", func() error { written, err = b.Outbox.PutOwed(ctx, o); return err })
	return written, err
}

func (b failingOutbox) DropOwed(ctx context.Context, o registry.Owed) error {
	return b.f.do("Outbox.DropOwed", func() error { return b.Outbox.DropOwed(ctx, o) })
}

func (b failingOutbox) PutDelivery(ctx context.Context, d registry.Delivery) error {
	return b.f.do("Outbox.PutDelivery", func() error { return b.Outbox.PutDelivery(ctx, d) })
}

func (b failingOutbox) Delivery(ctx context.Context, webhook, id string) (d registry.Delivery, err error) {
	err = b.f.do("Outbox.Delivery", func() error { d, err = b.Outbox.Delivery(ctx, webhook, id); return err })
	return d, err
}
