package registry_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// failing fails one call of those that are counted.
type failing struct {
	registry.Answers
	registry.Pins
	calls, at int
}

var errStorage = errors.New("the storage failed")

func (f *failing) fails() error {
	f.calls++
	if f.calls == f.at {
		return errStorage
	}
	return nil
}

func (f *failing) Kept(ctx context.Context, name string, q registry.Question) (registry.Kept, error) {
	if err := f.fails(); err != nil {
		return registry.Kept{}, err
	}
	return f.Answers.Kept(ctx, name, q)
}

func (f *failing) Keep(ctx context.Context, name string, q registry.Question, a registry.Answer) error {
	if err := f.fails(); err != nil {
		return err
	}
	return f.Answers.Keep(ctx, name, q, a)
}

func (f *failing) PutOrigin(ctx context.Context, o registry.Origin) (registry.Origin, error) {
	if err := f.fails(); err != nil {
		return registry.Origin{}, err
	}
	return f.Answers.PutOrigin(ctx, o)
}

func (f *failing) Pin(ctx context.Context, name string, v registry.Version) (registry.Pin, error) {
	if err := f.fails(); err != nil {
		return registry.Pin{}, err
	}
	return f.Pins.Pin(ctx, name, v)
}

func (f *failing) Answered(ctx context.Context, name string) iter.Seq2[registry.Answered, error] {
	if err := f.fails(); err != nil {
		return func(yield func(registry.Answered, error) bool) { yield(registry.Answered{}, err) }
	}
	return f.Answers.Answered(ctx, name)
}

func (f *failing) PinsOf(ctx context.Context, name string) iter.Seq2[registry.Pin, error] {
	if err := f.fails(); err != nil {
		return func(yield func(registry.Pin, error) bool) { yield(registry.Pin{}, err) }
	}
	return f.Pins.PinsOf(ctx, name)
}

// TestEachCallThatKeepsAnswersFails fails each call of each read: the answer is
// right or an error, never that there is no such package, and right the next
// time.
func TestEachCallThatKeepsAnswersFails(t *testing.T) {
	for _, read := range reads() {
		failed := 0
		for at := 1; ; at++ {
			w := newWorld(t, honest(t, "hello"))
			f := &failing{Answers: w.answers, Pins: w.pins, at: at}
			w.Upstreams.Answers, w.Upstreams.Pins = f, f
			_, releases, err := read.ask(w, t, "hello")
			if err != nil && !errors.Is(err, errStorage) {
				t.Errorf("%s, call %d: %v", read.name, at, err)
			}
			if err == nil && spoken(releases) != answers()[read.name] {
				t.Errorf("%s, call %d: %s", read.name, at, spoken(releases))
			}
			if err != nil {
				failed++
			}
			for range 2 {
				if _, releases, err := w.askAnew(t, read, "hello"); err != nil || spoken(releases) != answers()[read.name] {
					t.Errorf("%s, after call %d: %s %v", read.name, at, spoken(releases), err)
				}
			}
			if f.calls < at {
				break
			}
		}
		if failed == 0 {
			t.Errorf("%s: no call was made that may fail", read.name)
		}
	}
}
