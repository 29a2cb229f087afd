package registry

import (
	"context"
	"io"
	"time"
)

// MirrorPrefix begins the objects of ZIPs that were taken from upstreams.
const MirrorPrefix = "upstream/"

// MirrorKey is the object in which a ZIP of an upstream stays.
func MirrorKey(name string, v Version, sha256 string) string {
	return MirrorPrefix + Key(name) + "/" + v.String() + "/" + sha256 + ".zip"
}

// Remote reads the ZIPs of upstreams.
type Remote interface {
	// OpenZIP reads what is at an address. More than MaxZIP bytes end with an
	// error. What people can be told is an *Error: Forbidden when it would be
	// the same the next time.
	OpenZIP(ctx context.Context, address string) (io.ReadCloser, error)
}

// Fetch is one attempt to take a ZIP from an upstream.
type Fetch struct {
	ID    string
	Since time.Time
	// Until is how long nobody else tries: while it goes on, and for a while
	// after it has failed.
	Until   time.Time
	Reason  string // why it failed; "" while it goes on, and when it succeeded
	Refused bool   // what the upstream has may not be here
}

func (f Fetch) running(now time.Time) bool { return f.Reason == "" && now.Before(f.Until) }

// failure is why there is no use in trying now, nil when there is.
func (f Fetch) failure(now time.Time) error {
	switch {
	case f.Reason == "" || !now.Before(f.Until):
		return nil
	case f.Refused:
		return Errorf(Forbidden, "%s", f.Reason)
	}
	return Errorf(Unavailable, "%s Try again in half a minute.", f.Reason)
}

// Fetches keeps the last fetch of each version. They may vanish after a day.
// Names are those of the upstreams, as they spell them; versions are looked up by
// SortKey.
type Fetches interface {
	// Fetch returns the last one, the zero Fetch when there is none.
	Fetch(ctx context.Context, name string, v Version) (Fetch, error)

	// PutFetch writes f over the one with the ID over, "" standing for none.
	// Conflict when another is there, but for f itself.
	PutFetch(ctx context.Context, name string, v Version, f Fetch, over string) error
}
