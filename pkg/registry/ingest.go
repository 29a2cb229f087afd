package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Ingesting turns uploads into releases. Any of its steps may be repeated, cut
// short, or race with another: the storage's callback and its notification
// both start it.
type Ingesting struct {
	Heads        *Heads
	Uploads      Uploads
	Attempts     Attempts // where the publisher finds what became of the upload
	Blobs        Blobs
	ZIPs         ZIPs
	Access       *Access
	Canonicalize Canonicalize
	Disk         *Disk
	Clock        Clock
	// Answers know which names came from upstreams.
	Answers Answers
}

// rejection is the reason for which an upload will never be released.
type rejection struct{ reason string }

func (r rejection) Error() string { return r.reason }

// Ingest inspects what was uploaded under id and releases or rejects it.
func (i *Ingesting) Ingest(ctx context.Context, id string) (Outcome, error) {
	u, err := i.Uploads.Upload(ctx, id)
	if CodeOf(err) == NotFound {
		return Outcome{Reason: "Nobody announced this upload, or it came too late. Publish again."}, i.Blobs.Delete(ctx, UploadKey(id))
	}
	if err != nil {
		return Outcome{}, err
	}
	if u.Outcome.Done() {
		return u.Outcome, i.conclude(ctx, u, u.Outcome)
	}
	if err := i.reached(ctx, u, AttemptChecking, ""); err != nil {
		return Outcome{}, err
	}
	outcome := Outcome{Released: true}
	err = i.release(ctx, &u)
	if r, ok := errors.AsType[rejection](err); ok {
		outcome = Outcome{Reason: plain(r.reason)}
	} else if CodeOf(err) == NotFound {
		return i.overtaken(ctx, id, err)
	} else if err != nil {
		return Outcome{}, err
	}
	if outcome, err = i.Uploads.Finish(ctx, id, outcome); err != nil {
		return Outcome{}, err
	}
	return outcome, i.conclude(ctx, u, outcome)
}

// overtaken looks again at an upload whose object is not there: another run
// may have finished it.
func (i *Ingesting) overtaken(ctx context.Context, id string, missing error) (Outcome, error) {
	u, err := i.Uploads.Upload(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	if !u.Outcome.Done() {
		return Outcome{}, fmt.Errorf("upload %s has no object: %w", id, missing)
	}
	return u.Outcome, nil
}

// release brings the upload to a visible release, or says why not.
func (i *Ingesting) release(ctx context.Context, u *Upload) (err error) {
	body, info, err := i.Blobs.Open(ctx, UploadKey(u.ID))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	if info.Size > MaxZIP {
		return rejection{fmt.Sprintf("The ZIP has %d bytes; at most %d are allowed.", info.Size, MaxZIP)}
	}
	const copies = 2 // the upload and what is made of it
	free, err := i.Disk.reserve(ctx, copies*info.Size)
	if err != nil {
		return err
	}
	defer free()
	zip, err := i.inspect(ctx, u, &exactly{body, info.Size})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, zip.remove()) }()
	return i.publish(ctx, u, zip)
}

// publish makes of an inspected ZIP a visible release.
func (i *Ingesting) publish(ctx context.Context, u *Upload, zip *canonical) error {
	if err := i.claim(ctx, u); err != nil {
		return err
	}
	for {
		r, err := i.insert(ctx, u, zip)
		if err == nil {
			return i.promote(ctx, u, r)
		}
		if CodeOf(err) != Conflict {
			return err
		}
		if !u.Dev {
			return rejection{err.Error()}
		}
		if err := i.renumber(ctx, u); err != nil {
			return err
		}
	}
}

// inspect reads the uploaded ZIP once, and makes of it what is served. What the
// uploader replaces meanwhile changes neither.
func (i *Ingesting) inspect(ctx context.Context, u *Upload, body io.Reader) (*canonical, error) {
	zip, err := newCanonical(ctx, i.Canonicalize, body, u.Release.Type)
	if reason := noSpace(err); reason != "" {
		return nil, rejection{reason}
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Code == Invalid {
		return nil, rejection{e.Message}
	}
	if err != nil {
		return nil, fmt.Errorf("inspect upload %s: %w", u.ID, err)
	}
	if err := agrees(u, zip.found); err != nil {
		return nil, errors.Join(err, zip.remove())
	}
	return zip, nil
}

// agrees rejects a ZIP that is not what was announced.
func agrees(u *Upload, found Inspected) error {
	if found.Name != u.Package.Name {
		return rejection{fmt.Sprintf("The ZIP's publish.yaml says Name %q, but %q was announced.", shorten(found.Name), u.Package.Name)}
	}
	if found.Version != u.InZIP && found.Version != u.Release.Version.String() {
		return rejection{fmt.Sprintf("The ZIP's publish.yaml says Version %q, but %q was announced.", shorten(found.Version), u.InZIP)}
	}
	return nil
}

// claim makes the publisher the owner of a name that nobody has. Of one that is
// taken it checks the publisher's rights again, and closes the package before
// anything of a closer release can be seen.
func (i *Ingesting) claim(ctx context.Context, u *Upload) error {
	return i.Heads.change(ctx, u.By, "claim "+u.ID, u.Package.Name, func(h *Head) (string, string, error) {
		if h.Revision == 0 {
			h.Package = u.Package
			clash, err := i.clash(ctx, h.Name)
			return "create", string(u.Package.Visibility) + clash, err
		}
		err := i.Access.mayPublish(ctx, u.By, &h.Package, u.Package)
		if e, ok := errors.AsType[*Error](err); ok && e.Code != Unavailable {
			return "", "", rejection{e.Message}
		}
		if err != nil || !h.Package.hides(u.Package) {
			return "", "", err
		}
		return "visibility", h.set(u.Package), nil
	})
}

// clash says, for the audit, that a new name is also one that came from an
// upstream until now, spelled so or in lower case.
func (i *Ingesting) clash(ctx context.Context, name string) (string, error) {
	names := []string{name, Key(name)}
	origins, err := i.Answers.Known(ctx, slices.Compact(names))
	if err != nil || len(origins) == 0 {
		return "", err
	}
	return fmt.Sprintf("; came from %s until now, since %s", origins[0].Upstream, origins[0].Since.Format(time.RFC3339)), nil
}

// promote makes the release the latest one, if it is, and opens the package if
// the release is more open and its publisher owns the package: unless somebody
// has closed it since the publisher was told of that.
func (i *Ingesting) promote(ctx context.Context, u *Upload, r Release) error {
	return i.Heads.promote(ctx, u.By, r, func(h *Head) (string, error) {
		same := h.Visibility == u.Package.Visibility && h.Organization == u.Package.Organization
		if same || h.Visibility != u.Before {
			return "", nil
		}
		role, err := i.Access.role(ctx, u.By.User, h.Package)
		if err != nil || role < OwnerRole {
			return "", err
		}
		return h.set(u.Package), nil
	})
}

// insert puts the ZIP where released ones stay, then adds the release.
func (i *Ingesting) insert(ctx context.Context, u *Upload, zip *canonical) (Release, error) {
	r := u.Release
	r.PublishTime = i.Clock().UTC().Truncate(time.Second)
	r.ZIP = zip.ZIP
	r.ZIP.Key = ZIPKey(r.Name, r.Version, zip.SHA256)
	body, err := zip.open()
	if err != nil {
		return Release{}, err
	}
	if err := i.ZIPs.PutZIP(ctx, r.ZIP.Key, body); err != nil {
		return Release{}, err
	}
	stored, err := i.Heads.Catalog.PutRelease(ctx, r)
	taken := CodeOf(err) == Conflict
	if err != nil && !taken {
		return Release{}, err
	}
	if err := i.withdraw(ctx, r, stored); err != nil {
		return Release{}, err
	}
	switch {
	case taken:
		return Release{}, versionTaken(stored)
	case stored.Deleted: // released by an earlier run, and deleted since
		return Release{}, rejection{versionTaken(stored).Error()}
	}
	return stored, nil
}

// withdraw removes the ZIP put for r, unless it is the stored release's.
func (i *Ingesting) withdraw(ctx context.Context, r, stored Release) error {
	switch {
	case stored.ZIP.Key != r.ZIP.Key:
		return i.Blobs.Delete(ctx, r.ZIP.Key)
	case stored.Deleted: // with that ZIP it looks like an unfinished deletion: finish it
		return removeAll(ctx, i.Heads, i.Blobs, Caller{User: stored.Publisher}, stored)
	}
	return nil
}

// renumber gives a development build whose number was taken the next free one.
func (i *Ingesting) renumber(ctx context.Context, u *Upload) error {
	next, err := nextDevBuild(ctx, i.Heads.Catalog, u.Package.Name)
	if err != nil {
		return err
	}
	err = i.Uploads.Assign(ctx, u.ID, u.Release.Version, next)
	if err != nil && CodeOf(err) != Conflict {
		return err
	}
	// On a conflict another run has chosen a number: take the stored one.
	stored, err := i.Uploads.Upload(ctx, u.ID)
	u.Release.Version = stored.Release.Version
	return err
}
