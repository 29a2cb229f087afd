package registry

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"
)

// UploadPrefix and PackagePrefix are where uploads wait and where released
// ZIPs stay.
const (
	UploadPrefix  = "uploads/"
	PackagePrefix = "packages/"
)

// UploadKey is the object to which an upload's ZIP is put.
func UploadKey(id string) string { return UploadPrefix + id + ".zip" }

// Publishing takes announcements of new releases.
type Publishing struct {
	Catalog    Catalog
	Uploads    Uploads
	Attempts   Attempts
	Blobs      Blobs
	Access     *Access
	Organizing *Organizing
	// ClosedOrganizations leaves creating organizations to the administrator.
	ClosedOrganizations bool
	// CallbackURL is where the storage reports that an upload has arrived.
	CallbackURL string
	// TTL is how long the address for the upload is good for.
	TTL   time.Duration
	Clock Clock
}

// Announcement is the answer to a Submission.
type Announcement struct {
	URL   string   // to which the ZIP is to be PUT
	Notes []string // what the publisher should know
}

// Submission is what a publisher announces.
type Submission struct {
	Name     string
	Version  string // as asked for: a semantic version, or dev
	InZIP    string // as in the publish.yaml of the ZIP
	Type     Type
	Manifest Manifest
	Texts    Texts
	English  Texts
}

// Callback is what the storage posts when an upload has arrived.
type Callback struct {
	Upload string `json:"upload"`
}

// Announce checks a submission, records it, and tells where to put the ZIP.
func (p *Publishing) Announce(ctx context.Context, by Caller, s Submission) (Announcement, error) {
	if err := CheckName(s.Name); err != nil {
		return Announcement{}, err
	}
	pkg := Package{Name: s.Name, Owner: by.User, Organization: s.Manifest.Organization, Visibility: s.Manifest.Visibility}
	before, notes, err := p.allowed(ctx, by, pkg)
	if err != nil {
		return Announcement{}, err
	}
	version, err := p.version(ctx, s)
	if err != nil {
		return Announcement{}, err
	}
	u := Upload{
		ID:      rand.Text(),
		Dev:     s.Version == devWord,
		InZIP:   s.InZIP,
		By:      by,
		Package: pkg,
		Before:  before,
		Release: Release{
			Name: s.Name, Version: version, Type: s.Type, Publisher: by.User,
			Manifest: s.Manifest, Texts: s.Texts, English: s.English,
		},
	}
	u.Release.Upload = u.ID
	if err := p.attempt(ctx, u); err != nil {
		return Announcement{}, err
	}
	if err := p.Uploads.PutUpload(ctx, u); err != nil {
		return Announcement{}, err
	}
	url, err := p.presign(ctx, u.ID)
	return Announcement{URL: url, Notes: notes}, err
}

func (p *Publishing) presign(ctx context.Context, id string) (string, error) {
	callback, err := json.Marshal(Callback{Upload: id})
	if err != nil {
		return "", err
	}
	return p.Blobs.PresignUpload(ctx, UploadKey(id), p.TTL, p.CallbackURL, string(callback))
}

// allowed tells whether the caller may publish the package, its visibility so
// far, and what the caller should know of it. An organization that nobody has
// named yet is made.
func (p *Publishing) allowed(ctx context.Context, by Caller, wanted Package) (before Visibility, notes []string, err error) {
	var stored *Package
	h, err := p.Catalog.Head(ctx, wanted.Name, Summary)
	if err == nil {
		stored, before = &h.Package, h.Visibility
		if stored.Visibility != wanted.Visibility {
			notes = append(notes, fmt.Sprintf("Package %q becomes %s with this release; it was %s.", stored.Name, wanted.Visibility, stored.Visibility))
		}
	} else if CodeOf(err) != NotFound {
		return before, nil, err
	}
	err = p.Access.mayPublish(ctx, by, stored, wanted)
	if CodeOf(err) != NotFound {
		return before, notes, err
	}
	if err := p.found(ctx, by, wanted.Organization); err != nil {
		return before, nil, err
	}
	return before, append(notes, fmt.Sprintf("Organization %q is new; you own it.", wanted.Organization)), nil
}

// found makes an organization that nobody has named yet.
func (p *Publishing) found(ctx context.Context, by Caller, name string) error {
	if p.ClosedOrganizations {
		return Errorf(Forbidden, "There is no organization %q, and in this registry only the administrator creates one: admin org add %q %s. Or change the line Organization in publish.yaml.", name, name, by.User)
	}
	if err := by.Unlimited(); err != nil {
		return err
	}
	err := p.Organizing.Create(ctx, by, name, by.User)
	if CodeOf(err) == Conflict { // somebody else was faster
		return p.Access.inOrganization(ctx, by.User, name, MaintainerRole)
	}
	return err
}

// version chooses the number of a development build, or checks that the wanted
// one is free.
func (p *Publishing) version(ctx context.Context, s Submission) (Version, error) {
	if s.Version == devWord {
		return nextDevBuild(ctx, p.Catalog, s.Name)
	}
	v, err := ParseVersion(s.Version)
	if err != nil {
		return Version{}, err
	}
	if v.IsDev() {
		return Version{}, Errorf(Invalid, "Version %q can't be chosen: publish Version: dev, and the registry gives the next number.", s.Version)
	}
	_, taken, err := p.Catalog.Release(ctx, s.Name, v, Summary)
	if err == nil {
		return Version{}, versionTaken(taken)
	}
	if CodeOf(err) != NotFound {
		return Version{}, err
	}
	return v, nil
}

// nextDevBuild returns the number after the highest that was ever used.
func nextDevBuild(ctx context.Context, c Catalog, name string) (Version, error) {
	for l, err := range c.Versions(ctx, name, true) {
		if err != nil {
			return Version{}, err
		}
		return DevBuild(l.Version.Build() + 1), nil
	}
	return DevBuild(1), nil
}

func versionTaken(r Release) error {
	if r.Deleted {
		return Errorf(Conflict, "Version %s of %q was published and deleted; its number can't be used again. Raise Version in publish.yaml.", r.Version, r.Name)
	}
	return Errorf(Conflict, "Version %s of %q is published already and can't be changed. Raise Version in publish.yaml.", r.Version, r.Name)
}
