package registry

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"
)

// How long things last on the way to a webhook.
const (
	// DeliveryTimeout is how long a webhook may take to answer.
	DeliveryTimeout = 10 * time.Second
	// deliveryRoom is what an instance needs for one try: the time-out, and some
	// calls to the storage.
	deliveryRoom = DeliveryTimeout + 5*time.Second
	// lease is longer than an instance can take for a try.
	lease = time.Minute
	// undecided is how long a change may take between being announced and being
	// written, by far.
	undecided = 5 * time.Minute

	firstPause   = time.Minute
	longestPause = 4 * time.Hour
	retryFor     = 24 * time.Hour
)

// Message is what a webhook is told.
type Message struct {
	ID      string // the same at each try
	Package string
	Event   Event
}

// Send posts a message to a webhook once and returns the answer's status, 0 when
// there was none. Every status but 2xx is an error; its text is shown to whoever
// set the webhook.
type Send func(ctx context.Context, w Webhook, m Message) (status int, err error)

// Delivering tells webhooks what they are owed: of a package, one event after
// the other.
type Delivering struct {
	Webhooks Webhooks
	Outbox   Outbox
	Catalog  Catalog
	Recorder *Recorder
	Send     Send
}

// queuesAtOnce is how many queues one run works at, and maxQueue how many events
// of one it takes.
const (
	queuesAtOnce = 16
	maxQueue     = 100
)

// Run delivers what is due, as far as ctx's deadline allows. Runs may overlap.
func (d *Delivering) Run(ctx context.Context) error {
	r := &run{Delivering: d, failing: make(map[string]bool)}
	err := inParallel(ctx, queuesAtOnce, r.queues(ctx), func(ctx context.Context, queue []Owed) error {
		r.report(r.work(ctx, queue))
		return nil // the other queues go on
	})
	return errors.Join(append(r.errs, err)...)
}

// run is one run.
type run struct {
	*Delivering
	mu sync.Mutex
	// failing are webhooks of which a try failed: their other queues wait for the
	// next run, so that no webhook holds up the others.
	failing map[string]bool
	errs    []error
}

// queues yields the queues whose first event is due.
func (r *run) queues(ctx context.Context) iter.Seq2[[]Owed, error] {
	return func(yield func([]Owed, error) bool) {
		var queue []Owed
		for o, err := range r.Outbox.AllOwed(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(queue) > 0 && (queue[0].Webhook != o.Webhook || queue[0].Subject != o.Subject) {
				if r.due(queue[0]) && !yield(queue, nil) {
					return
				}
				queue = nil
			}
			if len(queue) < maxQueue {
				queue = append(queue, o)
			}
		}
		if len(queue) > 0 && r.due(queue[0]) {
			yield(queue, nil)
		}
	}
}

// due tells whether an event may be tried now, and nobody else has it.
func (r *run) due(o Owed) bool {
	now := r.Recorder.Clock()
	return !o.Due.After(now) && !o.Leased.After(now)
}

// work delivers the events of a queue, up to one that has to wait.
func (r *run) work(ctx context.Context, queue []Owed) error {
	for _, o := range queue {
		deadline, ok := ctx.Deadline()
		if r.fails(o.Webhook) || !r.due(o) || (ok && time.Until(deadline) < deliveryRoom) {
			return nil
		}
		over, err := r.deliver(ctx, o)
		if CodeOf(err) == Conflict { // another instance has it
			return nil
		}
		if err != nil || !over {
			return err
		}
	}
	return nil
}

func (r *run) report(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

func (r *run) fails(webhook string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failing[webhook]
}

func (r *run) fail(webhook string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failing[webhook] = true
}
