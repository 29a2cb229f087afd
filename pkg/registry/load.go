package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	if err == nil && (stored.ZIP.differs(pin.ZIP) || stored.Version != pin.Version) {
		return fmt.Sprintf("%s with %s was taken before, this is %s", stored.Version, stored.ZIP.bytes(), pin.ZIP.bytes()), nil
	}
	if err != nil && CodeOf(err) != NotFound {
		return "", err
	}
	return m.spoilt(ctx, s, pin)
}

// spoilt says why the ZIP of a release may not be here.
func (m *Mirroring) spoilt(ctx context.Context, s Shelved, pin Pin) (problem string, err error) {
	body, err := s.OpenZIP(ctx, pin)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	file, remove, err := TempFile("load-*.zip")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, remove()) }()
	size, err := io.Copy(file, io.LimitReader(body, MaxZIP+1))
	if err != nil {
		return "", err
	}
	if size > MaxZIP {
		return fmt.Sprintf("its ZIP has more than %d bytes", MaxZIP), nil
	}
	_, err = m.inspect(*pin.Release, file, size)
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message, nil
	}
	return "", err
}

// load brings in one release: the ZIP before the pin, by which it is found.
func (m *Mirroring) load(ctx context.Context, s Shelved, pin Pin, p *Progress) error {
	o, err := m.Queries.Upstreams.Answers.PutOrigin(ctx, Origin{Name: pin.Name, Upstream: pin.Upstream, Since: pin.Since})
	if err != nil {
		return err
	}
	if o.Upstream != pin.Upstream {
		return fmt.Errorf("%s %s: the name was taken by a package of %s meanwhile", pin.Name, pin.Version, o.Upstream)
	}
	pin.ZIP.Key = MirrorKey(pin.Name, pin.Version, pin.ZIP.SHA256)
	there, err := m.Blobs.Exists(ctx, pin.ZIP.Key)
	if err != nil {
		return err
	}
	if !there {
		err = newFerry().carry(ctx, Release{Name: pin.Name, Version: pin.Version, ZIP: pin.ZIP},
			func(ctx context.Context, _ Release) (io.ReadCloser, error) { return s.OpenZIP(ctx, pin) },
			func(ctx context.Context, body io.Reader) error { return m.ZIPs.PutZIP(ctx, pin.ZIP.Key, body) })
	}
	if err != nil {
		return err
	}
	if _, err := m.pin(ctx, pin); err != nil {
		return err
	}
	if there {
		p.Skipped.Add(1)
		return nil
	}
	p.Done.Add(1)
	p.Bytes.Add(pin.ZIP.Size)
	return nil
}
