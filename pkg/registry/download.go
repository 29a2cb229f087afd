package registry

import (
	"context"
	"net/url"
	"time"
)

// Tickets are rights to download one release of a package that is not public,
// carried by its address: clients can't authenticate a download.
type Tickets interface {
	// Ticket makes one.
	Ticket(name, version string) string
	// Admits tells whether a ticket is good, now, for this release.
	Admits(ticket, name, version string) bool
}

// Downloads hands out addresses of ZIPs.
type Downloads struct {
	Queries *Queries
	Blobs   Blobs
	Tickets Tickets
	// TTL is how long an address is good for.
	TTL time.Duration
	// Mirrored has the ZIPs of upstreams; nil where Queries asks none.
	Mirrored *Mirrored
}

// URL returns a signed address of a release's ZIP, and the release. A ticket
// lets its bearer have it, whoever that is.
func (d *Downloads) URL(ctx context.Context, viewer Viewer, name, version, ticket string) (string, Release, error) {
	r, err := d.release(ctx, viewer, name, version, ticket)
	if err != nil {
		return "", Release{}, err
	}
	if r.ZIP.Key == "" {
		return r.ZIP.Source, r, nil
	}
	address, err := d.sign(ctx, r, r.ZIP.Key)
	return address, r, err
}

// release returns a release to whom it may be given. Of an upstream's whose ZIP
// is not here, its ZIP has no Key.
func (d *Downloads) release(ctx context.Context, viewer Viewer, name, version, ticket string) (Release, error) {
	late := d.Mirrored.late() // what the upstream takes to answer counts too
	p, r, err := d.find(ctx, viewer, name, version, ticket)
	if err != nil || p.Upstream == "" {
		return r, err
	}
	r.ZIP, err = d.Mirrored.zip(ctx, r, late)
	return r, err
}

// Describe returns a release to whom its ZIP may be given. It fetches nothing: of
// an upstream's ZIP that is not here yet, the Digest is not known.
func (d *Downloads) Describe(ctx context.Context, viewer Viewer, name, version, ticket string) (Release, error) {
	p, r, err := d.find(ctx, viewer, name, version, ticket)
	if err != nil || p.Upstream == "" {
		return r, err
	}
	r.ZIP, err = d.Mirrored.known(ctx, r)
	return r, err
}

func (d *Downloads) find(ctx context.Context, viewer Viewer, name, version, ticket string) (Package, Release, error) {
	pass := d.Queries.gate(viewer)
	if d.Tickets.Admits(ticket, name, version) {
		pass = admit
	}
	return d.Queries.tag(ctx, pass, name, version, Summary)
}

func (d *Downloads) sign(ctx context.Context, r Release, key string) (string, error) {
	return d.Blobs.PresignDownload(ctx, key, r.Name+"-"+r.Version.String()+".zip", d.TTL)
}

// admit is a gate that is open.
func admit(_ context.Context, _ *Package, err, missing error) error {
	if CodeOf(err) == NotFound {
		return missing
	}
	return err
}

// Addresses makes the addresses of ZIPs.
type Addresses struct {
	// Base is the registry's public address, without a path.
	Base    string
	Tickets Tickets
	// Mode says whether the ZIPs of upstreams may be had here.
	Mode UpstreamMode
}

// ZIP is the address at which every dialect but one lets a release be
// downloaded. That of a package that is not public carries a ticket.
func (a *Addresses) ZIP(p Package, r Release) string {
	if p.Upstream != "" && a.Mode == Off {
		return r.ZIP.Source
	}
	return a.zipball("", p, r)
}

// Digest is that of what the address of a release leads to, zero while it is not
// known: of an upstream's release, before its ZIP was taken.
func (a *Addresses) Digest(p Package, r Release) Digest {
	if p.Upstream != "" && a.Mode != Mirror {
		return r.ZIP.sent()
	}
	return r.ZIP.Digest
}

// Simple is the address of the release's ZIP with one top directory.
func (a *Addresses) Simple(p Package, r Release) string { return a.zipball("/simple", p, r) }

func (a *Addresses) zipball(below string, p Package, r Release) string {
	version := r.Version.String()
	address := a.Base + below + "/" + url.PathEscape(r.Name) + "/zipball/" + url.PathEscape(version)
	if p.Visibility == Public {
		return address
	}
	return address + "?" + url.Values{"ticket": {a.Tickets.Ticket(r.Name, version)}}.Encode()
}
