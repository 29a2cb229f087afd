package registry_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestWebhooksHearWhatHappensInOrder(t *testing.T) {
	s, r := newStore(t), newReceiver()
	s.subscribe(t, registry.AllPackages, "all")
	s.subscribe(t, registry.PackageSubject("Hello"), "hello")
	s.publish(t, "hello", "1.0.0", "1.1.0")
	s.delete(t, "hello", "1.0.0")
	for _, v := range []registry.Visibility{registry.Private, registry.Public} {
		if err := s.managing().SetVisibility(t.Context(), as("admin"), "hello", v); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.managing().AddMaintainer(t.Context(), as("admin"), "hello", "bob"); err != nil {
		t.Fatal(err)
	}
	s.run(t, r)
	got := r.take()
	for _, host := range []string{"all", "hello"} {
		heard := slices.DeleteFunc(slices.Clone(got), func(line string) bool { return !strings.HasPrefix(line, host+" ") })
		want := []string{host + " hello publish 1.0.0", host + " hello publish 1.1.0", host + " hello delete 1.0.0", host + " hello visibility", host + " hello visibility"}
		if !slices.Equal(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
	}
	s.run(t, r)
	if more := r.take(); len(got) != 10 || len(more) > 0 || len(s.owed(t)) > 0 {
		t.Errorf("heard %d and then %q, owed are %+v", len(got), more, s.owed(t))
	}
}

func TestAnOrganizationHearsOfWhatItsMembersMaySee(t *testing.T) {
	s, r := newCompany(t), newReceiver()
	s.subscribe(t, registry.GroupSubject(company), "company")
	s.mustBring(t, "olga", of("open", "1.0.0", company, registry.Public))
	s.mustBring(t, "olga", of("ours", "1.0.0", company, registry.Organization))
	s.mustBring(t, "olga", of("mine", "1.0.0", company, registry.Private))
	s.publish(t, "elsewhere", "1.0.0")
	s.run(t, r)
	r.want(t, "company open publish 1.0.0", "company ours publish 1.0.0")

	s.mustBring(t, "olga", of("ours", "1.1.0", company, registry.Organization))
	if err := s.managing().SetVisibility(t.Context(), as("admin"), "ours", registry.Private); err != nil {
		t.Fatal(err)
	}
	s.run(t, r) // closed since
	r.want(t)
	if left := s.owed(t); len(left) > 0 {
		t.Errorf("owed are %+v", left)
	}
}

func TestADeliveryIsTriedForADayThenTheNextOne(t *testing.T) {
	s, r := newStore(t), newReceiver()
	w := s.subscribe(t, registry.AllPackages, "all")
	s.publish(t, "hello", "1.0.0", "2.0.0")
	r.refuse = func(_ registry.Webhook, m registry.Message) bool { return m.Event.Release() == "1.0.0" }
	begin := r.clock()
	for len(r.got) == 0 {
		if r.clock().Sub(begin) > 48*time.Hour {
			t.Fatal("never given up")
		}
		s.run(t, r)
		r.advance(time.Minute)
	}
	var pauses []time.Duration
	for i := range r.tries[:len(r.tries)-2] {
		pauses = append(pauses, r.tries[i+1].Sub(r.tries[i]))
	}
	m, h := time.Minute, time.Hour
	want := []time.Duration{m, 2 * m, 4 * m, 8 * m, 16 * m, 32 * m, 64 * m, 128 * m, 4 * h, 4 * h, 4 * h, 4 * h, 24*h - 16*h - 255*m}
	if !slices.Equal(pauses, want) {
		t.Errorf("pauses %v, want %v", pauses, want)
	}
	r.want(t, "all hello publish 2.0.0")
	list, err := s.subscribing().Deliveries(t.Context(), registry.AllPackages, w.ID, 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, d := range list {
		switch d.Version {
		case "1.0.0":
			if d.State != registry.DeliveryGivenUp || d.Tries != 14 || d.Status != 503 || d.Problem != "answered 503" || !d.Next.IsZero() {
				t.Errorf("%+v", d)
			}
		default:
			if d.State != registry.DeliveryDone || d.Tries != 1 || d.Status != 204 || d.Problem != "" {
				t.Errorf("%+v", d)
			}
		}
	}
}

func TestOneWebhookHoldsUpNoOther(t *testing.T) {
	s, r := newStore(t), newReceiver()
	s.subscribe(t, registry.AllPackages, "broken")
	s.subscribe(t, registry.AllPackages, "good")
	for i := range 40 {
		s.publish(t, fmt.Sprint("hello", i), "1.0.0")
	}
	r.refuse = func(w registry.Webhook, _ registry.Message) bool { return w.Host() == "broken" }
	s.run(t, r)
	if tries, heard := len(r.tries), len(r.got); heard != 40 || tries > 40+16 {
		t.Errorf("heard %d, after %d tries", heard, tries)
	}
	r.refuse = nil
	r.take()
	r.advance(time.Hour)
	s.run(t, r)
	if got := r.take(); len(got) != 40 || len(s.owed(t)) > 0 {
		t.Errorf("heard %q", got)
	}
}

// Instances that run at once share the work, and keep the order.
func TestOverlappingRunsDeliverOnceInOrder(t *testing.T) {
	s, r := newStore(t), newReceiver()
	s.subscribe(t, registry.AllPackages, "all")
	var versions []string
	for i := range 8 {
		versions = append(versions, fmt.Sprintf("1.%d.0", i))
	}
	for _, name := range []string{"a", "b", "c"} {
		s.publish(t, name, versions...)
	}
	d := s.delivering(r)
	d.Send = func(ctx context.Context, w registry.Webhook, m registry.Message) (int, error) {
		time.Sleep(time.Millisecond) // lets the others in
		return r.send(ctx, w, m)
	}
	for len(s.owed(t)) > 0 {
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if err := d.Run(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	got := r.take()
	for _, name := range []string{"a", "b", "c"} {
		var want []string
		for _, v := range versions {
			want = append(want, "all "+name+" publish "+v)
		}
		if heard := slices.DeleteFunc(slices.Clone(got), func(line string) bool { return !strings.HasPrefix(line, "all "+name+" ") }); !slices.Equal(heard, want) {
			t.Errorf("heard %q", heard)
		}
	}
}

func TestARunLeavesWhatItHasNoTimeFor(t *testing.T) {
	s, r := newStore(t), newReceiver()
	s.subscribe(t, registry.AllPackages, "all")
	s.publish(t, "hello", "1.0.0")
	ctx, cancel := context.WithTimeout(t.Context(), registry.DeliveryTimeout)
	defer cancel()
	if err := s.delivering(r).Run(ctx); err != nil || len(r.tries) > 0 {
		t.Errorf("%d tries, %v", len(r.tries), err)
	}
}

func TestARunThatIsEndedBlamesNoWebhook(t *testing.T) {
	s, r := newStore(t), newReceiver()
	w := s.subscribe(t, registry.AllPackages, "all")
	s.publish(t, "hello", "1.0.0")
	ctx, cancel := context.WithCancel(t.Context())
	d := s.delivering(r)
	d.Send = func(ctx context.Context, _ registry.Webhook, _ registry.Message) (int, error) {
		cancel()
		<-ctx.Done()
		return 0, ctx.Err()
	}
	if err := d.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if list, err := s.subscribing().Deliveries(t.Context(), registry.AllPackages, w.ID, 10); err != nil || len(list) > 0 {
		t.Errorf("%+v, %v", list, err)
	}
	s.run(t, r) // the lease of the one that was ended
	r.want(t)
	r.advance(2 * time.Minute)
	s.run(t, r)
	r.want(t, "all hello publish 1.0.0")
}

func TestARemovedWebhookHearsNothingMore(t *testing.T) {
	s, r := newStore(t), newReceiver()
	w := s.subscribe(t, registry.AllPackages, "all")
	s.publish(t, "hello", "1.0.0")
	if err := s.subscribing().Remove(t.Context(), as("admin"), registry.AllPackages, w.ID); err != nil {
		t.Fatal(err)
	}
	s.run(t, r)
	r.want(t)
	if left := s.owed(t); len(left) > 0 {
		t.Errorf("owed are %+v", left)
	}
}

func TestADeliveryIsSentAgainWithItsID(t *testing.T) {
	s, r := newStore(t), newReceiver()
	w := s.subscribe(t, registry.AllPackages, "all")
	s.publish(t, "hello", "1.0.0")
	s.run(t, r)
	id := r.ids[0]
	r.want(t, "all hello publish 1.0.0")
	resend := func(subject, webhook, id string) error {
		return s.subscribing().Resend(t.Context(), subject, webhook, id)
	}
	if err := resend(registry.AllPackages, w.ID, id); err != nil {
		t.Fatal(err)
	}
	s.run(t, r)
	if len(r.ids) != 1 || r.ids[0] != id {
		t.Errorf("ids %q, want %s again", r.ids, id)
	}
	r.want(t, "all hello publish 1.0.0")
	wantError(t, resend(registry.AllPackages, w.ID, "none"), registry.NotFound, "none", "30 days")
	wantError(t, resend(registry.PackageSubject("hello"), w.ID, id), registry.NotFound, w.ID)
}

func TestAnEventFromElsewhereIsRaised(t *testing.T) {
	s, r := newStore(t), newReceiver()
	s.subscribe(t, registry.AllPackages, "all")
	s.subscribe(t, registry.PackageSubject("other"), "other")
	e := registry.Event{
		Subject: "upstream/fc3/1.0.0/abc", Seq: 1, Time: now().UTC().Truncate(time.Second),
		Action: registry.BytesChanged, Detail: "1.0.0: kept a; refused b", User: "https://upstream.example/v3",
	}
	pokes := 0
	n := s.notifying()
	n.Poke = func(context.Context) { pokes++ }
	if err := n.Raise(t.Context(), registry.Package{Name: "fc3"}, e); err != nil {
		t.Fatal(err)
	}
	s.run(t, r) // it is not in the audit yet
	r.want(t)
	if err := s.audit.Record(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	for range 2 { // raised again by another instance
		s.run(t, r)
		if err := n.Raise(t.Context(), registry.Package{Name: "fc3"}, e); err != nil {
			t.Fatal(err)
		}
	}
	s.run(t, r)
	r.want(t, "all fc3 "+registry.BytesChanged+" 1.0.0")
	if pokes != 3 || len(s.owed(t)) > 0 {
		t.Errorf("%d pokes, owed are %+v", pokes, s.owed(t))
	}
}
