package faults

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

// told is what the webhook of a world has heard, by package.
type told struct {
	mu sync.Mutex
	of map[string][]string
}

func (o *told) add(m registry.Message) {
	first, _, _ := strings.Cut(m.Event.Detail, " ")
	o.mu.Lock()
	defer o.mu.Unlock()
	o.of[m.Package] = append(o.of[m.Package], m.Event.Action+" "+first)
}

// hook sets a webhook for all packages. The tests do the work of deliver: its
// storage calls would stand among those that are counted.
func (w *world) hook(t *testing.T) {
	t.Helper()
	_, err := w.admin.Subscribing.Add(t.Context(), registry.Caller{User: "admin"}, registry.AllPackages, "https://receiver.invalid")
	must(t, err)
	w.told = &told{of: make(map[string][]string)}
	w.deliverDown()
}

// deliverDown lets every call of deliver fail.
func (w *world) deliverDown() {
	w.functions.Add(fault.Rule{
		Operation: "InvokeFunction", Resource: functionName("deliver"), Action: fault.Fail,
		Failure: fault.Failure{Status: 500, Code: "InternalServerError", Message: "by the test"},
	})
}

// heard requires that the webhook hears what is in the audit, in its order, of
// each refusal once, and nothing else: whoever wrote it has perhaps ended before saying so.
func (p *point) heard() {
	p.t.Helper()
	if p.told == nil {
		return
	}
	store := tablestore.New(tablestore.Config{
		Endpoint: p.Tablestore, Instance: p.Instance,
		Credentials: credentials.Fixed(credentials.Credentials{AccessKeyID: p.AccessKeyID, AccessKeySecret: p.AccessKeySecret}),
	})
	delivering := &registry.Delivering{
		Webhooks: store, Outbox: store, Catalog: store,
		Recorder: &registry.Recorder{Audit: store, Clock: func() time.Time { return time.Now().Add(10 * time.Minute) }},
		Send: func(_ context.Context, _ registry.Webhook, m registry.Message) (int, error) {
			p.told.add(m)
			return 200, nil
		},
	}
	must(p.t, delivering.Run(p.t.Context()))
	want := slices.DeleteFunc(slices.Clone(p.state.audit), func(event string) bool {
		action, _, _ := strings.Cut(event, " ")
		return !slices.Contains([]string{"publish", "delete", "visibility"}, action)
	})
	var refused []string // each in a queue of its own
	got := slices.DeleteFunc(slices.Clone(p.told.of[p.name]), func(event string) bool {
		version, is := strings.CutPrefix(event, "refused ")
		if is {
			refused = append(refused, strings.TrimSuffix(version, ":"))
		}
		return is
	})
	if !slices.Equal(got, want) || !slices.Equal(refused, p.state.refused) {
		p.t.Errorf("the webhook heard %q, and of refusals %q; want %q and %q", got, refused, want, p.state.refused)
	}
	for o, err := range store.AllOwed(p.t.Context()) {
		must(p.t, err)
		if o.Package == p.name {
			p.t.Errorf("owed is %+v", o)
		}
	}
}
