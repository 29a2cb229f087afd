package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Taking reads ZIPs of upstreams, and refuses those that may not be here.
type Taking struct {
	Remote       Remote
	Canonicalize Canonicalize
	Clock        Clock
}

// fetch reads a release's ZIP, makes of it what is served, and refuses one that
// could not have been published here, or is not the one that was announced. Its
// version is not compared: registries let publishers override the one in
// publish.yaml.
func (t *Taking) fetch(ctx context.Context, p Package, r Release) (Pin, *canonical, error) {
	body, err := t.Remote.OpenZIP(ctx, r.ZIP.Source)
	if err != nil {
		return Pin{}, nil, err
	}
	defer body.Close()
	zip, err := t.canonical(ctx, r, body)
	if err != nil {
		return Pin{}, nil, err
	}
	pin := Pin{Name: r.Name, Version: r.Version, Upstream: p.Upstream, ZIP: zip.ZIP, Since: t.Clock().UTC().Truncate(time.Second)}
	pin.ZIP.Source = r.ZIP.Source
	pin.ZIP.Key = MirrorKey(r.Name, r.Version, zip.SHA256)
	r.ZIP = pin.ZIP
	pin.Release = &r
	return pin, zip, nil
}

// canonical makes of an upstream's ZIP what is served, if it is in order.
func (t *Taking) canonical(ctx context.Context, r Release, body io.Reader) (*canonical, error) {
	zip, err := newCanonical(ctx, t.Canonicalize, body, "")
	if reason := noSpace(err); reason != "" {
		return nil, &Error{Code: Unavailable, Message: reason, Err: err}
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Code == Invalid {
		return nil, refuse(r, "%s", e.Message)
	}
	if err != nil {
		return nil, err
	}
	if zip.found.Name != r.Name {
		err = refuse(r, "its publish.yaml says Name %q.", shorten(zip.found.Name))
		return nil, errors.Join(err, zip.remove())
	}
	return zip, nil
}

func refuse(r Release, format string, args ...any) error {
	return Errorf(Forbidden, "The ZIP that the upstream has of %s %s is refused: %s", r.Name, r.Version, fmt.Sprintf(format, args...))
}

// notAnnounced refuses a ZIP that is not the one that its upstream announced.
func notAnnounced(r Release, got ZIP) error {
	announced, sent := r.ZIP.sent(), got.sent()
	return refuse(r, "it has %d bytes and SHA-256 %s, not %d bytes and %s.", sent.Size, sent.SHA256, announced.Size, cmp.Or(announced.SHA256, "an unknown one"))
}
