package registry

import (
	"context"
	"crypto/rand"
	"encoding/json"
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
	Catalog Catalog
	Uploads Uploads
	Blobs   Blobs
	// CallbackURL is where the storage reports that an upload has arrived.
	CallbackURL string
	// TTL is how long the address for the upload is good for.
	TTL time.Duration
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

// Announce checks a submission, records it, and returns the address to which
// the ZIP is to be PUT.
func (p *Publishing) Announce(ctx context.Context, user string, s Submission) (string, error) {
	if err := CheckName(s.Name); err != nil {
		return "", err
	}
	if err := checkVisibility(s.Manifest); err != nil {
		return "", err
	}
	version, err := p.version(ctx, s)
	if err != nil {
		return "", err
	}
	pkg := Package{Name: s.Name, Owner: user, Organization: s.Manifest.Organization, Visibility: s.Manifest.Visibility}
	if err := p.allowed(ctx, pkg, version); err != nil {
		return "", err
	}
	u := Upload{
		ID:      rand.Text(),
		Dev:     s.Version == devWord,
		InZIP:   s.InZIP,
		Package: pkg,
		Release: Release{
			Name: s.Name, Version: version, Type: s.Type, Publisher: user,
			Manifest: s.Manifest, Texts: s.Texts, English: s.English,
		},
	}
	u.Release.Upload = u.ID
	if err := p.Uploads.PutUpload(ctx, u); err != nil {
		return "", err
	}
	callback, err := json.Marshal(Callback{Upload: u.ID})
	if err != nil {
		return "", err
	}
	return p.Blobs.PresignUpload(ctx, UploadKey(u.ID), p.TTL, p.CallbackURL, string(callback))
}

// allowed tells whether the package is, or can become, the publisher's, and
// the version is free.
func (p *Publishing) allowed(ctx context.Context, pkg Package, v Version) error {
	h, err := p.Catalog.Head(ctx, pkg.Name, Summary)
	if CodeOf(err) == NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := checkOwner(h.Package, pkg); err != nil {
		return err
	}
	_, taken, err := p.Catalog.Release(ctx, pkg.Name, v, Summary)
	switch {
	case err == nil:
		return versionTaken(taken)
	case CodeOf(err) == NotFound:
		return nil
	}
	return err
}

func (p *Publishing) version(ctx context.Context, s Submission) (Version, error) {
	if s.Version == devWord {
		return nextDevBuild(ctx, p.Catalog, s.Name)
	}
	v, err := ParseVersion(s.Version)
	if err == nil && v.IsDev() {
		return Version{}, Errorf(Invalid, "Version %q can't be chosen: publish Version: dev, and the registry gives the next number.", s.Version)
	}
	return v, err
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

func checkVisibility(m Manifest) error {
	if m.Visibility == Public {
		return nil
	}
	return Errorf(Invalid, "Effective %q is not supported by this registry yet: everybody who reaches it can read every package. Set \"Effective: Public\" in publish.yaml if that is acceptable.", m.Visibility)
}

func checkOwner(stored, wanted Package) error {
	if stored.Owner != wanted.Owner {
		return Errorf(Forbidden, "Package %q belongs to user %q, and you are %q. Publish under another name, or ask the owner to publish.", stored.Name, stored.Owner, wanted.Owner)
	}
	if stored.Name != wanted.Name {
		return Errorf(Invalid, "Name %q is spelled %q in this registry, and names are unique without regard to case. Use that spelling.", wanted.Name, stored.Name)
	}
	return nil
}

func versionTaken(r Release) error {
	if r.Deleted {
		return Errorf(Conflict, "Version %s of %q was published and deleted; its number can't be used again. Raise Version in publish.yaml.", r.Version, r.Name)
	}
	return Errorf(Conflict, "Version %s of %q is published already and can't be changed. Raise Version in publish.yaml.", r.Version, r.Name)
}
