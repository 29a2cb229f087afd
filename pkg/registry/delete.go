package registry

import "context"

// Deleting takes releases back.
type Deleting struct {
	Catalog Catalog
	Blobs   Blobs
}

// Delete removes one release for the package's owner: it is in no answer any
// more, its ZIP is removed, its number stays taken. Repeated after a failure it
// finishes what is left to do.
func (d *Deleting) Delete(ctx context.Context, user, name, version string) error {
	v, err := ParseVersion(version)
	if err != nil {
		return err
	}
	h, r, err := d.Catalog.Release(ctx, name, v, Summary)
	if CodeOf(err) == NotFound || (err == nil && r.Version.String() != v.String()) {
		return noRelease(name, version)
	}
	if err != nil {
		return err
	}
	if h.Owner != user {
		return Errorf(Forbidden, "Package %q belongs to user %q, and you are %q. Only the owner can delete a release.", h.Name, h.Owner, user)
	}
	if r.Deleted {
		return d.finish(ctx, r)
	}
	if err := d.Catalog.MarkDeleted(ctx, name, v); err != nil {
		return err
	}
	return removeAll(ctx, d.Catalog, d.Blobs, r)
}

// finish completes a deletion that was cut short. One that was complete is
// answered like a release that never was.
func (d *Deleting) finish(ctx context.Context, r Release) error {
	body, _, err := d.Blobs.Open(ctx, r.ZIP.Key)
	if CodeOf(err) == NotFound {
		return noRelease(r.Name, r.Version.String())
	}
	if err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	return removeAll(ctx, d.Catalog, d.Blobs, r)
}

// removeAll takes a release that is marked as deleted from the head, then its
// ZIP: the ZIP is last, so that its presence shows an unfinished deletion.
func removeAll(ctx context.Context, c Catalog, b Blobs, r Release) error {
	if err := demote(ctx, c, r.Name, r.Version); err != nil {
		return err
	}
	return b.Delete(ctx, r.ZIP.Key)
}
