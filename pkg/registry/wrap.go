package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// SimplePrefix is where ZIPs stay that were made for clients which strip the
// first directory of every path. They can be made again at any time.
const SimplePrefix = "simple/"

// SimpleKey is the object made of the one in which a released ZIP stays.
func SimpleKey(zip string) string { return SimplePrefix + strings.TrimPrefix(zip, PackagePrefix) }

// Wrap writes a ZIP with all of its contents in one top directory: the same
// bytes each time, and one that has such a directory as it is.
type Wrap func(to io.Writer, zip io.ReaderAt, size int64) error

// Wrapping hands out addresses of ZIPs with one top directory. Such a ZIP is
// made when somebody asks for it first, and kept.
type Wrapping struct {
	Downloads *Downloads
	ZIPs      ZIPs
	Wrap      Wrap
	// Limit is how long waiting for a ZIP and making it may take together.
	Limit time.Duration
	// turn holds one token: one ZIP is made at a time, for the disk has room for
	// few. Who waited finds what was made meanwhile.
	turn chan struct{}
}

// NewWrapping returns a Wrapping.
func NewWrapping(d *Downloads, z ZIPs, wrap Wrap, limit time.Duration) *Wrapping {
	return &Wrapping{Downloads: d, ZIPs: z, Wrap: wrap, Limit: limit, turn: make(chan struct{}, 1)}
}

// URL returns a signed address of a release's ZIP with one top directory, and
// the release, to whom Downloads would give the ZIP itself.
func (w *Wrapping) URL(ctx context.Context, viewer Viewer, name, version, ticket string) (string, Release, error) {
	r, err := w.Downloads.release(ctx, viewer, name, version, ticket)
	if err != nil {
		return "", Release{}, err
	}
	if r.ZIP.Key == "" {
		return "", Release{}, w.elsewhere(r)
	}
	if err := w.ensure(ctx, r); err != nil {
		return "", Release{}, err
	}
	address, err := w.Downloads.sign(ctx, r, SimpleKey(r.ZIP.Key))
	return address, unmeasured(r), err
}

// Describe returns a release to whom its ZIP may be given. It makes nothing.
func (w *Wrapping) Describe(ctx context.Context, viewer Viewer, name, version, ticket string) (Release, error) {
	r, err := w.Downloads.Describe(ctx, viewer, name, version, ticket)
	if err == nil && r.ZIP.Key == "" && w.Downloads.Mirrored.Mode == Redirect {
		err = w.elsewhere(r)
	}
	return unmeasured(r), err
}

// unmeasured leaves out what the release says of the ZIP that was published:
// nobody keeps size and checksum of the one that was made of it.
func unmeasured(r Release) Release {
	r.ZIP.Digest = Digest{}
	return r
}

// elsewhere tells why there is nothing to make a ZIP of, for a release that an
// upstream has.
func (w *Wrapping) elsewhere(r Release) error {
	if w.Downloads.Mirrored.Mode == Redirect {
		return Errorf(NotFound, "The ZIP of %s %s is not kept here, and old clients can't use the upstream's: take it from there.", r.Name, r.Version)
	}
	return Errorf(Unavailable, "The ZIP of %s %s is still being fetched from its upstream. Try again in a minute.", r.Name, r.Version)
}

// ensure makes the ZIP unless it is there.
func (w *Wrapping) ensure(ctx context.Context, r Release) error {
	ctx, cancel := context.WithTimeout(ctx, w.Limit)
	defer cancel()
	key := SimpleKey(r.ZIP.Key)
	if there, err := w.Downloads.Blobs.Exists(ctx, key); err != nil || there {
		return err
	}
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return &Error{Code: Unavailable, Message: "The registry is busy with other ZIPs. Try again in some seconds.", Err: ctx.Err()}
	}
	if there, err := w.Downloads.Blobs.Exists(ctx, key); err != nil || there {
		return err
	}
	if err := w.make(ctx, r, key); err != nil {
		return err
	}
	return w.withdraw(ctx, r, key)
}

// make reads the stored ZIP into a temporary file, and writes the other from it
// as a stream. Two that do so at once write the same.
func (w *Wrapping) make(ctx context.Context, r Release, key string) (err error) {
	file, remove, err := TempFile("simple-*.zip")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	if err := w.fetch(ctx, r, file); err != nil {
		return fmt.Errorf("read %s: %w", r.ZIP.Key, err)
	}
	out, in := io.Pipe()
	wrapped := make(chan error, 1)
	go func() {
		err := w.Wrap(in, file, r.ZIP.Size)
		in.CloseWithError(err) // as its end, when there is none
		wrapped <- err
	}()
	err = w.ZIPs.PutZIP(ctx, key, out)
	// Whoever writes to a pipe that is closed is told so: that is no cause.
	closed := out.Close()
	if cause := <-wrapped; cause != nil && !errors.Is(cause, io.ErrClosedPipe) {
		return fmt.Errorf("make %s: %w", key, cause)
	}
	return errors.Join(err, closed)
}

// fetch reads the ZIP of a release, which must be what was published.
func (w *Wrapping) fetch(ctx context.Context, r Release, to io.Writer) error {
	body, _, err := w.Downloads.Blobs.Open(ctx, r.ZIP.Key)
	if err != nil {
		return err
	}
	defer body.Close()
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(to, sum), io.LimitReader(body, r.ZIP.Size+1))
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); size != r.ZIP.Size || got != r.ZIP.SHA256 {
		return fmt.Errorf("it has %d bytes and SHA-256 %s, published were %d and %s", size, got, r.ZIP.Size, r.ZIP.SHA256)
	}
	return nil
}

// withdraw removes what was made of a release that was deleted meanwhile: the
// deletion may have looked for it too early. A process that ends before this
// leaves an object that nobody is sent to, until the storage lets it expire.
func (w *Wrapping) withdraw(ctx context.Context, r Release, key string) error {
	_, _, err := w.Downloads.Queries.tag(ctx, admit, r.Name, r.Version.String(), Summary)
	if CodeOf(err) == NotFound {
		return errors.Join(err, w.Downloads.Blobs.Delete(ctx, key))
	}
	return err
}
