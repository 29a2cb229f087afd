package registry

import (
	"context"
	"slices"
	"sync"
	"time"
)

// stale returns what there is of an answer without asking: what is kept, if it
// is not too old, or what was taken. It has no releases when there is nothing.
func (u *Upstreams) stale(ctx context.Context, name string, q Question, kept Kept, suppliers []Supplier) (Answer, error) {
	if a := kept.Answer; a != nil && len(a.Releases) > 0 && (q.numbered() || u.Clock().Sub(a.Asked) < maxStale) {
		return *a, nil
	}
	var pins []Pin
	for p, err := range u.Pins.PinsOf(ctx, name) {
		if err != nil {
			return Answer{}, err
		}
		if slices.ContainsFunc(suppliers, func(s Supplier) bool { return s.URL == p.Upstream }) {
			pins = append(pins, p)
		}
	}
	slices.SortFunc(pins, func(a, b Pin) int { return b.Version.Compare(a.Version) })
	return u.ofPins(ctx, q, pins)
}

// ofPins answers by what was taken of a package, highest version first.
func (u *Upstreams) ofPins(ctx context.Context, q Question, pins []Pin) (Answer, error) {
	a := Answer{Asked: u.Clock()}
	var latest Version
	for _, p := range pins {
		if p.Version.Outranks(latest) {
			latest = p.Version
		}
	}
	for _, p := range pins {
		v, numbered := q.version()
		if (q == LatestQuestion && p.Version != latest) || (numbered && p.Version != v) {
			continue
		}
		r, err := u.Pins.Taken(ctx, p.Name, p.Version)
		if err != nil {
			return Answer{}, err
		}
		r.ZIP.Key = "" // not a part of what upstreams say
		a.Package = Package{Name: p.Name, Visibility: Public, Upstream: p.Upstream}
		a.Releases = append(a.Releases, r)
	}
	return a, nil
}

// restTime is how long an upstream that failed is spared the questions for which
// there is another answer.
const restTime = 30 * time.Second

// rests remembers which upstreams have failed.
type rests struct {
	mu    sync.Mutex
	until map[string]time.Time // by URL
}

// after lets an upstream rest that did not answer: one whose answer to a single
// question is none does well with others.
func (r *rests) after(url string, err error, now time.Time) {
	if CodeOf(err) != Unavailable {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.until == nil {
		r.until = make(map[string]time.Time)
	}
	r.until[url] = now.Add(restTime)
}

func (r *rests) resting(url string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return now.Before(r.until[url])
}
