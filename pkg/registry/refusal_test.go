package registry_test

import (
	"slices"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// refuseOf uploads something that is no ZIP, for a submission.
func (s store) refuseOf(t *testing.T, user string, announced registry.Submission) {
	t.Helper()
	a, err := s.publishing().Announce(t.Context(), as(user), announced)
	if err != nil {
		t.Fatal(err)
	}
	id := uploadID(t, a.URL)
	s.objects.Put(registry.UploadKey(id), []byte("no ZIP"))
	for range 2 { // the callback, and the notification
		if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || o.Released {
			t.Fatalf("outcome %+v, %v", o, err)
		}
	}
}

// reported lists what the audit has of a name's refused uploads.
func (s store) reported(t *testing.T, name string) []registry.Event {
	t.Helper()
	var all []registry.Event
	for e, err := range s.audit.Reported(t.Context(), name) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func TestARefusalIsInTheAuditOnce(t *testing.T) {
	s := newStore(t)
	s.refuseOf(t, "alice", submission("Hello", "1.0.0"))
	events := s.reported(t, "hello")
	if len(events) != 1 {
		t.Fatalf("recorded %+v", events)
	}
	e := events[0]
	wantWords(t, e.Detail, "1.0.0: ", "not a readable ZIP")
	if e.Action != "refused" || e.Release() != "1.0.0" || e.User != "alice" || e.Token != "default" || e.From != "192.0.2.1" || e.RequestID != "of-alice" {
		t.Errorf("recorded %+v", e)
	}
}

func TestWhoHearsOfARefusal(t *testing.T) {
	tests := map[string]struct {
		stands  registry.Visibility // of the package that is there; "" for none
		refused registry.Submission
		heard   []string
	}{
		"no package yet":                  {"", of("hello", "2.0.0", company, registry.Organization), []string{"all"}},
		"a private package":               {registry.Private, of("hello", "2.0.0", company, registry.Private), []string{"all", "hello"}},
		"an organization's package":       {registry.Organization, of("hello", "2.0.0", company, registry.Organization), []string{"all", "company", "hello"}},
		"a public package":                {registry.Public, of("hello", "2.0.0", company, registry.Public), []string{"all", "company", "hello"}},
		"one that was to be closed":       {registry.Organization, of("hello", "2.0.0", company, registry.Private), []string{"all", "hello"}},
		"one that was to be opened":       {registry.Private, of("hello", "2.0.0", company, registry.Public), []string{"all", "hello"}},
		"one that was to leave":           {registry.Organization, of("hello", "2.0.0", "", registry.Private), []string{"all", "hello"}},
		"a development build of a closed": {registry.Private, of("hello", "dev", company, registry.Private), []string{"all", "hello"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, r := newCompany(t), newReceiver()
			if test.stands != "" {
				s.mustBring(t, "alice", of("hello", "1.0.0", company, test.stands))
			}
			s.subscribe(t, registry.AllPackages, "all")
			s.subscribe(t, registry.PackageSubject("hello"), "hello")
			s.subscribe(t, registry.GroupSubject(company), "company")
			s.subscribe(t, registry.PackageSubject("other"), "other")
			s.refuseOf(t, "alice", test.refused)
			s.run(t, r)
			var want []string
			for _, host := range test.heard {
				want = append(want, host+" hello refused "+test.refused.Version)
			}
			r.want(t, want...)
			if left := s.owed(t); len(left) > 0 {
				t.Errorf("owed are %+v", left)
			}
		})
	}
}

// Whoever was to be the first to publish a name, and was overtaken, is not among
// those of whom its owner hears.
func TestTheOwnerOfANameDoesNotHearOfOthers(t *testing.T) {
	s, r := newCompany(t), newReceiver()
	id := s.upload(t, "bob", "hello", "9.0.0")
	s.mustBring(t, "alice", of("hello", "1.0.0", company, registry.Private))
	s.subscribe(t, registry.AllPackages, "all")
	s.subscribe(t, registry.PackageSubject("hello"), "hello")
	if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	s.run(t, r)
	r.want(t, "all hello refused 9.0.0")
}

// Whatever fails, and however often it is repeated, a refusal is recorded, heard
// and kept once.
func TestARefusalIsToldOnceAfterEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, f *failure) {
		s, r := newStore(t), newReceiver()
		s.publish(t, "hello", "1.0.0")
		s.subscribe(t, registry.AllPackages, "all")
		s.subscribe(t, registry.PackageSubject("hello"), "hello")
		id := s.announce(t, "alice", "hello", "2.0.0")
		s.objects.Put(registry.UploadKey(id), []byte("no ZIP"))
		if _, err := s.failing(f).ingesting().Ingest(t.Context(), id); f.happened != (err != nil) {
			t.Fatal(err)
		}
		s.run(t, r) // perhaps in between
		for range 2 {
			if _, err := s.ingesting().Ingest(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		s.run(t, r)
		if got := slices.Sorted(slices.Values(r.take())); !slices.Equal(got, []string{"all hello refused 2.0.0", "hello hello refused 2.0.0"}) {
			t.Fatalf("heard %q", got)
		}
		if events := s.reported(t, "hello"); len(events) != 1 {
			t.Fatalf("recorded %+v", events)
		}
		s.wantRefusal(t, "alice", "hello", "2.0.0", "not a readable ZIP")
		s.checkSettled(t, "hello")
	})
}
