package registry

import "context"

// Deleting takes releases back.
type Deleting struct {
	Heads  *Heads
	Blobs  Blobs
	Access *Access
}

// Delete removes one release, for the package's owner or for the maintainer who
// published it: it is in no answer any more, its ZIP is removed, its number
// stays taken. Repeated after a failure it finishes what is left to do.
func (d *Deleting) Delete(ctx context.Context, by Caller, name, version string) error {
	v, err := ParseVersion(version)
	if err != nil {
		return Errorf(Invalid, "Version %q is not a semantic version: name one release exactly, as in 1.0.2 or dev.0.3.", shorten(version))
	}
	missing := noRelease(name, version)
	h, r, err := d.Heads.Catalog.Release(ctx, name, v, Summary)
	if err != nil && CodeOf(err) != NotFound {
		return err
	}
	if err != nil || r.Version.String() != v.String() {
		if _, err := d.Access.role(ctx, by.User, Package{Organization: "-"}); err != nil { // it takes as long as for a hidden one
			return err
		}
		return missing
	}
	if err := d.allowed(ctx, by, h.Package, r, missing); err != nil {
		return err
	}
	if r.Deleted {
		return d.finish(ctx, by, r, missing)
	}
	if err := d.Heads.Catalog.MarkDeleted(ctx, name, v); err != nil {
		return err
	}
	return removeAll(ctx, d.Heads, d.Blobs, by, r)
}

// allowed refuses with missing whoever may not see the package. A deletion that
// was cut short has taken the publisher from the release: any maintainer may
// finish it.
func (d *Deleting) allowed(ctx context.Context, by Caller, p Package, r Release, missing error) error {
	role, err := d.Access.role(ctx, by.User, p)
	if err != nil {
		return err
	}
	if p.Visibility != Public && role < Member {
		return missing
	}
	if role < MaintainerRole || (role < OwnerRole && r.Publisher != by.User && !r.Deleted) {
		return Errorf(Forbidden, "You, %q, can't delete %s of package %q: its owner, %q, can, and the maintainer who published it.", by.User, r.Version, p.Name, p.Owner)
	}
	return by.mayChange(p.Name)
}

// finish completes a deletion that was cut short. One that was complete is
// answered like a release that never was.
func (d *Deleting) finish(ctx context.Context, by Caller, r Release, missing error) error {
	left, err := d.Blobs.Exists(ctx, r.ZIP.Key)
	if err != nil {
		return err
	}
	if !left {
		return missing
	}
	return removeAll(ctx, d.Heads, d.Blobs, by, r)
}

// removeAll takes a release that is marked as deleted from the head, then its
// objects.
func removeAll(ctx context.Context, h *Heads, b Blobs, by Caller, r Release) error {
	if err := h.demote(ctx, by, r.Name, r.Version); err != nil {
		return err
	}
	return removeObjects(ctx, b, r)
}

// removeObjects removes what was made of a release's ZIP, and the ZIP: that is
// last, so that its presence shows an unfinished deletion.
func removeObjects(ctx context.Context, b Blobs, r Release) error {
	if err := b.Delete(ctx, SimpleKey(r.ZIP.Key)); err != nil {
		return err
	}
	return b.Delete(ctx, r.ZIP.Key)
}
