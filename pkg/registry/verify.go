package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Listing yields every release of every package, summaries, deleted ones left
// out.
type Listing interface {
	All(ctx context.Context) iter.Seq2[Release, error]
}

// Everything lists what was published here, and then what was taken from
// upstreams.
type Everything struct {
	Published Listing
	Answers   Answers
	Pins      Pins
}

// All implements Listing.
func (e *Everything) All(ctx context.Context) iter.Seq2[Release, error] {
	return func(yield func(Release, error) bool) {
		for r, err := range e.Published.All(ctx) {
			if !yield(r, err) || err != nil {
				return
			}
		}
		for o, err := range e.Answers.Origins(ctx) {
			if err != nil {
				yield(Release{}, err)
				return
			}
			for p, err := range e.Pins.PinsOf(ctx, o.Name) {
				if !yield(Release{Name: p.Name, Version: p.Version, ZIP: p.ZIP}, err) || err != nil {
					return
				}
			}
		}
	}
}

// Verifying reads every ZIP again, and inspects it by the rules of today.
type Verifying struct {
	Listing      Listing
	Blobs        Blobs
	Canonicalize Canonicalize
}

// Verify yields every release, and what is wrong with its ZIP.
func (v *Verifying) Verify(ctx context.Context) iter.Seq2[Checked, error] {
	return func(yield func(Checked, error) bool) {
		for r, err := range v.Listing.All(ctx) {
			checked := Checked{Release: r}
			if err == nil {
				checked, err = v.check(ctx, r)
			}
			if !yield(checked, err) || err != nil {
				return
			}
		}
	}
}

// Checked is a release whose ZIP has been read.
type Checked struct {
	Release Release
	// Problem is why the ZIP is not what was published, "" when it is.
	Problem string
	// Refusal is why the ZIP could not be published today, "" when it could.
	Refusal string
}

// check reads a ZIP, and inspects what is what was published.
func (v *Verifying) check(ctx context.Context, r Release) (c Checked, err error) {
	c.Release = r
	body, _, err := v.Blobs.Open(ctx, r.ZIP.Key)
	if CodeOf(err) == NotFound {
		c.Problem = "the ZIP is missing: " + r.ZIP.Key
		return c, nil
	}
	if err != nil {
		return c, err
	}
	defer body.Close()
	file, remove, err := TempFile("verify-*.zip")
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	got, err := copyHashed(file, body)
	if err != nil {
		return c, fmt.Errorf("read %s: %w", r.ZIP.Key, err)
	}
	if got != r.ZIP.Digest {
		c.Problem = fmt.Sprintf("the ZIP has %d bytes and SHA-256 %s, published were %d and %s", got.Size, got.SHA256, r.ZIP.Size, r.ZIP.SHA256)
		return c, nil
	}
	_, err = v.Canonicalize(ctx, io.Discard, file, got.Size, r.Type)
	if e, ok := errors.AsType[*Error](err); ok && e.Code == Invalid {
		c.Refusal, err = e.Message, nil
	}
	return c, err
}
