package registry

import (
	"cmp"
	"context"
	"log/slog"
)

// settle makes of a release what is answered from now on: what was seen first of
// its version, with the bytes that were taken, if any have been.
func (u *Upstreams) settle(ctx context.Context, q Question, s said, before *Answer) ([]Release, error) {
	now, name := s.releases[0], s.pkg.Name
	if q == LatestQuestion {
		kept, err := u.Answers.Kept(ctx, name, ReleaseQuestion(now.Version))
		if err != nil {
			return nil, err
		}
		before = kept.Answer
	}
	settled := now
	seen := before != nil && len(before.Releases) > 0 && before.Package.Upstream == s.supplier.URL
	if seen {
		settled = before.Releases[0]
	}
	known, err := u.bytes(ctx, s, now.Version, seen)
	if err != nil {
		return nil, err
	}
	if known.Version != now.Version {
		return nil, nil // the number is taken, under another spelling
	}
	settled.ZIP.fix(known.ZIP)
	u.compare(ctx, s, settled, now)
	if q == LatestQuestion && !seen {
		if err := u.Answers.Keep(ctx, name, ReleaseQuestion(now.Version), Answer{s.pkg, []Release{settled}, u.Clock()}); err != nil {
			return nil, err
		}
	}
	return []Release{settled}, nil
}

// bytes returns what is known of the bytes of a version: those that were taken,
// or, of one that was not seen by itself, those that were listed.
func (u *Upstreams) bytes(ctx context.Context, s said, v Version, seen bool) (Pin, error) {
	pin, err := u.Pins.Pin(ctx, s.pkg.Name, v)
	if CodeOf(err) != NotFound {
		return pin, err
	}
	known := Pin{Version: v}
	if seen {
		return known, nil
	}
	kept, err := u.Answers.Kept(ctx, s.pkg.Name, ReleasesQuestion)
	if err != nil || kept.Answer == nil || kept.Answer.Package.Upstream != s.supplier.URL {
		return known, err
	}
	for _, r := range kept.Answer.Releases {
		if r.Version.Compare(v) == 0 {
			known.Version, known.ZIP = r.Version, r.ZIP
		}
	}
	return known, nil
}

// settleAll does the same with a list.
func (u *Upstreams) settleAll(ctx context.Context, s said, before *Answer) ([]Release, error) {
	taken, err := u.taken(ctx, s)
	if err != nil {
		return nil, err
	}
	listed := make(map[string]Release)
	if before != nil {
		for _, r := range before.Releases {
			listed[r.Version.SortKey()] = r
		}
	}
	settled := make([]Release, 0, len(s.releases))
	for _, now := range s.releases {
		key := now.Version.SortKey()
		first, ok := listed[key]
		if !ok {
			first = now
		}
		known, ok := taken[key]
		if first.Version.String() != now.Version.String() || (ok && known.Version.String() != now.Version.String()) {
			continue // the number is taken, under another spelling
		}
		first.ZIP.fix(known.ZIP)
		u.compare(ctx, s, first, now)
		settled = append(settled, first)
	}
	return settled, nil
}

// taken returns the versions of a package whose bytes are known, by SortKey: by
// what was answered of them, or what was taken.
func (u *Upstreams) taken(ctx context.Context, s said) (map[string]Pin, error) {
	taken := make(map[string]Pin)
	for a, err := range u.Answers.Answered(ctx, s.pkg.Name) {
		if err != nil {
			return nil, err
		}
		if v, ok := a.Question.version(); ok && a.Upstream == s.supplier.URL {
			taken[v.SortKey()] = Pin{Version: v, ZIP: ZIP{Original: a.Original}}
		}
	}
	for p, err := range u.Pins.PinsOf(ctx, s.pkg.Name) {
		if err != nil {
			return nil, err
		}
		taken[p.Version.SortKey()] = p
	}
	return taken, nil
}

// fix gives a ZIP what is known of it: the digest of what the upstream sent, or
// announced first, and that of what is served, once it has been taken.
func (z *ZIP) fix(known ZIP) {
	z.Original, z.Digest = z.sent(), Digest{}
	sent := known.sent()
	z.Original.SHA256 = cmp.Or(sent.SHA256, z.Original.SHA256)
	z.Original.Size = cmp.Or(sent.Size, z.Original.Size)
	if known.Key != "" {
		z.Digest = known.Digest
	}
}

// complete adds what is known of a release's bytes when they were taken after the
// answer was kept.
func (u *Upstreams) complete(ctx context.Context, a Answer) (Answer, error) {
	if len(a.Releases) != 1 || a.Releases[0].ZIP.Digest != (Digest{}) {
		return a, nil
	}
	r := a.Releases[0]
	pin, err := u.Pins.Pin(ctx, r.Name, r.Version)
	if CodeOf(err) == NotFound {
		return a, nil
	}
	if err != nil {
		return Answer{}, err
	}
	r.ZIP.fix(pin.ZIP)
	a.Releases = []Release{r}
	return a, nil
}

// compare reports an upstream that has other bytes now under the number of a
// release that was seen before.
func (u *Upstreams) compare(ctx context.Context, s said, before, now Release) {
	if !before.ZIP.sent().differs(now.ZIP.sent()) {
		return
	}
	was := Pin{Name: s.pkg.Name, Version: before.Version, Upstream: s.supplier.URL, ZIP: before.ZIP}
	if err := u.Reports.BytesChanged(ctx, was, now.ZIP); err != nil {
		slog.ErrorContext(ctx, "a report could not be written", "package", was.Name, "version", was.Version.String(), "error", err)
	}
}
