package oss_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/emulator/oss"
)

func startFaulty(t *testing.T) (*emulator, *fault.Plan) {
	plan := &fault.Plan{}
	return start(t, func(o *oss.Options) { o.Faults = plan }), plan
}

func TestFailedCallHasNoEffect(t *testing.T) {
	e, plan := startFaulty(t)
	plan.Add(fault.Rule{Operation: "PutObject", Resource: "registry/a/b", Nth: 2, Action: fault.Fail,
		Failure: fault.Failure{Status: 503, Code: "ServiceUnavailable", Message: "Please reduce your request rate."}})
	put(t, e.Bucket, "a/b", "first")
	put(t, e.Bucket, "other", "x")
	wantError(t, e.PutObject("a/b", strings.NewReader("second")), 503, "ServiceUnavailable")
	if got := get(t, e.Bucket, "a/b"); got != "first" {
		t.Errorf("got %q", got)
	}
	put(t, e.Bucket, "a/b", "third")
}

func TestDroppedAnswerWasApplied(t *testing.T) {
	e, plan := startFaulty(t)
	plan.Add(fault.Rule{Operation: "CopyObject", Nth: 1, Action: fault.Drop})
	plan.Add(fault.Rule{Operation: "GetObject", Resource: "registry/a", Nth: 1, Action: fault.Drop})
	put(t, e.Bucket, "a", "x")
	var known sdk.ServiceError
	if _, err := e.CopyObject("a", "b"); err == nil || errors.As(err, &known) {
		t.Errorf("got %v, want a broken connection", err)
	}
	if got := get(t, e.Bucket, "b"); got != "x" {
		t.Errorf("got %q", got)
	}
	r, err := http.NewRequest("GET", sign(t, e.Bucket, sdk.HTTPGet, "a", 60), nil)
	if err != nil {
		t.Fatal(err)
	}
	// Without connections to reuse, the client does not try again.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if response, err := client.Do(r); err == nil {
		response.Body.Close()
		t.Errorf("got %s, want a broken connection", response.Status)
	}
}

func TestDelayedCall(t *testing.T) {
	e, plan := startFaulty(t)
	const delay = 50 * time.Millisecond
	plan.Add(fault.Rule{Operation: "PutObject", Action: fault.Delay, Delay: delay})
	began := time.Now()
	put(t, e.Bucket, "a", "x")
	if took := time.Since(began); took < delay {
		t.Errorf("took %v", took)
	}
}

func TestMeterCountsByOperationAndBucket(t *testing.T) {
	counts := &meter.Meter{}
	e := start(t, func(o *oss.Options) { o.Meter = counts })
	put(t, e.Bucket, "a", "x")
	put(t, e.Bucket, "b", "x")
	get(t, e.Bucket, "a")
	wantAbsent(t, e.Bucket, "absent")
	do(t, "GET", e.url+"/registry/a", nil) // not authenticated, not charged
	want := map[string]int64{"PutBucket": 1, "PutObject": 2, "GetObject": 2}
	for _, row := range counts.Snapshot() {
		if row.Service != "oss" || row.Resource != bucketName || row.Calls != want[row.Operation] {
			t.Errorf("got %+v", row)
		}
		delete(want, row.Operation)
	}
	if len(want) != 0 {
		t.Errorf("not counted: %v", want)
	}
}
