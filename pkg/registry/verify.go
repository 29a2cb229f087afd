package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// Verifying reads every ZIP again.
type Verifying struct {
	Listing Listing
	Blobs   Blobs
}

// Verify yields every release, and what is wrong with its ZIP: "" when it is
// what was published.
func (v *Verifying) Verify(ctx context.Context) iter.Seq2[Checked, error] {
	return func(yield func(Checked, error) bool) {
		for r, err := range v.Listing.All(ctx) {
			checked := Checked{Release: r}
			if err == nil {
				checked.Problem, err = v.problem(ctx, r)
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
	Problem string
}

func (v *Verifying) problem(ctx context.Context, r Release) (string, error) {
	body, _, err := v.Blobs.Open(ctx, r.ZIP.Key)
	if CodeOf(err) == NotFound {
		return "the ZIP is missing: " + r.ZIP.Key, nil
	}
	if err != nil {
		return "", err
	}
	defer body.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, body)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", r.ZIP.Key, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); size != r.ZIP.Size || got != r.ZIP.SHA256 {
		return fmt.Sprintf("the ZIP has %d bytes and SHA-256 %s, published were %d and %s", size, got, r.ZIP.Size, r.ZIP.SHA256), nil
	}
	return "", nil
}
