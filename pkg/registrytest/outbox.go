package registrytest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Outbox tests a registry.Outbox. Each one that open returns is empty.
func Outbox(t *testing.T, open func(*testing.T) registry.Outbox) {
	tests := map[string]func(*testing.T, registry.Outbox){
		"what is owed is read back in full":                    testOwed,
		"queues come one after the other, events in order":     testQueues,
		"owed again it keeps its tries, but has another stamp": testOwedAgain,
		"sent again it begins anew, but keeps its lease":       testOwedResend,
		"it is written and dropped on its own stamp only":      testStamps,
		"of concurrent leases one is had":                      testLeaseRace,
		"what was dropped can be owed again":                   testOwedAfterDrop,
		"more than fit in a page are complete":                 testManyOwed,
		"deliveries are read back in full":                     testDelivery,
		"a webhook's deliveries come newest first, alone":      testDeliveries,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Owed lists all that is owed.
func Owed(t testing.TB, b registry.Outbox) []registry.Owed {
	t.Helper()
	var all []registry.Owed
	for o, err := range b.AllOwed(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	return all
}

var asked = time.Date(2025, 2, 28, 23, 59, 58, 7e6, time.UTC)

func owed(webhook, subject string, seq int64) registry.Owed {
	return registry.Owed{Webhook: webhook, Subject: subject, Seq: seq, Of: "organization/" + company, Package: "Hello", Asked: asked}
}

// only is what is owed alone, without its stamp.
func only(t *testing.T, b registry.Outbox) (o registry.Owed, stamp string) {
	t.Helper()
	all := Owed(t, b)
	if len(all) != 1 || all[0].Stamp == "" {
		t.Fatalf("owed are %+v", all)
	}
	stamp, all[0].Stamp = all[0].Stamp, ""
	return all[0], stamp
}

func testOwed(t *testing.T, b registry.Outbox) {
	equal(t, len(Owed(t, b)), 0)
	bare := owed("W", "package/hello", 1)
	wantNoError(t, b.Owe(t.Context(), bare))
	got, stamp := only(t, b)
	equal(t, got, bare)
	full := bare
	full.Tries, full.First, full.Due, full.Leased, full.Resend, full.Stamp = 3, asked, asked.Add(time.Hour), asked.Add(time.Minute), true, stamp
	written, err := b.PutOwed(t.Context(), full)
	wantNoError(t, err)
	equal(t, Owed(t, b), []registry.Owed{written})
	full.Stamp = written.Stamp
	equal(t, written, full)
	bare.Stamp = written.Stamp
	written, err = b.PutOwed(t.Context(), bare)
	wantNoError(t, err)
	equal(t, Owed(t, b), []registry.Owed{written})
}

func testQueues(t *testing.T, b registry.Outbox) {
	var want []registry.Owed
	for _, webhook := range []string{"V", "W"} {
		for _, subject := range []string{"package/hell", "package/hello", "package/hello-"} {
			for _, seq := range []int64{1, 2, 9, 10, 1 << 40} {
				want = append(want, owed(webhook, subject, seq))
			}
		}
	}
	for _, o := range slices.Backward(want) {
		wantNoError(t, b.Owe(t.Context(), o))
	}
	got := Owed(t, b)
	for i := range got {
		got[i].Stamp = ""
	}
	equal(t, got, want)
	for o, err := range b.AllOwed(t.Context()) {
		wantNoError(t, err)
		equal(t, o.Webhook, "V")
		break
	}
}

// tried owes something that was tried, and returns it without its stamp.
func tried(t *testing.T, b registry.Outbox) (o registry.Owed, stamp string) {
	t.Helper()
	wantNoError(t, b.Owe(t.Context(), owed("W", "package/hello", 1)))
	o, stamp = only(t, b)
	o.Stamp, o.Tries, o.First, o.Due, o.Leased = stamp, 3, asked, asked.Add(time.Hour), asked.Add(time.Minute)
	o, err := b.PutOwed(t.Context(), o)
	wantNoError(t, err)
	stamp, o.Stamp = o.Stamp, ""
	return o, stamp
}

func testOwedAgain(t *testing.T, b registry.Outbox) {
	want, before := tried(t, b)
	again := owed("W", "package/hello", 1)
	again.Asked = asked.Add(time.Second)
	wantNoError(t, b.Owe(t.Context(), again))
	want.Asked = again.Asked
	got, after := only(t, b)
	equal(t, got, want)
	if before == after {
		t.Error("the stamp is the same")
	}
}

func testOwedResend(t *testing.T, b registry.Outbox) {
	before, _ := tried(t, b)
	want := owed("W", "package/hello", 1)
	want.Resend = true
	wantNoError(t, b.Owe(t.Context(), want))
	want.Leased = before.Leased
	got, _ := only(t, b)
	equal(t, got, want)
	wantNoError(t, b.Owe(t.Context(), owed("W", "package/hello", 1)))
	got, _ = only(t, b)
	equal(t, got, want)
}

func testStamps(t *testing.T, b registry.Outbox) {
	o := owed("W", "package/hello", 1)
	_, err := b.PutOwed(t.Context(), o)
	wantCode(t, err, registry.Conflict)
	wantCode(t, b.DropOwed(t.Context(), o), registry.Conflict)
	wantNoError(t, b.Owe(t.Context(), o))
	old := Owed(t, b)[0]
	o, err = b.PutOwed(t.Context(), old)
	wantNoError(t, err)
	_, err = b.PutOwed(t.Context(), old)
	wantCode(t, err, registry.Conflict)
	wantCode(t, b.DropOwed(t.Context(), old), registry.Conflict)
	equal(t, Owed(t, b), []registry.Owed{o})
	wantNoError(t, b.DropOwed(t.Context(), o))
	equal(t, len(Owed(t, b)), 0)
	wantCode(t, b.DropOwed(t.Context(), o), registry.Conflict)
}

func testLeaseRace(t *testing.T, b registry.Outbox) {
	wantNoError(t, b.Owe(t.Context(), owed("W", "package/hello", 1)))
	for round := range 2 {
		before := Owed(t, b)[0]
		winners := race(t, 8, func(i int) error {
			mine := before
			mine.Tries = 100*round + i
			_, err := b.PutOwed(t.Context(), mine)
			return err
		})
		equal(t, len(winners), 1)
		equal(t, Owed(t, b)[0].Tries, 100*round+winners[0])
	}
}

func testOwedAfterDrop(t *testing.T, b registry.Outbox) {
	_, stamp := tried(t, b)
	o := owed("W", "package/hello", 1)
	o.Stamp = stamp
	wantNoError(t, b.DropOwed(t.Context(), o))
	o.Stamp = ""
	wantNoError(t, b.Owe(t.Context(), o))
	got, _ := only(t, b)
	equal(t, got, o)
}

// More than the 5,000 rows of a page.
func testManyOwed(t *testing.T, b registry.Outbox) {
	const count = 5100
	race(t, 16, func(i int) error {
		for seq := i; seq < count; seq += 16 {
			if err := b.Owe(t.Context(), owed("W", "package/hello", int64(seq))); err != nil {
				return err
			}
		}
		return nil
	})
	all := Owed(t, b)
	equal(t, len(all), count)
	for i, o := range all {
		equal(t, o.Seq, int64(i))
	}
}

func delivery(webhook, id string) registry.Delivery {
	return registry.Delivery{
		Webhook: webhook, ID: id, Subject: "package/hello", Seq: 1 << 40, Package: "Hello", Action: "publish", Version: "1.0.0",
		State: registry.DeliveryWaits, Tries: 7, Status: 503, Problem: "示例 <503>", Last: asked.Truncate(time.Second), Next: asked.Truncate(time.Second).Add(time.Hour),
	}
}

func testDelivery(t *testing.T, b registry.Outbox) {
	_, err := b.Delivery(t.Context(), "W", "1")
	wantCode(t, err, registry.NotFound)
	bare := registry.Delivery{Webhook: "W", ID: "2", State: registry.DeliveryDone, Last: asked.Truncate(time.Second)}
	for _, d := range []registry.Delivery{delivery("W", "1"), bare} {
		for range 2 {
			wantNoError(t, b.PutDelivery(t.Context(), d))
			got, err := b.Delivery(t.Context(), "W", d.ID)
			wantNoError(t, err)
			equal(t, got, d)
		}
	}
	bare.ID = "1" // over the other one
	wantNoError(t, b.PutDelivery(t.Context(), bare))
	got, err := b.Delivery(t.Context(), "W", "1")
	wantNoError(t, err)
	equal(t, got, bare)
}

func testDeliveries(t *testing.T, b registry.Outbox) {
	var want []registry.Delivery
	for i := range 30 {
		for _, webhook := range []string{"V", "W", "WW"} {
			wantNoError(t, b.PutDelivery(t.Context(), delivery(webhook, fmt.Sprintf("%02d", i))))
		}
		want = append(want, delivery("W", fmt.Sprintf("%02d", 29-i)))
	}
	for _, limit := range []int{1, 30, 100} {
		got, err := b.Deliveries(t.Context(), "W", limit)
		wantNoError(t, err)
		equal(t, got, want[:min(limit, 30)])
	}
	got, err := b.Deliveries(t.Context(), "none", 10)
	wantNoError(t, err)
	equal(t, len(got), 0)
}
