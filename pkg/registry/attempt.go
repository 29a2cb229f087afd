package registry

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Attempt is a person's last attempt to publish a version of a name, and how far
// it got. The CLI prints success whatever became of the ZIP, so the registry
// tells by this.
type Attempt struct {
	User    string
	Name    string // as it was announced
	Version string // as it was asked for: a semantic version, or dev
	Upload  string // its ID
	State   AttemptState
	// Announced is when, and Until is how long the ZIP may be sent.
	Announced, Until time.Time
	Changed          time.Time // when State was reached
	Reason           string    // of a refusal
	Told             bool      // an announcement was answered with the refusal
	Stamp            string    // another one after each write; "" before the first
}

// AttemptState is how far an attempt got.
type AttemptState string

// The states of an attempt. A development build has no number before it is
// released, so all of a name's are attempts at the version dev.
const (
	AttemptAnnounced AttemptState = "announced"
	AttemptChecking  AttemptState = "checking" // its ZIP has arrived
	AttemptReleased  AttemptState = "released"
	AttemptRefused   AttemptState = "refused"
	// AttemptLost is announced, and the time for its ZIP is over. It is told by
	// the clock and not stored: the ZIP may be on its way for longer.
	AttemptLost AttemptState = "lost"
)

// MaxAttempts is how many attempts are read at once.
const MaxAttempts = 1000

// Attempts keeps attempts, for 30 days. Names are looked up by Key.
type Attempts interface {
	// Attempt returns a user's last attempt at a version. NotFound when there is
	// none.
	Attempt(ctx context.Context, user, name, version string) (Attempt, error)

	// AttemptsOf returns a user's attempts at a name, or, of "", at all names: at
	// most MaxAttempts, those of one name together.
	AttemptsOf(ctx context.Context, user, name string) ([]Attempt, error)

	// PutAttempt writes a when the stored stamp is still a.Stamp, and gives it
	// the next one. Conflict otherwise.
	PutAttempt(ctx context.Context, a Attempt) error
}

// At returns the state as it is at a time.
func (a Attempt) At(now time.Time) AttemptState {
	if a.State == AttemptAnnounced && now.After(a.Until) {
		return AttemptLost
	}
	return a.State
}

// undecided tells whether nothing has become of the attempt yet.
func (a Attempt) undecided() bool {
	return a.State == AttemptAnnounced || a.State == AttemptChecking
}

// maxReason bounds a reason, in bytes.
const maxReason = 2000

// plain makes a reason safe to show anywhere: it may quote names from a ZIP.
func plain(reason string) string {
	reason = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(reason, string(unicode.ReplacementChar)))
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "") + " ..."
	}
	return reason
}

// alterAttempt writes an attempt anew, again and again while somebody else
// writes it in between. alter is given the zero Attempt when there is none, and
// tells whether there is anything to write.
func alterAttempt(ctx context.Context, in Attempts, user, name, version string, alter func(*Attempt) bool) error {
	for try := range maxTries {
		a, err := in.Attempt(ctx, user, name, version)
		if err != nil && CodeOf(err) != NotFound {
			return err
		}
		if !alter(&a) {
			return nil
		}
		if err = in.PutAttempt(ctx, a); CodeOf(err) != Conflict {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
	return Errorf(Unavailable, "Version %s of %q is being published by you many times at once. Try again.", version, name)
}

// attempt puts down what is announced, as the user's last attempt at the
// version. When the one before was refused and no announcement was answered with
// that yet, this one is, and is not put down.
func (p *Publishing) attempt(ctx context.Context, u Upload) error {
	now := p.Clock().UTC().Truncate(time.Second)
	var refused error
	err := alterAttempt(ctx, p.Attempts, u.By.User, u.Package.Name, u.Asked(), func(a *Attempt) bool {
		refused = nil
		if a.State == AttemptRefused && !a.Told {
			a.Told = true
			refused = Errorf(Conflict, "%s This is said once: publish again, and the registry takes the upload.", a.refusal())
			return true
		}
		*a = Attempt{
			User: u.By.User, Name: u.Package.Name, Version: u.Asked(), Upload: u.ID, State: AttemptAnnounced,
			Announced: now, Until: now.Add(p.TTL), Changed: now, Stamp: a.Stamp,
		}
		return true
	})
	if err != nil {
		return err
	}
	return refused
}

// Asked is the version as it was asked for.
func (u Upload) Asked() string {
	if u.Dev {
		return devWord
	}
	return u.Release.Version.String()
}

// reached puts down how far an upload got, unless its publisher has announced
// another one since.
func (i *Ingesting) reached(ctx context.Context, u Upload, state AttemptState, reason string) error {
	now := i.Clock().UTC().Truncate(time.Second)
	return alterAttempt(ctx, i.Attempts, u.By.User, u.Package.Name, u.Asked(), func(a *Attempt) bool {
		if a.Upload == "" { // announced to a registry that kept no attempts
			*a = Attempt{User: u.By.User, Name: u.Package.Name, Version: u.Asked(), Upload: u.ID, State: AttemptAnnounced, Announced: now, Until: now}
		}
		if a.Upload != u.ID || !a.undecided() || a.State == state {
			return false
		}
		a.State, a.Changed, a.Reason = state, now, reason
		return true
	})
}

// Recent returns a user's last attempts, the newest first, at most limit of them,
// and whether there are more.
func Recent(ctx context.Context, from Attempts, user string, limit int) (recent []Attempt, more bool, err error) {
	all, err := from.AttemptsOf(ctx, user, "")
	slices.SortStableFunc(all, func(a, b Attempt) int { return b.Announced.Compare(a.Announced) })
	return all[:min(len(all), limit)], len(all) > limit || len(all) == MaxAttempts, err
}
