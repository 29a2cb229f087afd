package tablestore_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/test/emulator/fault"
	emulator "github.com/fc-registry/fc-registry/test/emulator/tablestore"
)

// The service's indexes lag: for that time they find what was, and show who may
// read what; what is answered is right nevertheless.
func TestALaggingIndexShowsNothingThatWasHidden(t *testing.T) {
	var seconds atomic.Int64
	start := time.Now()
	clock := func() time.Time { return start.Add(time.Duration(seconds.Load()) * time.Second) }
	c, _ := instance(t, emulator.Options{Clock: clock, IndexLag: 2 * time.Second})
	browsing := &registry.Browsing{Index: c, Catalog: c, Organizations: c}
	r := registrytest.Release(t, "hello", "1.0.0")
	h := registry.Head{Package: registrytest.Package(r), Latest: &r}
	steps := []struct {
		change          func()
		before, after   int // found by a stranger
		ownBefore, mine int // by the owner
	}{
		{func() {}, 0, 1, 0, 1},
		{func() { h.Visibility = registry.Private }, 0, 0, 1, 1},
		{func() { h.Visibility = registry.Public }, 0, 1, 1, 1},
		{func() { h.Owner, h.Visibility = "bob", registry.Private }, 0, 0, 0, 0},
		{func() { h.Owner = "alice" }, 0, 0, 0, 1},
		{func() { h.Latest = nil }, 0, 0, 0, 0},
	}
	for i, step := range steps {
		step.change()
		if err := c.PutHead(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		h.Revision++
		wantTotal(t, browsing, i, "mallory", step.before)
		wantTotal(t, browsing, i, "alice", step.ownBefore)
		seconds.Add(3)
		wantTotal(t, browsing, i, "mallory", step.after)
		wantTotal(t, browsing, i, "alice", step.mine)
	}
}

func wantTotal(t *testing.T, b *registry.Browsing, step int, user string, want int) {
	t.Helper()
	as := func(context.Context) (string, error) { return user, nil }
	found, err := b.Find(t.Context(), as, registry.Search{Text: "hello", Limit: 10})
	if err != nil || found[0].Total != want || len(found[0].Packages) != want {
		t.Errorf("step %d: %s finds %+v, %v; want %d", step, user, found, err, want)
	}
}

// A page of a search is one call of the index and one of the table.
func TestAPageIsTwoCalls(t *testing.T) {
	var faults fault.Plan
	c := client(t, &faults)
	r := registrytest.Release(t, "hello", "1.0.0")
	if err := c.PutHead(t.Context(), registry.Head{Package: registrytest.Package(r), Latest: &r}); err != nil {
		t.Fatal(err)
	}
	var calls []string
	faults.Add(fault.Rule{Action: fault.Watch, Hook: func(call fault.Call) { calls = append(calls, call.Operation+" "+call.Resource) }})
	b := &registry.Browsing{Index: c, Catalog: c, Organizations: c}
	wantTotal(t, b, 0, "", 1)
	if len(calls) != 2 || calls[0] != "Search packages" || calls[1] != "BatchGetRow packages" {
		t.Errorf("calls %v", calls)
	}
}
