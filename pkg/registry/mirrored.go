package registry

import (
	"context"
	"time"

	"golang.org/x/sync/singleflight"
)

// Starter asks for a ZIP to be taken from its upstream, and does not wait for
// it.
type Starter interface {
	StartMirror(ctx context.Context, name string, v Version) error
}

// Mirrored says where ZIPs are that upstreams have.
type Mirrored struct {
	Mode    UpstreamMode
	Pins    Pins
	Fetches Fetches
	Starter Starter
	Clock   Clock
	// Wait is how long a first download may take until its ZIP is here.
	Wait time.Duration

	flights singleflight.Group
}

// late is until when a download that begins now waits.
func (m *Mirrored) late() time.Time {
	if m == nil {
		return time.Time{}
	}
	return m.Clock().Add(m.Wait)
}

// zip returns the ZIP of an upstream's release, as it is here; or without a Key,
// to be fetched from its Source, when it is not and takes too long. It waits until
// a time. Of what was taken once only what is here is ever handed out.
func (m *Mirrored) zip(ctx context.Context, r Release, late time.Time) (ZIP, error) {
	if m.Mode == Off {
		return ZIP{}, notHandedOut(r)
	}
	pin, err := m.Pins.Pin(ctx, r.Name, r.Version)
	if CodeOf(err) == NotFound && m.Mode == Mirror {
		pin, err = m.wait(ctx, r, late)
	}
	if CodeOf(err) == NotFound {
		return atItsUpstream(r.ZIP), nil
	}
	return pin.ZIP, err
}

// atItsUpstream is a ZIP as its upstream says that it hands it out.
func atItsUpstream(z ZIP) ZIP {
	z.Key, z.Digest = "", z.sent()
	return z
}

// known returns what is known of the ZIP that zip would return now, and why it
// would return none. What will be served of one that is yet to be fetched is
// something else than what its upstream says it has.
func (m *Mirrored) known(ctx context.Context, r Release) (ZIP, error) {
	if m.Mode == Off {
		return ZIP{}, notHandedOut(r)
	}
	pin, err := m.Pins.Pin(ctx, r.Name, r.Version)
	if CodeOf(err) != NotFound {
		return pin.ZIP, err
	}
	if m.Mode == Redirect {
		return atItsUpstream(r.ZIP), nil
	}
	f, err := m.Fetches.Fetch(ctx, r.Name, r.Version)
	if err == nil {
		err = f.failure(m.Clock())
	}
	return ZIP{Source: r.ZIP.Source}, err
}

func notHandedOut(r Release) error {
	return Errorf(NotFound, "This registry hands out no ZIPs of others. Take the one of %s %s from its own.", r.Name, r.Version)
}

// wait waits until a ZIP is here: once for all of this instance who want it.
// NotFound when it is late.
func (m *Mirrored) wait(ctx context.Context, r Release, late time.Time) (Pin, error) {
	flight := m.flights.DoChan(r.Name+" "+r.Version.String(), func() (any, error) {
		const spare = 4 * time.Second // to ask for it, and for the last look
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), m.Wait+spare)
		defer stop()
		return m.await(ctx, r, late)
	})
	select {
	case done := <-flight:
		pin, _ := done.Val.(Pin)
		return pin, done.Err
	case <-ctx.Done():
		return Pin{}, ctx.Err()
	}
}

// How often await looks: sooner at first.
const (
	firstLook = 30 * time.Millisecond
	lastLook  = 500 * time.Millisecond
)

// await asks for the ZIP, unless somebody fetches it, and looks until it is here.
func (m *Mirrored) await(ctx context.Context, r Release, late time.Time) (Pin, error) {
	started := false
	for look := firstLook; ; look = min(2*look, lastLook) {
		f, err := m.Fetches.Fetch(ctx, r.Name, r.Version)
		if err != nil {
			return Pin{}, err
		}
		if err := f.failure(m.Clock()); err != nil {
			return Pin{}, err
		}
		if f.running(m.Clock()) {
			started = true
			if began := f.Since.Add(m.Wait); began.Before(late) { // others have waited for it
				late = began
			}
		} else if pin, err := m.Pins.Pin(ctx, r.Name, r.Version); CodeOf(err) != NotFound {
			return pin, err
		}
		if !started {
			if err := m.Starter.StartMirror(ctx, r.Name, r.Version); err != nil {
				return Pin{}, &Error{Code: Unavailable, Message: "The ZIP can't be taken from its upstream at this moment. Try again in some seconds.", Err: err}
			}
			started = true
		}
		if !m.Clock().Before(late) {
			return Pin{}, Errorf(NotFound, "%s %s is not here yet", r.Name, r.Version)
		}
		select {
		case <-time.After(look):
		case <-ctx.Done():
			return Pin{}, ctx.Err()
		}
	}
}
