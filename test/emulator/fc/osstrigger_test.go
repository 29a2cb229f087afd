package fc

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/events"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

const ossTriggers = `triggers: [{triggerName: oss, triggerType: oss, sourceArn: "acs:oss:cn-hangzhou:1234567890:b", triggerConfig: {events: ["oss:ObjectCreated:*"], filter: {key: {prefix: uploads/, suffix: .zip}}}}]`

func upload() ObjectEvent {
	return ObjectEvent{
		Event: "oss:ObjectCreated:PutObject", Bucket: "b", Key: "uploads/ä 1.zip", Size: 42, ETag: "AB",
		Time: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC), RequestID: "R",
	}
}

// delivery starts a function that records its OSS events and fails the first
// times, and returns the lines that it has recorded.
func delivery(t *testing.T, spec func(...string) string, failures string, change ...func(*Options)) (*Cloud, func() []string) {
	t.Helper()
	record := filepath.Join(t.TempDir(), "record")
	c := start(t, spec("environmentVariables: {RECORD: "+record+", FAILURES: '"+failures+"'}", ossTriggers), change...)
	c.pause = time.Millisecond
	return c, func() []string {
		text, err := os.ReadFile(record)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
}

func TestObjectEventReachesTheFunctionInTheSDKsForm(t *testing.T) {
	c, lines := delivery(t, go1Spec, "0")
	if err := c.Deliver(t.Context(), upload()); err != nil {
		t.Fatal(err)
	}
	retry, text, _ := strings.Cut(lines()[0], " ")
	var got events.OssEvent
	strictly(t, []byte(text), &got)
	e := got.Events[0]
	if retry != "0" || len(got.Events) != 1 || *e.EventName != "ObjectCreated:PutObject" || *e.EventSource != "acs:oss" ||
		!e.EventTime.Equal(upload().Time) || *e.Region != "cn-hangzhou" || *e.Oss.Bucket.Name != "b" ||
		*e.Oss.Bucket.Arn != "acs:oss:cn-hangzhou:1234567890:b" || *e.Oss.Object.Key != "uploads/ä 1.zip" ||
		*e.Oss.Object.Size != 42 || *e.Oss.Object.ETag != "AB" || *e.ResponseElements.RequestID != "R" {
		t.Errorf("got %s", text)
	}
}

func TestFailedDeliveryIsTriedAgain(t *testing.T) {
	for name, spec := range map[string]func(...string) string{"go1": go1Spec, "custom": customSpec} {
		for failures, tries := range map[string]int{"2": 3, "9": 4} {
			c, lines := delivery(t, spec, failures)
			if err := c.Deliver(t.Context(), upload()); err != nil {
				t.Fatal(err)
			}
			if got := lines(); len(got) != tries {
				t.Errorf("%s: failing %s times it was tried %d times, want %d: %v", name, failures, len(got), tries, got)
			}
		}
	}
}

func TestDeliveryEndsWithItsContext(t *testing.T) {
	c, _ := delivery(t, go1Spec, "9")
	c.pause = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := c.Deliver(ctx, upload()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestEventsThatDoNotMatchAreNotDelivered(t *testing.T) {
	c, lines := delivery(t, go1Spec, "0")
	for _, change := range []func(*ObjectEvent){
		func(e *ObjectEvent) { e.Bucket = "other" },
		func(e *ObjectEvent) { e.Key = "packages/1.zip" },
		func(e *ObjectEvent) { e.Key = "uploads/1.tar" },
		func(e *ObjectEvent) { e.Event = "ObjectRemoved:DeleteObject" },
	} {
		e := upload()
		change(&e)
		if err := c.Deliver(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if got := lines(); len(got) != 1 || got[0] != "" {
		t.Errorf("got %q", got)
	}
}

func TestFaultsApplyToDeliveries(t *testing.T) {
	plan := new(fault.Plan)
	c, lines := delivery(t, go1Spec, "0", func(o *Options) { o.Faults = plan })
	plan.Add(fault.Rule{Operation: "InvokeFunction", Nth: 1, Action: fault.Fail, Failure: fault.Failure{Status: 500, Code: "InternalServerError"}})
	plan.Add(fault.Rule{Operation: "InvokeFunction", Nth: 2, Action: fault.Drop})
	if err := c.Deliver(t.Context(), upload()); err != nil {
		t.Fatal(err)
	}
	got := lines()
	if len(got) != 2 || !strings.HasPrefix(got[0], "1 ") || !strings.HasPrefix(got[1], "2 ") {
		t.Errorf("want the first attempt failed before, the second applied and lost, the third kept; got %q", got)
	}
}
