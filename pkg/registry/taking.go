package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Taking reads ZIPs of upstreams, and refuses those that may not be here.
type Taking struct {
	Remote  Remote
	Inspect Inspect
	Clock   Clock
}

// fetch reads a release's ZIP into a file, which stands at its beginning then,
// and refuses one that could not have been published here. Its version is not
// compared: registries let publishers override the one in publish.yaml.
func (t *Taking) fetch(ctx context.Context, p Package, r Release, file *os.File) (Pin, error) {
	body, err := t.Remote.OpenZIP(ctx, r.ZIP.Source)
	if err != nil {
		return Pin{}, err
	}
	defer body.Close()
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(file, sum), body)
	if err != nil {
		return Pin{}, err
	}
	zip := ZIP{Size: size, SHA256: hex.EncodeToString(sum.Sum(nil)), Source: r.ZIP.Source}
	zip.Key = MirrorKey(r.Name, r.Version, zip.SHA256)
	if zip.License, err = t.inspect(r, file, size); err != nil {
		return Pin{}, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Pin{}, err
	}
	r.ZIP = zip
	return Pin{Name: r.Name, Version: r.Version, Upstream: p.Upstream, ZIP: zip, Since: t.Clock().UTC().Truncate(time.Second), Release: &r}, nil
}

// inspect returns the licence of a ZIP that is in order.
func (t *Taking) inspect(r Release, zip io.ReaderAt, size int64) (license string, err error) {
	found, err := t.Inspect(zip, size, r.Type)
	if e, ok := errors.AsType[*Error](err); ok {
		return "", refuse(r, "%s", e.Message)
	}
	if err == nil && found.Name != r.Name {
		err = refuse(r, "its publish.yaml says Name %q.", shorten(found.Name))
	}
	return found.License, err
}

func refuse(r Release, format string, args ...any) error {
	return Errorf(Forbidden, "The ZIP that the upstream has of %s %s is refused: %s", r.Name, r.Version, fmt.Sprintf(format, args...))
}
