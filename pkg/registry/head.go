package registry

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// maxTries bounds how often a head is written again when others write it too.
const maxTries = 20

// pause waits a random time that grows with the number of tries.
func pause(ctx context.Context, try int) error {
	timer := time.NewTimer(rand.N(time.Duration(try+1) * 5 * time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Heads writes the heads of packages, each change with its event.
//
// A change reads releases only after the head, and every publish and delete
// writes the head after its release. So whoever decides on releases that have
// changed meanwhile finds another revision, and decides anew.
//
// Webhooks are owed an event before it happens: whatever ends after that, what
// has happened is found, and delivered.
type Heads struct {
	Catalog   Catalog
	Recorder  *Recorder
	Notifying *Notifying // nil: nobody hears of changes
}

func (h *Heads) change(ctx context.Context, by Caller, operation, name string, alter func(*Head) (string, string, error)) error {
	owed := false
	err := Apply(ctx, h.Recorder, Change[*Head]{
		Subject:   PackageSubject(name),
		By:        by,
		Operation: operation,
		Read: func(ctx context.Context) (*Head, error) {
			head, err := h.Catalog.Head(ctx, name, Full)
			if CodeOf(err) == NotFound {
				return &Head{Package: Package{Name: name}}, nil
			}
			return &head, err
		},
		Alter: alter,
		Write: func(ctx context.Context, head *Head) error {
			toTell, err := h.Notifying.owe(ctx, head.Package, *head.Event)
			owed = owed || toTell
			if err != nil {
				return err
			}
			return h.Catalog.PutHead(ctx, *head)
		},
	})
	if err == nil && owed {
		h.Notifying.poke(ctx)
	}
	return err
}

// promote moves a package's latest release forward to r, if r outranks it and
// has not been deleted since. also changes the package at the same time, and
// says how.
func (h *Heads) promote(ctx context.Context, by Caller, r Release, also func(*Head) (string, error)) error {
	return h.change(ctx, by, "publish "+r.Upload, r.Name, func(head *Head) (string, string, error) {
		_, stored, err := h.Catalog.Release(ctx, r.Name, r.Version, Full)
		if err != nil {
			return "", "", err
		}
		if !stored.Deleted && (head.Latest == nil || r.Version.Outranks(head.Latest.Version)) {
			head.Latest = &stored
		}
		changed, err := also(head)
		return "publish", strings.TrimSpace(r.Version.String() + " sha256 " + r.ZIP.SHA256 + " " + changed), err
	})
}

// set gives the package another visibility and organization, and says so.
func (h *Head) set(p Package) string {
	said := fmt.Sprintf("%s -> %s", h.Visibility, p.Visibility)
	if h.Organization != p.Organization {
		said += fmt.Sprintf(", organization %q -> %q", h.Organization, p.Organization)
	}
	h.Visibility, h.Organization = p.Visibility, p.Organization
	return said
}

// demote chooses a new latest release after v was deleted, if v was it.
func (h *Heads) demote(ctx context.Context, by Caller, name string, v Version) error {
	return h.change(ctx, by, "delete "+v.SortKey(), name, func(head *Head) (string, string, error) {
		var err error
		if head.Latest != nil && head.Latest.Version.Compare(v) == 0 {
			head.Latest, err = findLatest(ctx, h.Catalog, name)
		}
		return "delete", v.String(), err
	})
}

func findLatest(ctx context.Context, c Catalog, name string) (*Release, error) {
	best, err := highest(ctx, c, name)
	if err != nil || best.IsZero() {
		return nil, err
	}
	_, r, err := c.Release(ctx, name, best, Full)
	return &r, err
}

// highest returns the version that is a package's latest, none when every
// release has been deleted.
func highest(ctx context.Context, c Catalog, name string) (best Version, err error) {
	for _, dev := range []bool{false, true} {
		for l, err := range c.Versions(ctx, name, dev) {
			if err != nil {
				return Version{}, err
			}
			if l.Deleted {
				continue
			}
			if l.Version.Outranks(best) {
				best = l.Version
			}
			if dev || best.stable() {
				break
			}
		}
		if !best.IsZero() {
			break
		}
	}
	return best, nil
}
