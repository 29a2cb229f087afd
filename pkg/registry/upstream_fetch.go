package registry

import (
	"context"
	"slices"
	"strings"
)

// version returns the version that was asked for, if one was.
func (q Question) version() (v Version, ok bool) {
	text, ok := strings.CutPrefix(string(q), releasePrefix)
	if !ok {
		return Version{}, false
	}
	v, err := ParseVersion(text)
	return v, err == nil
}

func (q Question) numbered() bool { return strings.HasPrefix(string(q), releasePrefix) }

// said is what an upstream answers to a question, unchecked.
type said struct {
	supplier Supplier
	pkg      Package
	releases []Release
}

// fetch asks for what is not kept, or no longer fresh. That an upstream does not
// answer never lets the next one answer in its place.
func (u *Upstreams) fetch(ctx context.Context, name string, q Question, kept Kept, suppliers []Supplier) (Answer, error) {
	suppliers, err := u.owning(ctx, name, q, kept, suppliers)
	if err != nil {
		return Answer{}, err
	}
	s, err := u.first(ctx, name, q, suppliers)
	if err != nil {
		return Answer{}, err
	}
	now := u.Clock()
	if len(s.releases) == 0 {
		if kept.Answer != nil && q.numbered() { // it is gone there, and stays here
			return Answer{kept.Answer.Package, kept.Answer.Releases, now}, nil
		}
		return Answer{Asked: now}, nil
	}
	if kept.Origin == nil {
		if err := u.belong(ctx, name, s.supplier); err != nil {
			return Answer{}, err
		}
	}
	if q == ReleasesQuestion {
		s.releases, err = u.settleAll(ctx, s, kept.Answer)
	} else {
		s.releases, err = u.settle(ctx, q, s, kept.Answer)
	}
	return Answer{s.pkg, s.releases, now}, err
}

// owning narrows the suppliers of a name of which nothing is known to the one
// that has it: what another has under a version that the first one lacks is of
// another package. Lists do not name the package, so that they do not tell.
func (u *Upstreams) owning(ctx context.Context, name string, q Question, kept Kept, suppliers []Supplier) ([]Supplier, error) {
	if kept.Origin != nil || q == LatestQuestion || (q.numbered() && len(suppliers) == 1) {
		return suppliers, nil
	}
	latest, err := u.ask(ctx, name, LatestQuestion)
	return slices.DeleteFunc(suppliers, func(s Supplier) bool { return s.URL != latest.Package.Upstream }), err
}

// first asks the suppliers in order, until one has it.
func (u *Upstreams) first(ctx context.Context, name string, q Question, suppliers []Supplier) (said, error) {
	for _, s := range suppliers {
		p, releases, err := u.put(ctx, s, name, q)
		switch {
		case CodeOf(err) == NotFound:
		case err != nil:
			u.rests.after(s.URL, err, u.Clock())
			return said{}, unavailable(name, s, err)
		default:
			p.Upstream = s.URL
			return said{s, p, releases}, nil
		}
	}
	return said{}, nil
}

// put puts a question to an upstream.
func (u *Upstreams) put(ctx context.Context, s Supplier, name string, q Question) (Package, []Release, error) {
	ctx, stop := context.WithTimeout(ctx, u.Timeout)
	defer stop()
	if q == ReleasesQuestion {
		return s.Releases(ctx, name)
	}
	if v, ok := q.version(); ok {
		p, r, err := s.Release(ctx, name, v)
		return p, []Release{r}, err
	}
	p, r, err := s.Latest(ctx, name)
	return p, []Release{r}, err
}

// belong records that a name belongs to an upstream.
func (u *Upstreams) belong(ctx context.Context, name string, s Supplier) error {
	o, err := u.Answers.PutOrigin(ctx, Origin{Name: name, Upstream: s.URL, Since: u.Clock()})
	if err == nil && o.Upstream != s.URL {
		err = Errorf(Unavailable, "Package %q was found at %s at this moment. Try again.", name, o.Upstream)
	}
	return err
}
