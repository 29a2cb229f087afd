package trace_test

import (
	"context"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/trace"
)

func TestWhatIsCountedBelow(t *testing.T) {
	r := &trace.Request{ID: "1-abc"}
	ctx, cancel := context.WithCancel(trace.With(t.Context(), r))
	defer cancel()
	var counters sync.WaitGroup
	for range 10 {
		counters.Go(func() {
			trace.From(ctx).CountTablestore(2, 3)
			trace.From(ctx).CountOSS()
		})
	}
	counters.Wait()
	if got, want := r.Usage(), (trace.Usage{Tablestore: 10, OSS: 10, Read: 20, Write: 30}); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
}

func TestOutsideOfRequestsNothingIsKept(t *testing.T) {
	trace.From(t.Context()).CountOSS()
	if got := trace.From(t.Context()); got.ID != "" || got.Usage() != (trace.Usage{}) {
		t.Errorf("got %+v", got.Usage())
	}
}
