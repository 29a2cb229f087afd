package registry

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
)

// pair is a release there, and what is here of its number: nil when it is free.
type pair struct {
	there Release
	here  *Release
}

// pairs yields every release of the source with what is here.
func (i *importing) pairs(ctx context.Context, name string) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		next, stop := iter.Pull2(i.Contents.History(ctx, name, Summary))
		defer stop()
		here, err, ok := next()
		for there, failed := range i.source.Releases(ctx, name) {
			for ok && err == nil && failed == nil && here.Version.Compare(there.Version) > 0 {
				here, err, ok = next()
			}
			p := pair{there: there}
			if ok && err == nil && here.Version.Compare(there.Version) == 0 {
				r := here
				p.here = &r
			}
			if failed = errors.Join(failed, err); !yield(p, failed) || failed != nil {
				return
			}
		}
	}
}

// differences is what a package lacks here.
type differences struct {
	contradiction contradiction
	same, add     int
	bytes         int64
	first         []string // versions
}

// maxNamed is how many versions the audit names of those that were added.
const maxNamed = 20

func (d differences) String() string {
	text := fmt.Sprintf("%d releases: %s", d.add, strings.Join(d.first, " "))
	if d.add > len(d.first) {
		text += " ..."
	}
	return text
}

func (i *importing) compare(ctx context.Context, m Moved, s standing) (d differences, err error) {
	for p, err := range i.pairs(ctx, m.Name) {
		if err != nil {
			return d, err
		}
		needed, err := s.needs(p)
		c, contradicts := errors.AsType[contradiction](err)
		switch {
		case contradicts:
			d.contradiction = append(d.contradiction, c...)
		case !needed:
			d.same++
		default:
			d.add++
			d.bytes += p.there.ZIP.Size
			if len(d.first) < maxNamed {
				d.first = append(d.first, p.there.Version.String())
			}
		}
	}
	return d, nil
}

// needs tells whether a release, or its deletion, is to be brought in.
func (s standing) needs(p pair) (bool, error) {
	if p.here == nil {
		return true, nil
	}
	refuse := func(is string) (bool, error) {
		return false, contradiction{fmt.Sprintf("package %q: %s is %s.", p.there.Name, p.there.Version, is)}
	}
	own := p.here.Upload == p.there.Upload
	switch {
	case p.here.Version.String() != p.there.Version.String():
		return refuse("published here as " + p.here.Version.String() + ", which is the same number")
	case p.here.Deleted && (p.there.Deleted || own):
		return false, nil
	case p.here.Deleted:
		return refuse("a number that was published and deleted here")
	case p.there.Deleted && own && s <= behind:
		return true, nil
	case p.there.Deleted:
		return refuse("deleted there, and published here. Delete it here first")
	case p.here.ZIP.SHA256 != p.there.ZIP.SHA256:
		return refuse("published here with another ZIP, of SHA-256 " + p.here.ZIP.SHA256)
	}
	return false, nil
}
