package registry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// receiver takes what webhooks are told, at a time of its own.
type receiver struct {
	mu    sync.Mutex
	time  time.Time
	got   []string // URL, action and version of what was accepted
	ids   []string
	tries []time.Time
	// refuse tells whether a message is refused; nil accepts all.
	refuse func(w registry.Webhook, m registry.Message) bool
}

func newReceiver() *receiver { return &receiver{time: now()} }

func (r *receiver) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.time
}

func (r *receiver) advance(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.time = r.time.Add(d)
}

func (r *receiver) send(_ context.Context, w registry.Webhook, m registry.Message) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries = append(r.tries, r.time)
	if r.refuse != nil && r.refuse(w, m) {
		return 503, errors.New("answered 503")
	}
	r.got = append(r.got, strings.TrimSpace(strings.TrimPrefix(w.URL, "https://")+" "+m.Package+" "+m.Event.Action+" "+m.Event.Release()))
	r.ids = append(r.ids, m.ID)
	return 204, nil
}

func (r *receiver) always(registry.Webhook, registry.Message) bool { return true }

// take returns what was accepted since it was called last.
func (r *receiver) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got, r.ids, r.tries = nil, nil, nil
	return got
}

// want compares what was heard, in any order, with what should have been.
func (r *receiver) want(t *testing.T, want ...string) {
	t.Helper()
	if got := slices.Sorted(slices.Values(r.take())); !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
}

func (s store) delivering(r *receiver) *registry.Delivering {
	return &registry.Delivering{
		Webhooks: s.webhooks, Outbox: s.outbox, Catalog: s.catalog,
		Recorder: &registry.Recorder{Audit: s.audit, Clock: r.clock}, Send: r.send,
	}
}

func (s store) run(t *testing.T, r *receiver) {
	t.Helper()
	if err := s.delivering(r).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s store) subscribing() *registry.Subscribing {
	return &registry.Subscribing{Webhooks: s.webhooks, Outbox: s.outbox, Catalog: s.catalog, Access: s.access(), Recorder: s.recorder()}
}

func (s store) subscribe(t *testing.T, subject, host string) registry.Webhook {
	t.Helper()
	w, err := s.subscribing().Add(t.Context(), as("admin"), subject, "https://"+host)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// owed lists what is owed.
func (s store) owed(t *testing.T) []registry.Owed {
	t.Helper()
	var all []registry.Owed
	for o, err := range s.outbox.AllOwed(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	return all
}
