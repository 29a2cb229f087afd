package fc

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
)

func TestFaultsAndCountsOfInvocations(t *testing.T) {
	for name, spec := range map[string]string{"go1": go1Spec(httpTriggers), "custom": customSpec(httpTriggers)} {
		plan, counts, log := new(fault.Plan), new(meter.Meter), new(syncBuffer)
		c := start(t, spec, func(o *Options) { o.Faults, o.Meter, o.Output = plan, counts, log })
		plan.Add(fault.Rule{Operation: "InvokeFunction", Resource: "function-f", Nth: 1, Action: fault.Fail,
			Failure: fault.Failure{Status: 503, Code: "ResourceThrottled", Message: "no machine"}})
		plan.Add(fault.Rule{Operation: "InvokeFunction", Resource: "function-f", Nth: 2, Action: fault.Drop})

		wantFailure(t, name, get(t, c.URL("f")+"/echo"), 503, "ResourceThrottled", "no machine")
		if n := len(c.Instances()); n != 0 {
			t.Errorf("%s: a failed call started an instance", name)
		}
		// A POST: net/http would repeat a GET.
		_, err := http.Post(c.URL("f")+"/echo", "text/plain", strings.NewReader("x"))
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: a dropped answer: %v", name, err)
		}
		eventually(t, "the dropped call has run", func() bool { return strings.Count(log.String(), "FC Invoke End") == 1 })
		if got := get(t, c.URL("f")+"/echo"); got.status != 200 {
			t.Errorf("%s: the third call: %d", name, got.status)
		}
		want := meter.Row{Key: meter.Key{Service: "fc", Operation: "InvokeFunction", Resource: "function-f"}, Count: meter.Count{Calls: 3}}
		if rows := counts.Snapshot(); len(rows) != 1 || rows[0] != want {
			t.Errorf("%s: counted %v", name, rows)
		}
	}
}
