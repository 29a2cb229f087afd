package registry

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"time"
)

// Subscribing sets webhooks, and tells what became of deliveries. Nobody's role
// is checked: see MayPackage and MayOrganization.
type Subscribing struct {
	Webhooks Webhooks
	Outbox   Outbox
	Catalog  Catalog
	Access   *Access
	Recorder *Recorder
}

// MayPackage returns a package whose webhooks the caller may set: its owner may.
// To everybody else it answers that there is no such package.
func (s *Subscribing) MayPackage(ctx context.Context, by Caller, name string) (Package, error) {
	h, err := s.Catalog.Head(ctx, name, Summary)
	if CodeOf(err) == NotFound {
		return Package{}, noPackage(name)
	}
	if err != nil {
		return Package{}, err
	}
	role, err := s.Access.role(ctx, by.User, h.Package)
	if err == nil && role < OwnerRole {
		err = noPackage(name)
	}
	if err == nil {
		err = by.Unlimited()
	}
	return h.Package, err
}

// MayOrganization is MayPackage for an organization, whose owners may. It returns
// its name as it is spelled.
func (s *Subscribing) MayOrganization(ctx context.Context, by Caller, name string) (string, error) {
	missing := Errorf(NotFound, "There is no organization %q that you own.", shorten(name))
	g, err := s.Access.Organizations.Group(ctx, name)
	if CodeOf(err) == NotFound {
		return "", missing
	}
	if err != nil {
		return "", err
	}
	if g.Removed || g.Members[by.User] < OwnerRole {
		return "", missing
	}
	return g.Name, by.Unlimited()
}

// Of returns the webhooks of a subject, the oldest first.
func (s *Subscribing) Of(ctx context.Context, subject string) ([]Webhook, error) {
	lists, err := s.Webhooks.WebhookLists(ctx, subject)
	if err != nil || len(lists) == 0 {
		return nil, err
	}
	return lists[0].Webhooks, nil
}

// find returns one webhook of a subject.
func (s *Subscribing) find(ctx context.Context, subject, id string) (Webhook, error) {
	all, err := s.Of(ctx, subject)
	if err != nil {
		return Webhook{}, err
	}
	i := slices.IndexFunc(all, func(w Webhook) bool { return w.ID == id })
	if i < 0 {
		return Webhook{}, noWebhook(id)
	}
	return all[i], nil
}

// Find returns a webhook, wherever it is set, and for which subject.
func (s *Subscribing) Find(ctx context.Context, id string) (subject string, w Webhook, err error) {
	for l, err := range s.Webhooks.AllWebhookLists(ctx) {
		if err != nil {
			return "", Webhook{}, err
		}
		for _, w := range l.Webhooks {
			if w.ID == id {
				return l.Subject, w, nil
			}
		}
	}
	return "", Webhook{}, noWebhook(id)
}

func noWebhook(id string) error { return Errorf(NotFound, "there is no webhook %q here", shorten(id)) }

// Add sets a webhook.
func (s *Subscribing) Add(ctx context.Context, by Caller, subject, address string) (Webhook, error) {
	if err := checkWebhookURL(address); err != nil {
		return Webhook{}, err
	}
	w := Webhook{ID: rand.Text(), URL: address, By: by.User, Set: s.Recorder.Clock().UTC().Truncate(time.Second)}
	err := s.change(ctx, by, subject, func(l *WebhookList) (string, string, error) {
		if len(l.Webhooks) >= MaxWebhooks {
			return "", "", Errorf(Forbidden, "There are %d webhooks already, and can't be more: remove one first.", MaxWebhooks)
		}
		l.Webhooks = append(l.Webhooks, w)
		return "webhook add", w.ID + " " + w.Host(), nil
	})
	return w, err
}

// Remove takes a webhook away, with what it has not heard of yet.
func (s *Subscribing) Remove(ctx context.Context, by Caller, subject, id string) error {
	return s.change(ctx, by, subject, func(l *WebhookList) (string, string, error) {
		i := slices.IndexFunc(l.Webhooks, func(w Webhook) bool { return w.ID == id })
		if i < 0 {
			return "", "", noWebhook(id)
		}
		detail := id + " " + l.Webhooks[i].Host()
		l.Webhooks = slices.Delete(l.Webhooks, i, i+1)
		return "webhook remove", detail, nil
	})
}

// change writes a subject's list. The audit has no addresses of webhooks, only
// their hosts: what follows may be secret.
func (s *Subscribing) change(ctx context.Context, by Caller, subject string, alter func(*WebhookList) (string, string, error)) error {
	return Apply(ctx, s.Recorder, Change[*WebhookList]{
		Subject: "webhooks/" + subject,
		By:      by,
		Read: func(ctx context.Context) (*WebhookList, error) {
			lists, err := s.Webhooks.WebhookLists(ctx, subject)
			if err != nil || len(lists) == 0 {
				return &WebhookList{Subject: subject}, err
			}
			return &lists[0], nil
		},
		Alter: alter,
		Write: func(ctx context.Context, l *WebhookList) error { return s.Webhooks.PutWebhookList(ctx, *l) },
	})
}

// Deliveries returns the latest of a webhook's deliveries, newest event first.
func (s *Subscribing) Deliveries(ctx context.Context, subject, id string, limit int) ([]Delivery, error) {
	if _, err := s.find(ctx, subject, id); err != nil {
		return nil, err
	}
	return s.Outbox.Deliveries(ctx, id, limit)
}

// Overdue counts the webhooks that were to be told something so long ago, and
// for which nothing was tried since.
func (s *Subscribing) Overdue(ctx context.Context, since time.Duration) (int, error) {
	limit := s.Recorder.Clock().Add(-since)
	overdue := make(map[string]bool)
	var last Owed
	for o, err := range s.Outbox.AllOwed(ctx) {
		if err != nil {
			return 0, err
		}
		first := o.Webhook != last.Webhook || o.Subject != last.Subject // of its queue
		before, known := overdue[o.Webhook]
		if first {
			overdue[o.Webhook] = (before || !known) && o.due().Before(limit)
		}
		last = o
	}
	maps.DeleteFunc(overdue, func(_ string, is bool) bool { return !is })
	return len(overdue), nil
}

// Resend has a delivery made again, with the id that it had: next in its queue,
// and again tried for a day.
func (s *Subscribing) Resend(ctx context.Context, subject, webhook, delivery string) error {
	if _, err := s.find(ctx, subject, webhook); err != nil {
		return err
	}
	d, err := s.Outbox.Delivery(ctx, webhook, delivery)
	if CodeOf(err) == NotFound {
		return Errorf(NotFound, "webhook %q has no delivery %q; it may be older than 30 days", shorten(webhook), shorten(delivery))
	}
	if err != nil {
		return err
	}
	return s.Outbox.Owe(ctx, Owed{
		Webhook: webhook, Subject: d.Subject, Seq: d.Seq, Of: subject, Package: d.Package, Asked: s.Recorder.Clock(), Resend: true,
	})
}
