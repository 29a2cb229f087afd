package tablestore_test

import (
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

// The SDK sends a write again when its answer was lost; the second one finds
// the first one's row.

func TestReleaseWhoseAnswerWasLostIsTheWritersOwn(t *testing.T) {
	var faults fault.Plan
	c := client(t, &faults)
	r := registrytest.Release(t, "hello", "1.0.0")
	faults.Add(fault.Rule{Operation: "PutRow", Nth: 1, Action: fault.Drop})
	stored, err := c.PutRelease(t.Context(), r)
	if err != nil || stored.Upload != r.Upload {
		t.Errorf("stored upload %q: %v; want %q", stored.Upload, err, r.Upload)
	}
}

func TestNonceWhoseAnswerWasLostIsNotAReplay(t *testing.T) {
	var faults fault.Plan
	c := client(t, &faults)
	faults.Add(fault.Rule{Operation: "PutRow", Resource: "nonces", Nth: 1, Action: fault.Drop})
	if err := c.UseNonce(t.Context(), "n"); err != nil {
		t.Errorf("first use: %v", err)
	}
	if err := c.UseNonce(t.Context(), "n"); registry.CodeOf(err) != registry.Conflict {
		t.Errorf("second use: %v, want a conflict", err)
	}
}

func TestBusyStorageIsUnavailable(t *testing.T) {
	var faults fault.Plan
	c := client(t, &faults)
	faults.Add(fault.Rule{Operation: "GetRow", Action: fault.Fail, Failure: fault.Failure{Status: 503, Code: "OTSServerBusy", Message: "busy"}})
	if _, err := c.Head(t.Context(), "hello", registry.Summary); registry.CodeOf(err) != registry.Unavailable {
		t.Errorf("got %v, want Unavailable", err)
	}
}
