package registry

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Shelf is where releases of upstreams are put that are to be carried to a
// network without a way to them.
type Shelf interface {
	// Shelved returns the pin of a release that is there whole. NotFound when it
	// is not.
	Shelved(ctx context.Context, name string, v Version) (Pin, error)
	// Put adds a release, with its ZIP. The body stays open.
	Put(ctx context.Context, p Pin, zip io.Reader) error
}

// Shelved is what a shelf holds: whole and unaltered.
type Shelved interface {
	// Pins yields the pins of all releases, each with its Release.
	Pins(ctx context.Context) iter.Seq2[Pin, error]
	// OpenZIP reads the ZIP of one.
	OpenZIP(ctx context.Context, p Pin) (io.ReadCloser, error)
}

// Carrying takes releases from upstreams to a shelf. It needs no registry, and
// so knows nothing of the names that one has or reserves: those are looked at
// when the shelf is brought in.
type Carrying struct {
	Taking
	Suppliers []Supplier // in order: a package is taken from the first that has it
}

// Carry puts all that wishes name onto a shelf, as Mirroring.Ahead does into a
// registry.
func (c *Carrying) Carry(ctx context.Context, wishes []Wish, shelf Shelf, p *Progress) error {
	from := suppliers(c.Suppliers)
	all, err := survey(ctx, from, wishes, p)
	if err != nil {
		return err
	}
	return inParallel(ctx, zipsAtOnce, all, func(ctx context.Context, one wished) error {
		pin, err := shelf.Shelved(ctx, one.name, one.version)
		if CodeOf(err) != NotFound {
			p.done(pin.ZIP.Size, false)
			return err
		}
		pin, err = c.carry(ctx, from, one, shelf)
		if err == nil {
			p.done(pin.ZIP.Size, true)
		}
		return p.refused(one, err)
	})
}

func (c *Carrying) carry(ctx context.Context, from suppliers, one wished, shelf Shelf) (pin Pin, err error) {
	pkg, r, err := from.Release(ctx, one.name, one.version)
	if err != nil {
		return Pin{}, err
	}
	pin, zip, err := c.fetch(ctx, pkg, r)
	if err != nil {
		return Pin{}, err
	}
	defer func() { err = errors.Join(err, zip.remove()) }()
	if r.ZIP.sent().differs(pin.ZIP.sent()) {
		return Pin{}, notAnnounced(r, pin.ZIP)
	}
	body, err := zip.open()
	if err != nil {
		return Pin{}, err
	}
	return pin, shelf.Put(ctx, pin, body)
}

// suppliers are asked in order: the first that has a package answers for it.
type suppliers []Supplier

func (s suppliers) of(ctx context.Context, name string) (Supplier, error) {
	for _, one := range s {
		if !one.supplies(name) {
			continue
		}
		if _, _, err := one.Latest(ctx, name); CodeOf(err) != NotFound {
			return one, err
		}
	}
	return Supplier{}, Errorf(NotFound, "No upstream has a package %q. Check the name, and UPSTREAMS.", shorten(name))
}

// Latest implements lists.
func (s suppliers) Latest(ctx context.Context, name string) (Package, Release, error) {
	one, err := s.of(ctx, name)
	if err != nil {
		return Package{}, Release{}, err
	}
	return one.Latest(ctx, name)
}

// Releases implements lists.
func (s suppliers) Releases(ctx context.Context, name string) (Package, []Release, error) {
	one, err := s.of(ctx, name)
	if err != nil {
		return Package{}, nil, err
	}
	return one.Releases(ctx, name)
}

// Release returns one release.
func (s suppliers) Release(ctx context.Context, name string, v Version) (Package, Release, error) {
	one, err := s.of(ctx, name)
	if err != nil {
		return Package{}, Release{}, err
	}
	return one.Release(ctx, name, v)
}
