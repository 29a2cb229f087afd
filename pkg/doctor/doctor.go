// Package doctor examines a deployed registry, from outside as its users see it
// and from the account that it runs in, and says how to mend what it finds.
package doctor

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Doctor examines one registry.
type Doctor struct {
	URL   string           // the public address, without a path
	HTTP  *http.Client     // follows no redirects, and gives up after a while
	Clock func() time.Time // time.Now, or a test's
	Wait  time.Duration    // how long a release may take to appear in a list

	// Missing returns what setting up the storage would change.
	Missing func(ctx context.Context) ([]string, error)
	// Overdue returns how many webhooks wait that long for an event.
	Overdue func(ctx context.Context, since time.Duration) (int, error)
	// AddUser makes the user who publishes the probe, and returns the token.
	AddUser func(ctx context.Context, name string) (string, error)
	// RemoveUser takes that user away; that there is none is no error.
	RemoveUser func(ctx context.Context, name string) error
	// Clashes says of each name that was published here after it came from an
	// upstream, from which.
	Clashes func(ctx context.Context) (map[string]string, error)
}

// State is what a check found.
type State string

// A Note is nothing that keeps the registry from working.
const (
	OK      State = "ok"
	Note    State = "note"
	Problem State = "problem"
)

// Finding is the outcome of one check.
type Finding struct {
	Check string `json:"check"`
	State State  `json:"state"`
	Says  string `json:"says"`
	Mend  string `json:"mend,omitempty"` // what to do
}

// visit is one examination.
type visit struct {
	*Doctor
	ctx    context.Context
	report func(Finding)
}

// Examine reports each finding as it is made. What it publishes to see whether
// that works is taken back, also when ctx ends before the examination: then that
// is its error.
func (d *Doctor) Examine(ctx context.Context, report func(Finding)) error {
	v := &visit{Doctor: d, ctx: ctx, report: report}
	v.address()
	works := v.storage()
	if works {
		v.webhooks()
		v.clashes()
	}
	works = v.answers() && v.functions() && works
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if works {
		v.probe()
	} else {
		v.note("probe", "no probe package was published: it would only meet the problems above", "Mend them, and run doctor again.")
	}
	v.note("roles", "that a role may do more than it must can't be seen from here", "Compare the account's RAM roles with what admin policies prints.")
	return ctx.Err()
}

func (v *visit) ok(check, format string, args ...any) {
	v.report(Finding{Check: check, State: OK, Says: fmt.Sprintf(format, args...)})
}

func (v *visit) note(check, says, mend string) {
	v.report(Finding{check, Note, says, mend})
}

// problem reports what keeps something from working, unless nobody waits for it
// any more: then everything fails.
func (v *visit) problem(check, says, mend string) {
	if v.ctx.Err() == nil {
		v.report(Finding{check, Problem, says, mend})
	}
}

// storage checks the tables, indexes and the bucket, and tells whether they are
// as they must be.
func (v *visit) storage() bool {
	missing, err := v.Missing(v.ctx)
	for _, what := range missing {
		v.problem("storage", "admin bootstrap would "+what, "Run it.")
	}
	if err != nil {
		v.problem("storage", strings.ReplaceAll(err.Error(), "\n", "; "), "") // it says what to do
		return false
	}
	if len(missing) == 0 {
		v.ok("storage", "tables, indexes and the bucket are as the registry needs them")
	}
	return len(missing) == 0
}

// clashes tells of names that mean another package here than they did.
func (v *visit) clashes() {
	clashes, err := v.Clashes(v.ctx)
	if err != nil {
		v.problem("upstream", err.Error(), "")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(clashes)) {
		v.note("upstream", fmt.Sprintf("package %q is published here, and came from %s before; the one here is served", name, clashes[name]),
			"Tell those who use the other one, or give yours another name. admin reserve keeps names from being taken; admin upstream forget "+name+" ends this note.")
	}
}
