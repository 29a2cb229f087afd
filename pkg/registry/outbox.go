package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
)

// Owed is an event that a webhook has still to hear of. It is written before the
// change that the event is of, so it may come to nothing: what has happened, the
// audit knows, and until then the record that was changed.
type Owed struct {
	Webhook string // its ID
	Subject string // the event's
	Seq     int64  // the event's
	Of      string // for which subject the webhook is set
	Package string // as it is spelled

	Asked  time.Time // when it was owed last
	Resend bool      // even if it was delivered before
	Tries  int
	First  time.Time // the first try
	Due    time.Time // the next try; at once, when zero
	Leased time.Time // until when an instance has it alone
	Stamp  string    // another one after each write
}

// due is when it was, or is, to be tried.
func (o Owed) due() time.Time {
	if o.Due.IsZero() {
		return o.Asked
	}
	return o.Due
}

// Delivery is what became of an event for a webhook: kept for 30 days after the
// last try.
type Delivery struct {
	Webhook string `json:"webhook"`
	ID      string `json:"id"` // the same at each try; later events have higher ones
	Subject string `json:"subject"`
	Seq     int64  `json:"seq"`
	Package string `json:"package"`
	Action  string `json:"action"`
	Version string `json:"version,omitempty"`

	State   DeliveryState `json:"state"`
	Tries   int           `json:"tries"`
	Status  int           `json:"status,omitempty"`  // the last answer's; 0 for none
	Problem string        `json:"problem,omitempty"` // of the last try
	Last    time.Time     `json:"last"`              // try
	Next    time.Time     `json:"next,omitzero"`     // try, while it waits
}

// DeliveryState is what became of a delivery.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaits   DeliveryState = "waits" // for its next try
	DeliveryDone    DeliveryState = "delivered"
	DeliveryGivenUp DeliveryState = "given up"
)

// Outbox keeps what webhooks have still to hear, and what they have heard.
type Outbox interface {
	// Owe puts an event into the queue of its webhook and subject. One that is
	// there keeps its tries and lease, but with o.Resend it begins anew.
	Owe(ctx context.Context, o Owed) error
	// AllOwed yields everything that is owed, one queue (webhook and subject)
	// after the other, each in the order of its events.
	AllOwed(ctx context.Context) iter.Seq2[Owed, error]
	// PutOwed writes o when the stored stamp is still o.Stamp, and returns it
	// with the next one. Conflict otherwise.
	PutOwed(ctx context.Context, o Owed) (Owed, error)
	// DropOwed removes o when the stored stamp is still o.Stamp. Conflict
	// otherwise.
	DropOwed(ctx context.Context, o Owed) error

	// PutDelivery writes what became of a delivery.
	PutDelivery(ctx context.Context, d Delivery) error
	// Delivery returns one of a webhook's. NotFound when there is none.
	Delivery(ctx context.Context, webhook, id string) (Delivery, error)
	// Deliveries returns a webhook's latest, newest event first.
	Deliveries(ctx context.Context, webhook string, limit int) ([]Delivery, error)
}

// deliveryID names the delivery of an event to a webhook.
func deliveryID(webhook string, e Event) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{webhook, e.Subject, strconv.FormatInt(e.Seq, 10)}, "\x00")))
	return fmt.Sprintf("%010x%s", e.Time.Unix(), hex.EncodeToString(sum[:11]))
}

// Notifying puts down which webhooks are to hear of an event.
type Notifying struct {
	Webhooks Webhooks
	Outbox   Outbox
	Clock    Clock
	// Poke asks for a delivery soon, without waiting for it; nil where the next
	// tick is soon enough.
	Poke func(ctx context.Context)
}

// Raise lets webhooks hear of an event of a package that no change of its head
// has caused: one that is in the audit, or will be within minutes. Raised again,
// it is not delivered again.
func (n *Notifying) Raise(ctx context.Context, p Package, e Event) error {
	return n.raise(ctx, hearing(p), p.Name, e)
}

// raise is Raise to the webhooks of some subjects.
func (n *Notifying) raise(ctx context.Context, subjects []string, name string, e Event) error {
	owed, err := n.oweTo(ctx, subjects, name, e)
	if err == nil && owed {
		n.poke(ctx)
	}
	return err
}

// owe tells whether any webhook is to hear of the event.
func (n *Notifying) owe(ctx context.Context, p Package, e Event) (owed bool, err error) {
	return n.oweTo(ctx, hearing(p), p.Name, e)
}

// oweTo is owe to the webhooks of some subjects.
func (n *Notifying) oweTo(ctx context.Context, subjects []string, name string, e Event) (owed bool, err error) {
	if n == nil || !told(e.Action) {
		return false, nil
	}
	lists, err := n.Webhooks.WebhookLists(ctx, subjects...)
	if err != nil {
		return false, err
	}
	for _, l := range lists {
		for _, w := range l.Webhooks {
			owed = true
			err := n.Outbox.Owe(ctx, Owed{Webhook: w.ID, Subject: e.Subject, Seq: e.Seq, Of: l.Subject, Package: name, Asked: n.Clock()})
			if err != nil {
				return owed, err
			}
		}
	}
	return owed, nil
}

func (n *Notifying) poke(ctx context.Context) {
	if n.Poke != nil {
		n.Poke(ctx)
	}
}
