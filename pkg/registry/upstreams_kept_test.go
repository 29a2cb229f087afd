package registry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/hostile"
)

const day = 24 * time.Hour

// askAnew asks as an instance that holds nothing.
func (w *world) askAnew(t *testing.T, read read, name string) (registry.Package, []registry.Release, error) {
	t.Helper()
	w.Upstreams = w.instance(w.Suppliers...)
	return read.ask(w, t, name)
}

func TestAnswersAreFreshForTheirTime(t *testing.T) {
	u := honest(t, "hello")
	w := newWorld(t, u)
	latest, exact, page := reads()[0], reads()[1], reads()[4]
	steps := []struct {
		read  read
		name  string
		after time.Duration // since the step before
		asked int           // requests of this step
	}{
		{exact, "hello", 0, 1}, {exact, "hello", 0, 0}, {exact, "hello", 71 * time.Hour, 0}, {exact, "hello", time.Hour, 1}, {exact, "hello", day, 0},
		{latest, "hello", 0, 1}, {latest, "hello", 5*time.Minute - time.Second, 0}, {latest, "hello", time.Second, 1}, {latest, "hello", time.Second, 0},
		{page, "hello", 0, 2}, {page, "hello", time.Minute, 0}, {page, "hello", 4 * time.Minute, 2}, // until a page is empty
		{latest, "none", 0, 1}, {latest, "none", 29 * time.Second, 0}, {latest, "none", time.Second, 1},
	}
	for i, step := range steps {
		for _, again := range []bool{false, true} {
			before := len(u.Requests())
			want := step.asked
			if again {
				want = 0
			} else {
				w.pass(step.after)
			}
			if _, _, err := w.askAnew(t, step.read, step.name); err != nil && step.name == "hello" {
				t.Fatalf("step %d: %v", i, err)
			}
			if got := len(u.Requests()) - before; got != want {
				t.Errorf("step %d, %s of %s: asked %d times, want %d", i, step.read.name, step.name, got, want)
			}
		}
	}
}

func TestAnInstanceHoldsAnswersForAMinute(t *testing.T) {
	w := newWorld(t, honest(t, "hello"))
	counting := &counted{Answers: w.answers}
	w.Upstreams.Answers = counting
	latest := reads()[0]
	for i, want := range []int{1, 1, 1, 2, 2} {
		if _, _, err := latest.ask(w, t, "hello"); err != nil {
			t.Fatal(err)
		}
		w.pass(20 * time.Second)
		if i == 0 {
			counting.kept = 1 // settling reads more
		}
		if counting.kept != want {
			t.Errorf("ask %d: read %d times, want %d", i, counting.kept, want)
		}
	}
}

func TestStaleAnswersAreServedWhenTheUpstreamFails(t *testing.T) {
	for name, trick := range map[string]hostile.Trick{"fails": hostile.Transport()["status 503"], "hangs": hostile.Transport()["no answer"]} {
		t.Run(name, func(t *testing.T) {
			u := honest(t, "hello")
			w := newWorld(t, u)
			for _, read := range reads() {
				if _, _, err := read.ask(w, t, "hello"); err != nil {
					t.Fatal(err)
				}
			}
			u.Play(hostile.Answers, trick)
			w.Upstreams = w.instance(w.Suppliers...)
			w.Timeout = 50 * time.Millisecond
			for _, age := range []time.Duration{5 * time.Minute, 6 * day} {
				w.pass(age)
				for _, read := range reads() {
					before := len(u.Requests())
					p, releases, err := read.ask(w, t, "hello")
					if err != nil || spoken(releases) != answers()[read.name] || p.Upstream != u.URL {
						t.Errorf("%s after %s: %s %v", read.name, age, spoken(releases), err)
					}
					if asked := len(u.Requests()) - before; asked > 1 {
						t.Errorf("%s after %s: the upstream that fails was asked %d times", read.name, age, asked)
					}
				}
			}
			w.pass(2 * day) // too old, but for what never changes
			for _, read := range reads() {
				_, releases, err := read.ask(w, t, "hello")
				if read.name == "tag 1.0.0" {
					if err != nil || spoken(releases) != "1.0.0" {
						t.Errorf("%s: %v", read.name, err)
					}
					continue
				}
				wantError(t, err, registry.Unavailable, "hello", u.URL, "Try again")
			}
		})
	}
}

// An upstream that failed a moment ago is not waited for again where there is
// another answer.
func TestAnUpstreamThatFailsRests(t *testing.T) {
	u := honest(t, "hello", "other")
	w := newWorld(t, u)
	latest := reads()[0]
	for _, name := range []string{"hello", "other"} {
		if _, _, err := latest.ask(w, t, name); err != nil {
			t.Fatal(err)
		}
	}
	u.Play(hostile.Answers, hostile.Transport()["status 500"])
	w.pass(6 * time.Minute)
	before := len(u.Requests())
	for _, name := range []string{"hello", "other", "hello"} {
		if _, _, err := latest.ask(w, t, name); err != nil {
			t.Error(err)
		}
	}
	if asked := len(u.Requests()) - before; asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	u.Play(hostile.Answers, nil)
	u.Publish("hello", "2.0.0", []byte("x"), nil)
	w.pass(31 * time.Second)
	if _, releases, err := latest.ask(w, t, "hello"); err != nil || spoken(releases) != "2.0.0" {
		t.Errorf("after the rest: %s %v", spoken(releases), err)
	}
}

func TestAWrongAnswerAboutOneNameLetsNoUpstreamRest(t *testing.T) {
	u := honest(t, "hello", "other")
	w := newWorld(t, u)
	latest := reads()[0]
	for _, name := range []string{"hello", "other"} {
		if _, _, err := latest.ask(w, t, name); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"hello", "other"} {
		u.Publish(name, "2.0.0", []byte("x"), nil)
	}
	u.Play(hostile.Answers, hostile.Malformed()["no JSON"])
	w.pass(6 * time.Minute)
	if _, releases, err := latest.ask(w, t, "hello"); err != nil || spoken(releases) != "1.1.0" {
		t.Errorf("%s %v", spoken(releases), err)
	}
	u.Play(hostile.Answers, nil)
	if _, releases, err := latest.ask(w, t, "other"); err != nil || spoken(releases) != "2.0.0" {
		t.Errorf("%s %v", spoken(releases), err)
	}
}

// TestANameBelongsToTheFirstThatHasIt also when that one fails, or lacks a
// version.
func TestANameBelongsToTheFirstThatHasIt(t *testing.T) {
	a, b := honest(t, "both"), honest(t, "both", "late")
	b.Publish("both", "9.0.0", []byte("of b"), nil)
	w := newWorld(t, a, b)
	ask := func(tag string, name string) (string, error) {
		p, r, err := w.queries().Tag(t.Context(), registry.Anonymous, name, tag, registry.Full)
		return r.Version.String() + " of " + strings.NewReplacer(a.URL, "a", b.URL, "b").Replace(p.Upstream), err
	}
	_, err := ask("9.0.0", "both") // the first has the name, and not the version
	wantError(t, err, registry.NotFound)
	if got, err := ask("1.0.0", "late"); err != nil || got != "1.0.0 of b" {
		t.Errorf("%s %v", got, err)
	}
	a.Publish("late", "1.0.0", []byte("of a, later"), nil)
	a.Play(hostile.Answers, hostile.Transport()["status 500"])
	w.pass(4 * day)
	w.Upstreams = w.instance(w.Suppliers...)
	if got, err := ask("1.1.0", "late"); err != nil || got != "1.1.0 of b" {
		t.Errorf("while the first fails: %s %v", got, err)
	}
	for _, unknown := range []string{"new", "both"} {
		_, err := ask("1.0.1", unknown)
		wantError(t, err, registry.Unavailable, a.URL)
	}
	a.Play(hostile.Answers, nil)
	if got, err := ask("^1", "late"); err != nil || got != "1.1.0 of b" {
		t.Errorf("when the first has it too: %s %v", got, err)
	}
	w.Suppliers = w.Suppliers[:1]
	w.Upstreams = w.instance(w.Suppliers...)
	_, err = ask("1.0.0", "late")
	wantError(t, err, registry.Unavailable, b.URL, "forget late")
	if err := w.answers.ForgetOrigin(t.Context(), "late"); err != nil {
		t.Fatal(err)
	}
	if got, err := ask("1.0.0", "late"); err != nil || got != "1.0.0 of a" {
		t.Errorf("forgotten: %s %v", got, err)
	}
}

// What was taken is served when nothing else is left of it.
func TestWhatWasTakenIsServedWithoutTheUpstream(t *testing.T) {
	u := honest(t, "hello")
	w := newWorld(t, u)
	for _, v := range []string{"1.0.0", "1.1.0", "dev.0.3"} {
		p, r, err := w.queries().Tag(t.Context(), registry.Anonymous, "hello", v, registry.Full)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.pins.PutPin(t.Context(), registry.Pin{Name: p.Name, Version: r.Version, Upstream: u.URL, ZIP: r.ZIP, Since: w.now(), Release: &r}); err != nil {
			t.Fatal(err)
		}
	}
	fresh := newWorld(t, u)
	fresh.Upstreams.Pins = w.pins
	u.Play(hostile.Answers, hostile.Transport()["status 500"])
	for _, read := range reads() {
		p, releases, err := read.ask(fresh, t, "hello")
		if err != nil || spoken(releases) != answers()[read.name] || p.Upstream != u.URL || releases[0].Texts.Readme == "" {
			t.Errorf("%s: %+v %s %v", read.name, p, spoken(releases), err)
		}
	}
	_, _, err := fresh.queries().Tag(t.Context(), registry.Anonymous, "hello", "3.0.0", registry.Full)
	wantError(t, err, registry.Unavailable)
}
