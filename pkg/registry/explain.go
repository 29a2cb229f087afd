package registry

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// minute is how messages write a time.
const minute = "2006-01-02 15:04 UTC"

// refusal says that an attempt was refused, and why.
func (a Attempt) refusal() string {
	return fmt.Sprintf("Your upload of %s %s of %s was refused: %s", a.Name, a.Version, a.Announced.UTC().Format(minute), a.Reason)
}

// explain tells its publisher why there is no such release.
func (a Attempt) explain(now time.Time) string {
	announced := fmt.Sprintf("There is no release %s of %q yet: you announced it at %s", a.Version, a.Name, a.Announced.UTC().Format(minute))
	switch a.At(now) {
	case AttemptAnnounced:
		return announced + ", and its ZIP has not arrived. Ask again in a minute."
	case AttemptLost:
		return announced + ", and its ZIP never arrived. Publish again."
	case AttemptChecking:
		return announced + ", and its ZIP is being checked. Ask again in a minute; if this stays so, publish again."
	}
	return a.refusal() + " Correct that, and publish again."
}

// explain adds, to the answer that there is no such release, what became of the
// viewer's own attempts to publish it. All others get err as it is, after the
// same calls of the ports whether there is a package that they may not see, or
// none.
func (q *Queries) explain(ctx context.Context, viewer Viewer, name, tag string, err error) error {
	if q.Attempts == nil || CodeOf(err) != NotFound {
		return err
	}
	user, failed := viewer(ctx)
	if failed != nil || user == "" {
		return cmp.Or(failed, err)
	}
	attempts, failed := q.attempts(ctx, user, name, tag)
	if failed != nil {
		return failed
	}
	var last Attempt
	for _, a := range attempts {
		if a.State != AttemptReleased && !a.Announced.Before(last.Announced) {
			last = a
		}
	}
	if last.Upload == "" {
		return err
	}
	return Errorf(NotFound, "%s", last.explain(q.Clock()))
}

// attempts returns a user's attempts at what a tag names; "" names every version.
func (q *Queries) attempts(ctx context.Context, user, name, text string) ([]Attempt, error) {
	tag, err := ParseTag(text)
	if text != "" && err != nil {
		return nil, nil
	}
	_, exact := tag.Exact()
	if exact || tag.IsDev() {
		a, err := q.Attempts.Attempt(ctx, user, name, text)
		if CodeOf(err) == NotFound {
			return nil, nil
		}
		return []Attempt{a}, err
	}
	all, err := q.Attempts.AttemptsOf(ctx, user, name)
	if err != nil || text == "" {
		return all, err
	}
	var within []Attempt
	for _, a := range all {
		if v, err := ParseVersion(a.Version); err == nil && tag.Matches(v) {
			within = append(within, a)
		}
	}
	return within, nil
}
