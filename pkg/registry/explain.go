package registry

import (
	"cmp"
	"context"
	"fmt"
)

// minute is how messages write a time.
const minute = "2006-01-02 15:04 UTC"

// refusal says that an attempt was refused, and why.
func (a Attempt) refusal() string {
	return fmt.Sprintf("Your upload of %s %s of %s was refused: %s", a.Name, a.Version, a.Announced.UTC().Format(minute), a.Reason)
}

// explain tells, in place of the answer that there is no such release, why the
// viewer's own last upload of it was refused. All others get err as it is, after
// the same calls of the ports whether there is a package that they may not see,
// or none.
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
		if a.State == AttemptRefused && !a.Announced.Before(last.Announced) {
			last = a
		}
	}
	if last.State != AttemptRefused {
		return err
	}
	return Errorf(NotFound, "%s Correct that, and publish again.", last.refusal())
}

// attempts returns a user's attempts at what a tag names; "", and latest, name
// every version.
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
	if err != nil || text == "" || tag.IsLatest() {
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
