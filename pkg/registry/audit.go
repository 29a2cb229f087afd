package registry

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"slices"
	"time"
)

// Event is one change, as the audit keeps it for ever.
type Event struct {
	// Subject is what was changed: package/NAME, organization/NAME, user/NAME.
	Subject string `json:"subject"`
	// Seq counts a subject's changes in the order in which they took effect.
	Seq       int64     `json:"seq"`
	Time      time.Time `json:"time"`
	Action    string    `json:"action"`
	Detail    string    `json:"detail,omitempty"`
	User      string    `json:"user"`
	Token     string    `json:"token,omitempty"`
	From      string    `json:"from,omitempty"`
	RequestID string    `json:"requestId,omitempty"`
}

// Audit keeps events; nothing changes or removes one.
type Audit interface {
	// Record adds an event. Recording it again changes nothing.
	Record(ctx context.Context, e Event) error
	// Event returns one event. NotFound when it is not there (yet).
	Event(ctx context.Context, subject string, seq int64) (Event, error)
	// Events yields the events of a subject in order, or, of "", of all
	// subjects, one subject after another.
	Events(ctx context.Context, subject string) iter.Seq2[Event, error]
	// Reported yields the events of all UploadSubjects and UpstreamSubjects of a
	// package's name.
	Reported(ctx context.Context, name string) iter.Seq2[Event, error]
}

// Journal is the part of a record by which its changes are written down: the
// event stands in the record itself, so that both take effect at once, and is
// then copied to the audit; whoever changes the record next makes sure of that.
type Journal struct {
	// Revision counts the writes of the record; 0 means that there is none.
	Revision int64
	Event    *Event   // the last one
	Recent   []string // operations that have taken effect, newest last
}

func (j *Journal) journal() *Journal { return j }

// maxRecent is how many operations a journal remembers: a repetition after
// more than these is taken for a new one.
const maxRecent = 32

// Recorder writes changes down.
type Recorder struct {
	Audit Audit
	Clock Clock
}

// Change is an alteration of a record T: who makes it, and of what.
type Change[T interface{ journal() *Journal }] struct {
	Subject string
	By      Caller
	// Operation names this change: one that has taken effect is not repeated.
	// "" makes every call a change of its own.
	Operation string
	Read      func(context.Context) (T, error)
	// Alter changes the record and says, for the audit, what it did; with no
	// action, nothing is written.
	Alter func(T) (action, detail string, err error)
	// Write is conditional on the revision that was read: Conflict otherwise.
	Write func(context.Context, T) error
}

// Apply makes a change: it reads, alters and writes a record, again and again
// while somebody else writes it in between.
func Apply[T interface{ journal() *Journal }](ctx context.Context, r *Recorder, c Change[T]) error {
	if c.Operation == "" {
		c.Operation = rand.Text()
	}
	for try := range maxTries {
		err := c.apply(ctx, r)
		if r, ok := errors.AsType[refusal](err); ok {
			return r.error
		}
		if CodeOf(err) != Conflict {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
	return Errorf(Unavailable, "%s is being changed by many at once. Try again.", c.Subject)
}

// refusal is an error of Alter: there is no use in trying again.
type refusal struct{ error }

// apply is one try; Conflict asks for another.
func (c Change[T]) apply(ctx context.Context, r *Recorder) error {
	record, err := c.Read(ctx)
	if err != nil {
		return err
	}
	j := record.journal()
	if slices.Contains(j.Recent, c.Operation) {
		return r.settle(ctx, j)
	}
	action, detail, err := c.Alter(record)
	if err != nil {
		return refusal{err}
	}
	if action == "" { // perhaps because an earlier call was cut behind its write
		return r.settle(ctx, j)
	}
	if err := r.settle(ctx, j); err != nil {
		return err
	}
	j.Event = &Event{
		Subject: c.Subject, Seq: j.Revision + 1, Time: r.Clock().UTC().Truncate(time.Second), Action: action, Detail: detail,
		User: c.By.User, Token: c.By.Token, From: c.By.From, RequestID: c.By.RequestID,
	}
	j.Recent = append(j.Recent, c.Operation)
	j.Recent = slices.Clone(j.Recent[max(0, len(j.Recent)-maxRecent):])
	if err := c.Write(ctx, record); err != nil {
		return err
	}
	return r.settle(ctx, j)
}

// settle copies a journal's last event to the audit, if it is not there yet.
func (r *Recorder) settle(ctx context.Context, j *Journal) error {
	if j.Event == nil {
		return nil
	}
	return r.Audit.Record(ctx, *j.Event)
}
