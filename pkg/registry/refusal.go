package registry

import (
	"context"
	"time"
)

// Refused is the action of an event that changes nothing: an upload was refused.
const Refused = "refused"

// UploadSubjects is how the audit's subject of each upload of a name begins, of
// those that were refused.
func UploadSubjects(name string) string { return "upload/" + Key(name) + "/" }

// conclude tells of an outcome, and removes what was uploaded. It may be cut short
// anywhere, and is repeated then.
func (i *Ingesting) conclude(ctx context.Context, u Upload, o Outcome) error {
	if err := i.tell(ctx, u, o); err != nil {
		return err
	}
	return i.Blobs.Delete(ctx, UploadKey(u.ID))
}

// tell writes a refusal into the audit and lets webhooks hear of it, and puts
// down for the publisher what became of the attempt: last, so that this shows that
// all is told.
func (i *Ingesting) tell(ctx context.Context, u Upload, o Outcome) error {
	if o.Released {
		return i.reached(ctx, u, AttemptReleased, "")
	}
	a, err := i.Attempts.Attempt(ctx, u.By.User, u.Package.Name, u.Asked())
	if err != nil && CodeOf(err) != NotFound {
		return err
	}
	if a.Upload == u.ID && !a.undecided() {
		return nil
	}
	if err := i.report(ctx, u, o.Reason); err != nil {
		return err
	}
	return i.reached(ctx, u, AttemptRefused, o.Reason)
}

// report records a refusal. Repeated, it changes nothing.
func (i *Ingesting) report(ctx context.Context, u Upload, reason string) error {
	e := Event{
		Subject: UploadSubjects(u.Package.Name) + u.ID, Seq: 1, Time: i.Clock().UTC().Truncate(time.Second),
		Action: Refused, Detail: u.Asked() + ": " + reason,
		User: u.By.User, Token: u.By.Token, From: u.By.From, RequestID: u.By.RequestID,
	}
	if err := i.Heads.Recorder.Audit.Record(ctx, e); err != nil {
		return err
	}
	subjects, err := i.audience(ctx, u)
	if err != nil {
		return err
	}
	return i.Heads.Notifying.raise(ctx, subjects, u.Package.Name, e)
}

// audience are the subjects whose webhooks hear of a refusal: those of the package
// as it is, if the publisher may publish it, without an organization that would
// not see what was refused. Of a package that is not there yet, or another's,
// only those of all packages hear.
func (i *Ingesting) audience(ctx context.Context, u Upload) ([]string, error) {
	everything := []string{AllPackages}
	h, err := i.Heads.Catalog.Head(ctx, u.Package.Name, Summary)
	if CodeOf(err) == NotFound {
		return everything, nil
	}
	if err != nil {
		return nil, err
	}
	role, err := i.Access.role(ctx, u.By.User, h.Package)
	if err != nil || role < MaintainerRole {
		return everything, err
	}
	if h.Package.hides(u.Package) {
		h.Visibility = Private
	}
	return hearing(h.Package), nil
}
