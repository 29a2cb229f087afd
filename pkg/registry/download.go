package registry

import (
	"context"
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
	url, err := d.Blobs.PresignDownload(ctx, r.ZIP.Key, r.Name+"-"+r.Version.String()+".zip", d.TTL)
	return url, r, err
}
