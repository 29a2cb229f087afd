package mirror_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/hostile"
)

// interrupted are pins and fetches of a run that stands still after one of its
// calls, for as long as another one takes.
type interrupted struct {
	*memory.Pins
	nth, calls int
	other      func()
}

func (i *interrupted) called() {
	if i.calls++; i.calls == i.nth {
		i.other()
	}
}

func (i *interrupted) Pin(ctx context.Context, name string, v registry.Version) (registry.Pin, error) {
	defer i.called()
	return i.Pins.Pin(ctx, name, v)
}

func (i *interrupted) PutPin(ctx context.Context, p registry.Pin) (registry.Pin, error) {
	defer i.called()
	return i.Pins.PutPin(ctx, p)
}

func (i *interrupted) Fetch(ctx context.Context, name string, v registry.Version) (registry.Fetch, error) {
	defer i.called()
	return i.Pins.Fetch(ctx, name, v)
}

func (i *interrupted) PutFetch(ctx context.Context, name string, v registry.Version, f registry.Fetch, over string) error {
	defer i.called()
	return i.Pins.PutFetch(ctx, name, v, f, over)
}

// Wherever a run stands while another one is whole, the upstream is asked for
// the ZIP once.
func TestRunsThatMeetFetchOnce(t *testing.T) {
	const calls = 5 // the last fetch, the pin, the fetch, the new pin, the end
	for nth := 1; nth <= calls; nth++ {
		t.Run(fmt.Sprintf("after call %d", nth), func(t *testing.T) {
			s := newSite(t)
			s.publish("1.0.0", hostile.GoodZIP("hello", "1.0.0"))
			other := *s.mirroring
			i := &interrupted{Pins: s.pins, nth: nth, other: func() {
				if _, err := other.Mirror(t.Context(), "hello", "1.0.0"); err != nil && registry.CodeOf(err) != registry.Unavailable {
					t.Error(err)
				}
			}}
			s.mirroring.Pins, s.mirroring.Fetches = i, i
			if _, err := s.mirroring.Mirror(t.Context(), "hello", "1.0.0"); err != nil && registry.CodeOf(err) != registry.Unavailable {
				t.Error(err)
			}
			if n := len(s.up.Downloads()); n != 1 || i.calls < nth {
				t.Errorf("%d downloads at the upstream, %d calls", n, i.calls)
			}
			if got, want := s.pinned(t), "1.0.0"; got != want {
				t.Errorf("%q is here, want %q", got, want)
			}
		})
	}
}
