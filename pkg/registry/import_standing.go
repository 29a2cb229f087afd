package registry

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// standing is how the record that is here stands to the one that is imported.
// Both have histories: the events of their audits.
type standing int

const (
	absent standing = iota // nothing is here
	behind                 // here is an earlier state of it
	equal                  // here is the very state
	ahead                  // it is an earlier state of what is here
	apart                  // the histories differ
)

func (i *importing) stands(ctx context.Context, subject string, here, there Journal) (standing, error) {
	if here.Revision == 0 {
		return absent, nil
	}
	if here.Revision == there.Revision {
		if same(here.Event, there.Event) {
			return equal, nil
		}
		return apart, nil
	}
	longer, last, s := i.source.Events(ctx, subject), here.Event, behind
	if here.Revision > there.Revision {
		longer, last, s = i.Heads.Recorder.Audit.Events(ctx, subject), there.Event, ahead
	}
	for e, err := range longer {
		if err != nil {
			return apart, err
		}
		if same(&e, last) {
			return s, nil
		}
	}
	return apart, nil
}

// same tells whether two events are one. No event is no other's.
func same(a, b *Event) bool {
	if a == nil || b == nil {
		return false
	}
	c := *b
	if a.Time.Equal(b.Time) {
		c.Time = a.Time
	}
	return *a == c
}

// packageHere returns a package's head as it is here, Full and of revision 0
// when there is none, and how it stands to m.
func (i *importing) packageHere(ctx context.Context, m Moved) (Head, standing, error) {
	h, err := i.Heads.Catalog.Head(ctx, m.Name, Full)
	if err != nil && CodeOf(err) != NotFound {
		return h, absent, err
	}
	s, err := i.stands(ctx, PackageSubject(m.Name), h.Journal, m.Journal)
	return h, s, err
}

// allows tells whether releases of m may be added to the package that is here.
func (s standing) allows(here Head, m Moved) error {
	say := func(format string, args ...any) error {
		return contradiction{fmt.Sprintf("package %q: ", m.Name) + fmt.Sprintf(format, args...)}
	}
	switch {
	case s != apart:
		return nil
	case here.Name != m.Name:
		return say("it is spelled %q here.", here.Name)
	case here.Owner != m.Owner:
		return say("it belongs to %q here, and to %q there. Give it to the same owner: admin package owner %s USER", here.Owner, m.Owner, here.Name)
	case m.Visibility.openness() < here.Visibility.openness():
		return say("it is %s here, and %s there: more would see its releases. Make it so here, too: admin package visibility %s %s", here.Visibility, m.Visibility, here.Name, m.Visibility)
	}
	return nil
}

// events brings in the events of a subject that are not here yet.
func (i *importing) events(ctx context.Context, subject string) error {
	audit := i.Heads.Recorder.Audit
	next, stop := iter.Pull2(audit.Events(ctx, subject))
	defer stop()
	here, failed, ok := next()
	for e, err := range i.source.Events(ctx, subject) {
		for ok && failed == nil && here.Seq < e.Seq {
			here, failed, ok = next()
		}
		if err := errors.Join(err, failed); err != nil {
			return err
		}
		if ok && here.Seq == e.Seq {
			continue
		}
		if err := audit.Record(ctx, e); err != nil {
			return err
		}
	}
	return nil
}
