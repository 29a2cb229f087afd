package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// MaxZIP is the largest ZIP that is accepted, in bytes.
const MaxZIP = 200 << 20

// Inspect reads a ZIP that is said to be of the given type. Its errors are
// *Error when the ZIP is to blame.
type Inspect func(zip io.ReaderAt, size int64, t Type) (Inspected, error)

// Inspected is what a ZIP holds.
type Inspected struct {
	Name, Version string // of its publish.yaml
	License       string // as ZIP.License
}

// Ingesting turns uploads into releases. Any of its steps may be repeated, cut
// short, or race with another: the storage's callback and its notification
// both start it.
type Ingesting struct {
	Heads   *Heads
	Uploads Uploads
	Blobs   Blobs
	Access  *Access
	Inspect Inspect
	Clock   Clock
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
		return u.Outcome, i.Blobs.Delete(ctx, UploadKey(id))
	}
	outcome := Outcome{Released: true}
	err = i.release(ctx, &u)
	if r, ok := errors.AsType[rejection](err); ok {
		outcome = Outcome{Reason: r.reason}
	} else if CodeOf(err) == NotFound {
		return i.overtaken(ctx, id, err)
	} else if err != nil {
		return Outcome{}, err
	}
	if outcome, err = i.Uploads.Finish(ctx, id, outcome); err != nil {
		return Outcome{}, err
	}
	return outcome, i.Blobs.Delete(ctx, UploadKey(id))
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
func (i *Ingesting) release(ctx context.Context, u *Upload) error {
	zip, etag, err := i.inspect(ctx, u)
	if err != nil {
		return err
	}
	if err := i.claim(ctx, u); err != nil {
		return err
	}
	for {
		r, err := i.insert(ctx, u, zip, etag)
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

// inspect reads the uploaded ZIP once, into a temporary file, and checks it.
func (i *Ingesting) inspect(ctx context.Context, u *Upload) (zip ZIP, etag string, err error) {
	body, info, err := i.Blobs.Open(ctx, UploadKey(u.ID))
	if err != nil {
		return ZIP{}, "", err
	}
	defer body.Close()
	if info.Size > MaxZIP {
		return ZIP{}, "", rejection{fmt.Sprintf("The ZIP has %d bytes; at most %d are allowed.", info.Size, MaxZIP)}
	}
	file, remove, err := TempFile("upload-*.zip")
	if err != nil {
		return ZIP{}, "", err
	}
	defer func() { err = errors.Join(err, remove()) }()
	sum := sha256.New()
	size, err := io.Copy(file, io.TeeReader(io.LimitReader(body, MaxZIP+1), sum))
	if err != nil {
		return ZIP{}, "", fmt.Errorf("read upload %s: %w", u.ID, err)
	}
	if size != info.Size {
		return ZIP{}, "", fmt.Errorf("read upload %s: got %d of %d bytes", u.ID, size, info.Size)
	}
	found, err := i.Inspect(file, size, u.Release.Type)
	zip = ZIP{Size: size, SHA256: hex.EncodeToString(sum.Sum(nil)), License: found.License}
	return zip, info.ETag, agrees(u, found, err)
}

// agrees rejects a ZIP that is not what was announced.
func agrees(u *Upload, found Inspected, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return rejection{e.Message}
	}
	if err != nil {
		return err
	}
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
func (i *Ingesting) insert(ctx context.Context, u *Upload, zip ZIP, etag string) (Release, error) {
	r := u.Release
	r.PublishTime = i.Clock().UTC().Truncate(time.Second)
	r.ZIP = zip
	r.ZIP.Key = ZIPKey(r.Name, r.Version, zip.SHA256)
	err := i.Blobs.Copy(ctx, UploadKey(u.ID), etag, r.ZIP.Key)
	if CodeOf(err) == Conflict {
		return Release{}, Errorf(Unavailable, "The upload was replaced while it was inspected. Wait, or publish again.")
	}
	if err != nil {
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

// withdraw removes the copy made for r, unless it is the stored release's.
func (i *Ingesting) withdraw(ctx context.Context, r, stored Release) error {
	switch {
	case stored.ZIP.Key != r.ZIP.Key:
		return i.Blobs.Delete(ctx, r.ZIP.Key)
	case stored.Deleted: // with the copy it looks like an unfinished deletion: finish it
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
