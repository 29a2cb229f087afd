package registry

import (
	"context"
	"net/url"
	"time"
)

// Downloads hands out addresses of ZIPs.
type Downloads struct {
	Queries *Queries
	Blobs   Blobs
	// TTL is how long an address is good for.
	TTL time.Duration
}

// URL returns a signed address of a release's ZIP, and the release.
func (d *Downloads) URL(ctx context.Context, name, version string) (string, Release, error) {
	_, r, err := d.Queries.Tag(ctx, name, version, Summary)
	if err != nil {
		return "", Release{}, err
	}
	address, err := d.Blobs.PresignDownload(ctx, r.ZIP.Key, r.Name+"-"+r.Version.String()+".zip", d.TTL)
	return address, r, err
}

// ZipballURL is the address at which every dialect lets a release be
// downloaded; base is the registry's public address, without a path.
func ZipballURL(base string, r Release) string {
	return base + "/" + url.PathEscape(r.Name) + "/zipball/" + url.PathEscape(r.Version.String())
}
