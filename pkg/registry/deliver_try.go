package registry

import (
	"context"
	"errors"
	"slices"
	"time"
)

// deliver settles one event that is owed, and tells whether it is over with it.
func (r *run) deliver(ctx context.Context, o Owed) (over bool, err error) {
	e, err := r.event(ctx, o)
	if CodeOf(err) == NotFound && r.Recorder.Clock().Sub(o.Asked) < undecided {
		return false, nil
	}
	if CodeOf(err) == NotFound { // the change was not made
		return true, r.Outbox.DropOwed(ctx, o)
	}
	if err != nil {
		return false, err
	}
	w, hears, err := r.hears(ctx, o, e)
	if err != nil {
		return false, err
	}
	if !hears {
		return true, r.Outbox.DropOwed(ctx, o)
	}
	m := Message{ID: deliveryID(w.ID, e), Package: o.Package, Event: e}
	return r.try(ctx, o, w, m)
}

// event reads the event that is owed; NotFound while the change that it is of
// has not been made. One that its writer could not copy to the audit any more
// is copied.
func (r *run) event(ctx context.Context, o Owed) (Event, error) {
	e, missing := r.Recorder.Audit.Event(ctx, o.Subject, o.Seq)
	if CodeOf(missing) != NotFound || o.Subject != PackageSubject(o.Package) {
		return e, missing
	}
	h, err := r.Catalog.Head(ctx, o.Package, Full)
	if err != nil {
		return Event{}, err
	}
	if h.Event == nil || h.Event.Seq != o.Seq {
		return Event{}, missing
	}
	return *h.Event, r.Recorder.settle(ctx, &h.Journal)
}

// hears tells whether the webhook is still there, and may hear of the event. An
// organization's may not when the package has been closed to it since. The event
// is another one than was announced when somebody else's change came first.
func (r *run) hears(ctx context.Context, o Owed, e Event) (Webhook, bool, error) {
	lists, err := r.Webhooks.WebhookLists(ctx, o.Of)
	if err != nil || len(lists) == 0 || !told(e.Action) {
		return Webhook{}, false, err
	}
	i := slices.IndexFunc(lists[0].Webhooks, func(w Webhook) bool { return w.ID == o.Webhook })
	if i < 0 {
		return Webhook{}, false, nil
	}
	w := lists[0].Webhooks[i]
	if o.Of == AllPackages || o.Of == PackageSubject(o.Package) {
		return w, true, nil
	}
	h, err := r.Catalog.Head(ctx, o.Package, Summary)
	if CodeOf(err) == NotFound {
		return w, false, nil
	}
	return w, slices.Contains(hearing(h.Package), o.Of), err
}

// try sends a message, unless it was delivered before, and writes down what
// became of it.
func (r *run) try(ctx context.Context, o Owed, w Webhook, m Message) (over bool, err error) {
	before, err := r.Outbox.Delivery(ctx, w.ID, m.ID)
	if err == nil && before.State == DeliveryDone && !o.Resend {
		return true, r.Outbox.DropOwed(ctx, o)
	}
	if err != nil && CodeOf(err) != NotFound {
		return false, err
	}
	now := r.Recorder.Clock()
	if o.First.IsZero() {
		o.First = now
	}
	o.Tries++
	o.Leased = now.Add(lease)
	if o, err = r.Outbox.PutOwed(ctx, o); err != nil {
		return false, err
	}
	sending, cancel := context.WithTimeout(ctx, DeliveryTimeout)
	defer cancel()
	status, problem := r.Send(sending, w, m)
	if err := context.Cause(ctx); err != nil && problem != nil {
		return false, errors.Join(err, problem) // the run was ended, which is not the webhook's fault
	}
	return r.conclude(ctx, o, m, status, problem)
}

// conclude writes down what became of a try.
func (r *run) conclude(ctx context.Context, o Owed, m Message, status int, problem error) (over bool, err error) {
	now := r.Recorder.Clock()
	d := Delivery{
		Webhook: o.Webhook, ID: m.ID, Subject: o.Subject, Seq: o.Seq, Package: o.Package, Action: m.Event.Action, Version: m.Event.Release(),
		State: DeliveryDone, Tries: o.Tries, Status: status, Last: now.UTC().Truncate(time.Second),
	}
	o.Leased = time.Time{}
	if problem != nil {
		r.fail(o.Webhook)
		d.State, d.Problem = DeliveryGivenUp, problem.Error()
		if o.Due = nextTry(o, now); !o.Due.IsZero() {
			d.State, d.Next = DeliveryWaits, o.Due.UTC().Truncate(time.Second)
		}
	}
	if err := r.Outbox.PutDelivery(ctx, d); err != nil {
		return false, err
	}
	if d.State == DeliveryWaits {
		_, err := r.Outbox.PutOwed(ctx, o)
		return false, err
	}
	return true, r.Outbox.DropOwed(ctx, o)
}

// nextTry is when an event is tried again that could not be delivered: after
// pauses that double from a minute to four hours, for the last time a day after
// the first. Zero when that was the last.
func nextTry(o Owed, now time.Time) time.Time {
	end := o.First.Add(retryFor)
	if !now.Before(end) {
		return time.Time{}
	}
	due := now.Add(min(firstPause<<min(o.Tries-1, 10), longestPause))
	if due.After(end) {
		return end
	}
	return due
}
