package registry

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Reports writes down what upstreams should not do.
type Reports struct {
	Audit Audit
	Clock Clock
	// Notifying lets webhooks hear of it; it may be nil.
	Notifying *Notifying

	mu   sync.Mutex
	made map[string]bool // subjects that this instance has written down
}

// maxMade bounds what an instance remembers of its reports: one that it has
// forgotten is written again, which changes nothing.
const maxMade = 1000

// UpstreamSubject is how the audit calls what an upstream did to a version that
// was taken from it: one event for each kind of bytes that it had instead.
func UpstreamSubject(name string, v Version, bytes string) string {
	return UpstreamSubjects(name) + v.String() + "/" + bytes
}

// UpstreamSubjects is how each UpstreamSubject of a name begins.
func UpstreamSubjects(name string) string { return "upstream/" + Key(name) + "/" }

// BytesChanged reports that an upstream has other bytes now under the number of
// a version that was taken from it, or seen there: in the log, once in the audit,
// and to webhooks.
func (r *Reports) BytesChanged(ctx context.Context, was Pin, now ZIP) error {
	kept, refused := was.ZIP.sent(), now.sent()
	bytes := refused.SHA256
	if bytes == "" {
		bytes = fmt.Sprint("size ", refused.Size)
	}
	e := Event{
		Subject: UpstreamSubject(was.Name, was.Version, bytes[:min(len(bytes), 16)]), Seq: 1,
		Time: r.Clock().UTC().Truncate(time.Second), Action: BytesChanged, User: was.Upstream,
		Detail: fmt.Sprintf("%s: kept %s; refused %s", was.Version, kept.describe(), refused.describe()),
	}
	if r.reported(e.Subject) {
		return nil
	}
	slog.ErrorContext(ctx, BytesChanged, "package", was.Name, "version", was.Version.String(), "upstream", was.Upstream,
		"kept", kept.describe(), "refused", refused.describe())
	if err := r.Audit.Record(ctx, e); err != nil {
		return err
	}
	if err := r.Notifying.Raise(ctx, Package{Name: was.Name, Visibility: Public}, e); err != nil {
		return err
	}
	r.remember(e.Subject)
	return nil
}

func (r *Reports) reported(subject string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.made[subject]
}

func (r *Reports) remember(subject string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.made == nil || len(r.made) >= maxMade {
		r.made = make(map[string]bool)
	}
	r.made[subject] = true
}
