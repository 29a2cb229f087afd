package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Load brings in what a shelf holds, unless something here contradicts it, or a
// ZIP may not be here: then nothing is written. What is here already stays.
// Stopped anywhere and begun again, it ends in the same state.
func (m *Mirroring) Load(ctx context.Context, s Shelved, p *Progress) error {
	var mu sync.Mutex
	var found contradiction
	err := inParallel(ctx, zipsAtOnce, s.Pins(ctx), func(ctx context.Context, pin Pin) error {
		problem, err := m.contradicts(ctx, s, pin)
		mu.Lock()
		defer mu.Unlock()
		if problem != "" {
			found = append(found, fmt.Sprintf("%s %s: %s", pin.Name, pin.Version, problem))
		}
		p.ToDo.Add(1)
		p.ToDoBytes.Add(pin.ZIP.Size)
		return err
	})
	if err != nil {
		return err
	}
	if len(found) > 0 {
		slices.Sort(found)
		return fmt.Errorf("nothing was loaded:\n  %w", found)
	}
	return inParallel(ctx, zipsAtOnce, s.Pins(ctx), func(ctx context.Context, pin Pin) error {
		return patiently(ctx, func(ctx context.Context) error { return m.load(ctx, s, pin, p) })
	})
}

// contradicts says why a release can't be brought in, "" when it can.
func (m *Mirroring) contradicts(ctx context.Context, s Shelved, pin Pin) (string, error) {
	_, err := m.Queries.Catalog.Head(ctx, pin.Name, Summary)
	if CodeOf(err) != NotFound {
		return "a package of this name was published here", err
	}
	kept, err := m.Queries.Upstreams.Answers.Kept(ctx, pin.Name, LatestQuestion)
	if err != nil {
		return "", err
	}
	if o := kept.Origin; o != nil && o.Upstream != pin.Upstream {
		return "the name is that of a package of " + o.Upstream, nil
	}
	if matches(kept.Reserved, pin.Name) {
		return "the name is reserved", nil
	}
	if !slices.ContainsFunc(m.Queries.Upstreams.Suppliers, func(u Supplier) bool { return u.URL == pin.Upstream && u.supplies(pin.Name) }) {
		return fmt.Sprintf("it is from %s, which is not asked for this name: see UPSTREAMS", pin.Upstream), nil
	}
	stored, err := m.Pins.Pin(ctx, pin.Name, pin.Version)
	if err == nil && (stored.ZIP.sent().differs(pin.ZIP.sent()) || stored.Version != pin.Version) {
		return fmt.Sprintf("%s with %s was taken before, this is %s", stored.Version, stored.ZIP.sent().describe(), pin.ZIP.sent().describe()), nil
	}
	if err != nil && CodeOf(err) != NotFound {
		return "", err
	}
	return m.spoilt(ctx, s, pin)
}

// spoilt says why the ZIP of a release may not be here.
func (m *Mirroring) spoilt(ctx context.Context, s Shelved, pin Pin) (problem string, err error) {
	zip, err := m.shelved(ctx, s, pin)
	if e, ok := errors.AsType[*Error](err); ok && e.Code == Forbidden {
		return e.Message, nil
	}
	if err != nil {
		return "", err
	}
	return "", zip.remove()
}

// shelved reads the ZIP of a release, and makes of it what is served: which it
// is, unless it was shelved before there was a canonical form.
func (m *Mirroring) shelved(ctx context.Context, s Shelved, pin Pin) (zip *canonical, err error) {
	body, err := s.OpenZIP(ctx, pin)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	if pin.ZIP.Size > MaxZIP {
		return nil, refuse(*pin.Release, "it has %d bytes; at most %d are allowed.", pin.ZIP.Size, MaxZIP)
	}
	zip, err = m.canonical(ctx, *pin.Release, &exactly{body, pin.ZIP.Size})
	if err == nil && zip.Original != pin.ZIP.Digest {
		err = fmt.Errorf("the ZIP of %s %s has changed meanwhile: it has %s, not %s", pin.Name, pin.Version, zip.Original.describe(), pin.ZIP.Digest.describe())
		return nil, errors.Join(err, zip.remove())
	}
	return zip, err
}

// load brings in one release: the ZIP before the pin, by which it is found.
func (m *Mirroring) load(ctx context.Context, s Shelved, pin Pin, p *Progress) (err error) {
	o, err := m.Queries.Upstreams.Answers.PutOrigin(ctx, Origin{Name: pin.Name, Upstream: pin.Upstream, Since: pin.Since})
	if err != nil {
		return err
	}
	if o.Upstream != pin.Upstream {
		return fmt.Errorf("%s %s: the name was taken by a package of %s meanwhile", pin.Name, pin.Version, o.Upstream)
	}
	zip, err := m.shelved(ctx, s, pin)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, zip.remove()) }()
	pin.ZIP.Original, pin.ZIP.Digest = pin.ZIP.sent(), zip.Digest
	pin.ZIP.Key = MirrorKey(pin.Name, pin.Version, pin.ZIP.SHA256)
	there, err := m.Blobs.Exists(ctx, pin.ZIP.Key)
	if err != nil {
		return err
	}
	if there {
		_, err := m.pin(ctx, pin)
		p.Skipped.Add(1)
		return err
	}
	if _, err := m.keep(ctx, pin, zip); err != nil {
		return err
	}
	p.Done.Add(1)
	p.Bytes.Add(pin.ZIP.Size)
	return nil
}
