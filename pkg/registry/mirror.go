package registry

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// How long a fetch that has ended keeps others from trying again: it failed, or
// what the upstream has is refused.
const (
	failedFor  = 30 * time.Second
	refusedFor = 10 * time.Minute
)

// Mirroring takes ZIPs from upstreams: each version once, and for ever.
type Mirroring struct {
	Taking
	Queries *Queries
	Pins    Pins
	Fetches Fetches
	ZIPs    ZIPs
	Blobs   Blobs
	Reports *Reports
	// Limit is how long a fetch may take.
	Limit time.Duration
}

// Mirror takes the ZIP of an upstream's release, unless it was taken before, and
// returns what it is. Unavailable when somebody else fetches it.
func (m *Mirroring) Mirror(ctx context.Context, name, version string) (Pin, error) {
	p, r, err := m.find(ctx, name, version)
	if err != nil {
		return Pin{}, err
	}
	pin, _, err := m.run(ctx, p, r, m.pinned)
	return pin, err
}

// Ensure is Mirror for whoever may list objects: it also fetches again what was
// taken, and is gone since. It tells whether it fetched.
func (m *Mirroring) Ensure(ctx context.Context, name, version string) (pin Pin, fetched bool, err error) {
	p, r, err := m.find(ctx, name, version)
	if err != nil {
		return Pin{}, false, err
	}
	return m.run(ctx, p, r, m.stored)
}

// pinned returns the ZIP that was taken.
func (m *Mirroring) pinned(ctx context.Context, r Release) (Pin, error) {
	return m.Pins.Pin(ctx, r.Name, r.Version)
}

// stored is pinned, but NotFound when the object is gone.
func (m *Mirroring) stored(ctx context.Context, r Release) (Pin, error) {
	pin, err := m.pinned(ctx, r)
	if err != nil {
		return Pin{}, err
	}
	there, err := m.Blobs.Exists(ctx, pin.ZIP.Key)
	if err == nil && !there {
		err = Errorf(NotFound, "the ZIP of %s %s is gone", r.Name, r.Version)
	}
	return pin, err
}

// find returns a release that an upstream has.
func (m *Mirroring) find(ctx context.Context, name, version string) (Package, Release, error) {
	p, r, err := m.Queries.Tag(ctx, Anonymous, name, version, Full)
	if err == nil && p.Upstream == "" {
		err = Errorf(Invalid, "Package %q was published here: there is nothing to mirror.", p.Name)
	}
	return p, r, err
}

// run fetches a ZIP, alone, unless it is held. It reads the last fetch before it
// looks for the ZIP: so whatever another run does after that look makes begin
// fail, and what it did before is seen.
func (m *Mirroring) run(ctx context.Context, p Package, r Release, held func(context.Context, Release) (Pin, error)) (pin Pin, fetched bool, err error) {
	last, err := m.Fetches.Fetch(ctx, r.Name, r.Version)
	if err != nil {
		return Pin{}, false, err
	}
	if pin, err = held(ctx, r); CodeOf(err) != NotFound {
		return pin, false, err
	}
	f, err := m.begin(ctx, r, last)
	if err != nil {
		return Pin{}, false, err
	}
	work, stop := context.WithTimeout(ctx, m.Limit)
	defer stop()
	pin, err = m.take(work, p, r)
	err = m.end(ctx, r, f, err)
	return pin, err == nil, err
}

// begin tells everybody that this run fetches, unless another one does, or has
// just failed.
func (m *Mirroring) begin(ctx context.Context, r Release, last Fetch) (Fetch, error) {
	now := m.Clock()
	if err := last.failure(now); err != nil {
		return Fetch{}, err
	}
	f := Fetch{ID: rand.Text(), Since: now, Until: now.Add(m.Limit)}
	var err error
	if !last.running(now) {
		err = m.Fetches.PutFetch(ctx, r.Name, r.Version, f, last.ID)
	}
	if last.running(now) || CodeOf(err) == Conflict {
		return Fetch{}, Errorf(Unavailable, "The ZIP of %s %s is being fetched from its upstream. Try again in some seconds.", r.Name, r.Version)
	}
	return f, err
}

// endTimeout is how long telling of the end may take, whatever has ended it.
const endTimeout = 5 * time.Second

// end tells of the end of a fetch, and returns why it failed.
func (m *Mirroring) end(ctx context.Context, r Release, f Fetch, failed error) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer stop()
	now := m.Clock()
	f.Until = now
	if failed != nil {
		f.Reason, f.Until = fmt.Sprintf("The upstream's ZIP of %s %s could not be fetched.", r.Name, r.Version), now.Add(failedFor)
	}
	if e, ok := errors.AsType[*Error](failed); ok {
		f.Reason = e.Message
		if f.Refused = e.Code == Forbidden; f.Refused {
			f.Until = now.Add(refusedFor)
		}
	}
	return errors.Join(failed, m.Fetches.PutFetch(ctx, r.Name, r.Version, f, f.ID))
}

// take fetches a ZIP, and puts what is made of it where it stays. That comes
// before the pin: nobody is sent to what is not there.
func (m *Mirroring) take(ctx context.Context, p Package, r Release) (pin Pin, err error) {
	pin, zip, err := m.fetch(ctx, p, r)
	if err != nil {
		return Pin{}, err
	}
	defer func() { err = errors.Join(err, zip.remove()) }()
	if err := m.agrees(ctx, r, pin.ZIP); err != nil {
		return Pin{}, err
	}
	return m.keep(ctx, pin, zip)
}

// agrees refuses a ZIP that is not what was said of it, and reports one that is
// not what was taken before.
func (m *Mirroring) agrees(ctx context.Context, r Release, zip ZIP) error {
	if !r.ZIP.sent().differs(zip.sent()) {
		return nil
	}
	pin, err := m.Pins.Pin(ctx, r.Name, r.Version)
	if err == nil {
		err = m.Reports.BytesChanged(ctx, pin, zip)
	}
	if err != nil && CodeOf(err) != NotFound {
		return err
	}
	return notAnnounced(r, zip)
}

// keep stores a ZIP, and pins it.
func (m *Mirroring) keep(ctx context.Context, pin Pin, zip *canonical) (Pin, error) {
	body, err := zip.open()
	if err != nil {
		return Pin{}, err
	}
	if err := m.ZIPs.PutZIP(ctx, pin.ZIP.Key, body); err != nil {
		return Pin{}, err
	}
	return m.pin(ctx, pin)
}

// pin pins a version to a ZIP that is stored. When other bytes are pinned by
// then, these go again, and an upstream that sent others is reported.
func (m *Mirroring) pin(ctx context.Context, pin Pin) (Pin, error) {
	stored, err := m.Pins.PutPin(ctx, pin)
	if err != nil || stored.ZIP.Key == pin.ZIP.Key {
		return stored, err
	}
	if stored.ZIP.sent().differs(pin.ZIP.sent()) {
		err = m.Reports.BytesChanged(ctx, stored, pin.ZIP)
	}
	return stored, errors.Join(err, m.Blobs.Delete(ctx, pin.ZIP.Key))
}
