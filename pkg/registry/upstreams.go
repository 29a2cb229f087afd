package registry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"
)

// How long an answer is fresh, by what was asked; and for how long after it was
// given it is still served when its upstream fails. The answer to a question for
// one version never changes, and is served as long as it is kept.
const (
	freshLatest  = 5 * time.Minute
	freshRelease = 3 * 24 * time.Hour
	freshMissing = 30 * time.Second
	maxStale     = 7 * 24 * time.Hour
)

// flightTime is how long a question may take with all that belongs to it: well
// below the time-out of a function.
const flightTime = 9 * time.Second

// Upstreams answers from other registries, for names that nobody has published
// here. A name belongs to the first of them that has it, and stays with it.
//
// What they say is kept, and asked for anew when it is no longer fresh. An
// upstream that fails or is slow changes nothing: what is kept is served.
type Upstreams struct {
	Suppliers    []Supplier // in order
	Answers      Answers
	Reservations Reservations
	Pins         Pins
	Reports      *Reports
	Clock        Clock
	// Timeout is how long an upstream may take for one question.
	Timeout time.Duration

	flights singleflight.Group
	held    held
	rests   rests
}

// Latest returns a package's latest release, as its upstream says. NotFound when
// no upstream has it, or none may be asked for it.
func (u *Upstreams) Latest(ctx context.Context, name string) (Package, Release, error) {
	return u.one(ctx, name, LatestQuestion, noPackage(name))
}

// Tag returns the release that a tag names. NotFound as with Latest.
func (u *Upstreams) Tag(ctx context.Context, name string, tag Tag) (Package, Release, error) {
	missing := noRelease(name, tag.text)
	v, exact := tag.Exact()
	if exact {
		return u.one(ctx, name, ReleaseQuestion(v), missing)
	}
	if tag.IsLatest() {
		return u.one(ctx, name, LatestQuestion, missing)
	}
	all, err := u.ask(ctx, name, ReleasesQuestion)
	if err != nil {
		return Package{}, Release{}, err
	}
	for _, r := range all.Releases {
		if tag.Matches(r.Version) {
			return u.one(ctx, name, ReleaseQuestion(r.Version), missing)
		}
	}
	return Package{}, Release{}, missing
}

func (u *Upstreams) one(ctx context.Context, name string, q Question, missing error) (Package, Release, error) {
	a, err := u.ask(ctx, name, q)
	if err != nil {
		return Package{}, Release{}, err
	}
	if len(a.Releases) == 0 {
		return Package{}, Release{}, missing
	}
	return a.Package, a.Releases[0], nil
}

// Page returns one page of a package's releases, highest version first, and
// whether more follow. NotFound as with Latest.
func (u *Upstreams) Page(ctx context.Context, name string, page, perPage int) (Package, []Release, bool, error) {
	a, err := u.ask(ctx, name, ReleasesQuestion)
	if err != nil {
		return Package{}, nil, false, err
	}
	if len(a.Releases) == 0 {
		return Package{}, nil, false, noPackage(name)
	}
	from := min((page-1)*perPage, len(a.Releases))
	to := min(from+perPage, len(a.Releases))
	return a.Package, slices.Clip(a.Releases[from:to]), to < len(a.Releases), nil
}

// ask answers a question from what this instance holds, or once for all who ask
// it at the same time.
func (u *Upstreams) ask(ctx context.Context, name string, q Question) (Answer, error) {
	if CheckName(name) != nil {
		return Answer{}, nil
	}
	if a, ok := u.held.get(asked{name, q}, u.Clock()); ok {
		return a, nil
	}
	// It is asked for all who wait: it does not end with the first of them.
	flight := u.flights.DoChan(name+" "+string(q), func() (any, error) {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), flightTime)
		defer stop()
		return u.answer(ctx, name, q)
	})
	select {
	case done := <-flight:
		a, _ := done.Val.(Answer)
		return a, done.Err
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
}

// answer answers a question by what is kept, or by an upstream.
func (u *Upstreams) answer(ctx context.Context, name string, q Question) (Answer, error) {
	now := u.Clock()
	kept, err := u.Answers.Kept(ctx, name, q)
	if err != nil {
		return Answer{}, err
	}
	if matches(kept.Reserved, name) {
		return u.hold(name, q, Answer{Asked: now}, freshMissing), nil
	}
	suppliers, err := u.suppliers(name, kept.Origin)
	if err != nil {
		return Answer{}, err
	}
	if len(suppliers) == 0 {
		return u.hold(name, q, Answer{Asked: now}, freshMissing), nil
	}
	if kept.Answer != nil && !kept.Answer.from(suppliers) {
		kept.Answer = nil // of an upstream that is none any more
	}
	if a := kept.Answer; a != nil && now.Sub(a.Asked) < a.fresh(q) {
		known, err := u.complete(ctx, *a)
		if err != nil {
			return Answer{}, err
		}
		return u.hold(name, q, known, a.fresh(q)-now.Sub(a.Asked)), nil
	}
	return u.renew(ctx, name, q, kept, suppliers)
}

// renew asks the suppliers. When they do not answer, or did not a moment ago, it
// serves what there is without them.
func (u *Upstreams) renew(ctx context.Context, name string, q Question, kept Kept, suppliers []Supplier) (Answer, error) {
	if slices.ContainsFunc(suppliers, func(s Supplier) bool { return u.rests.resting(s.URL, u.Clock()) }) {
		a, err := u.stale(ctx, name, q, kept, suppliers)
		if err != nil {
			return Answer{}, err
		}
		if len(a.Releases) > 0 {
			return u.hold(name, q, a, restTime), nil
		}
	}
	a, failed := u.fetch(ctx, name, q, kept, suppliers)
	if failed != nil {
		a, err := u.stale(ctx, name, q, kept, suppliers)
		if err != nil || len(a.Releases) == 0 {
			return Answer{}, errors.Join(failed, err)
		}
		slog.WarnContext(ctx, "an upstream failed, and what there is without it is served", "package", name, "error", failed)
		return u.hold(name, q, a, restTime), nil
	}
	if err := u.Answers.Keep(ctx, name, q, a); err != nil {
		slog.WarnContext(ctx, "an upstream's answer was not kept", "package", name, "error", err)
	}
	return u.hold(name, q, a, a.fresh(q)), nil
}

func (u *Upstreams) hold(name string, q Question, a Answer, fresh time.Duration) Answer {
	u.held.put(asked{name, q}, a, u.Clock().Add(min(fresh, maxHeld)))
	return a
}

// suppliers returns which upstreams may be asked for a name: that to which it
// belongs, or all that are asked for it at all.
func (u *Upstreams) suppliers(name string, o *Origin) ([]Supplier, error) {
	list := slices.DeleteFunc(slices.Clone(u.Suppliers), func(s Supplier) bool {
		return !s.supplies(name) || (o != nil && s.URL != o.Upstream)
	})
	if o != nil && !slices.ContainsFunc(u.Suppliers, func(s Supplier) bool { return s.URL == o.Upstream }) {
		return nil, Errorf(Unavailable, "Package %q is from %s, which this registry does not ask any more. Its administrator can let another one have the name: scripts/admin upstream forget %s", name, o.Upstream, name)
	}
	return list, nil
}

// from tells whether one of the suppliers gave the answer, or whether it is that
// none has such a thing.
func (a Answer) from(suppliers []Supplier) bool {
	return len(a.Releases) == 0 || slices.ContainsFunc(suppliers, func(s Supplier) bool { return s.URL == a.Package.Upstream })
}

// fresh is how long the answer to a question is fresh.
func (a Answer) fresh(q Question) time.Duration { return freshFor(q, len(a.Releases) == 0) }

func freshFor(q Question, missing bool) time.Duration {
	switch {
	case missing:
		return freshMissing
	case q.numbered():
		return freshRelease
	}
	return freshLatest
}

// maxComplaint is how much is told of why an answer can't be used, in bytes.
const maxComplaint = 300

// unavailable says that an upstream did not answer, or why its answer is none:
// that may stay so, however often it is asked.
func unavailable(name string, s Supplier, err error) error {
	what := "Try again in some seconds."
	if CodeOf(err) != Unavailable {
		what = "What it says can't be used: " + shortenTo(maxComplaint, strings.TrimPrefix(err.Error(), "upstream "+s.URL+": "))
	}
	return &Error{
		Code:    Unavailable,
		Message: fmt.Sprintf("Package %q is not in this registry, and %s, which may have it, does not answer as it should. %s", name, s.URL, what),
		Err:     err,
	}
}
