package registry

import (
	"context"
	"log/slog"
)

// Refusals knows which ZIPs of upstreams can't be had at this moment. Who
// downloads one with the CLI is told only that it failed: so the answer that
// would lead there says why.
type Refusals struct {
	Pins    Pins
	Fetches Fetches
	Clock   Clock
}

// Check returns why the ZIP of a release can't be had, until it is tried again:
// one read for a package of an upstream, none for others. That it can't find out
// is no reason: the download tells.
func (r *Refusals) Check(ctx context.Context, p Package, release Release) error {
	if r == nil || p.Upstream == "" {
		return nil
	}
	last, err := r.Fetches.Fetch(ctx, release.Name, release.Version)
	failed := last.failure(r.Clock())
	if err == nil && failed == nil {
		return nil
	}
	if err == nil {
		// A ZIP that is here is handed out, whatever the last fetch came to.
		if _, err = r.Pins.Pin(ctx, release.Name, release.Version); CodeOf(err) == NotFound {
			return failed
		}
	}
	if err != nil {
		slog.WarnContext(ctx, "whether an upstream's ZIP can be had is not known", "package", release.Name, "version", release.Version.String(), "error", err)
	}
	return nil
}
