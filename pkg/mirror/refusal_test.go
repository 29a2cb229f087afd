package mirror_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/test/hostile"
)

// refusal is what whoever asks for a version of hello is told of its ZIP.
func (s *site) refusal(t *testing.T, version string) error {
	t.Helper()
	p, r, err := s.queries().Tag(t.Context(), registry.Anonymous, "hello", version, registry.Full)
	if err != nil {
		t.Fatal(err)
	}
	known := &registry.Refusals{Pins: s.pins, Fetches: s.pins, Clock: s.clock}
	return known.Check(t.Context(), p, r)
}

func wantNone(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("told %v", err)
	}
}

func TestARefusedZIPIsToldOfUntilItIsTriedAgain(t *testing.T) {
	s := newSite(t)
	s.publish("1.0.0", hostile.BadZIPs("hello", "1.0.0")["a path upwards"])
	s.publish("1.1.0", hostile.GoodZIP("hello", "1.1.0"))
	wantNone(t, s.refusal(t, "1.0.0"))
	_, _, err := s.url(t.Context(), "1.0.0")
	wantCode(t, err, registry.Forbidden)
	for _, tag := range []string{"1.0.0", "<1.1"} {
		wantCode(t, s.refusal(t, tag), registry.Forbidden, err.Error(), "hello 1.0.0", "outside its folder")
	}
	wantNone(t, s.refusal(t, "1.1.0"))
	s.later.Add(int64(11 * time.Minute))
	wantNone(t, s.refusal(t, "1.0.0"))
	_, _, err = s.url(t.Context(), "1.0.0")
	wantCode(t, err, registry.Forbidden)
	wantCode(t, s.refusal(t, "1.0.0"), registry.Forbidden)
}

func TestAFailedFetchIsToldOfForAWhile(t *testing.T) {
	s := newSite(t)
	s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
	s.up.Play(hostile.ZIPs, hostile.Transport()["a connection that is cut"])
	_, _, err := s.url(t.Context(), "1.0.0")
	wantCode(t, err, registry.Unavailable)
	wantCode(t, s.refusal(t, "1.0.0"), registry.Unavailable, "Try again in half a minute")
	s.later.Add(int64(time.Minute))
	wantNone(t, s.refusal(t, "1.0.0"))
	s.up.Play(hostile.ZIPs, nil)
	s.zip(t, "1.0.0")
	wantNone(t, s.refusal(t, "1.0.0"))
}

func TestAZIPThatIsHereCanBeHadWhateverTheLastFetchCameTo(t *testing.T) {
	s := newSite(t)
	s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
	s.zip(t, "1.0.0")
	s.running.Wait()
	v := registrytest.Version(t, "1.0.0")
	last, err := s.pins.Fetch(t.Context(), "hello", v)
	if err != nil {
		t.Fatal(err)
	}
	refused := registry.Fetch{ID: "other", Since: s.clock(), Until: s.clock().Add(time.Hour), Reason: "no", Refused: true}
	if err := s.pins.PutFetch(t.Context(), "hello", v, refused, last.ID); err != nil {
		t.Fatal(err)
	}
	wantNone(t, s.refusal(t, "1.0.0"))
	s.zip(t, "1.0.0")
}

func TestAnAnswerThatCanNotBeUsedIsToldOf(t *testing.T) {
	for lie, words := range map[string]string{
		"a version that is none":          `Version "latest" is not a semantic version`,
		"a version that is long":          "is longer than 64 characters",
		"an address of a file":            "zipball_url of 1.0.0: ",
		"no address":                      "zipball_url of 1.0.0: ",
		"another name":                    `names another package`,
		"a version that is a number":      `Version "" is not a semantic version`,
		"an address in a private network": "zipball_url of 1.0.0: ",
	} {
		s := newSite(t)
		s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
		s.up.Play(hostile.Answers, hostile.Lies()[lie])
		for _, tag := range []string{"1.0.0", "*"} { // "*" asks for the list
			_, _, err := s.queries().Tag(t.Context(), registry.Anonymous, "hello", tag, registry.Full)
			told, ok := errors.AsType[*registry.Error](err)
			if !ok || told.Code != registry.Unavailable || len(told.Message) > 500 {
				t.Fatalf("%s: %v", lie, err)
			}
			if !strings.Contains(told.Message, words) {
				t.Errorf("%s: told %q, want %q", lie, told.Message, words)
			}
		}
	}
}

// What can't be found out keeps nobody from trying.
func TestAStoreThatFailsRefusesNothing(t *testing.T) {
	s := newSite(t)
	s.publish("1.0.0", hostile.BadZIPs("hello", "1.0.0")["a path upwards"])
	_, _, err := s.url(t.Context(), "1.0.0")
	wantCode(t, err, registry.Forbidden)
	p, r, err := s.queries().Latest(t.Context(), registry.Anonymous, "hello", registry.Full)
	if err != nil {
		t.Fatal(err)
	}
	for nth := range 2 {
		f := &faults{nth: nth + 1}
		in := stores{s, f}
		known := &registry.Refusals{Pins: all{s.pins, in}, Fetches: in, Clock: s.clock}
		wantNone(t, known.Check(t.Context(), p, r))
		if f.calls != nth+1 {
			t.Errorf("%d calls", f.calls)
		}
	}
	own := &faults{}
	known := &registry.Refusals{Pins: all{s.pins, stores{s, own}}, Fetches: stores{s, own}, Clock: s.clock}
	p.Upstream = "" // as of a package that was published here
	wantNone(t, known.Check(t.Context(), p, r))
	if own.calls != 0 {
		t.Errorf("%d reads for a package of our own", own.calls)
	}
}
