package registry

import (
	"context"
	"iter"
	"path"
	"slices"
	"time"
)

// Upstream is another registry. What it answers is somebody else's: an
// implementation checks it, cuts it to the limits that hold here, and leaves out
// versions that are none. Packages have Upstream, releases ZIP.Source set.
type Upstream interface {
	// Latest returns a package's latest release. NotFound when the upstream says
	// that it has no such package; Unavailable when it does not answer; any other
	// error when its answer is none.
	Latest(ctx context.Context, name string) (Package, Release, error)

	// Release returns one release by its version. Errors are as with Latest.
	Release(ctx context.Context, name string, v Version) (Package, Release, error)

	// Releases returns summaries of all releases, highest version first.
	// Errors are as with Latest.
	Releases(ctx context.Context, name string) (Package, []Release, error)

	// Find returns packages that match, with their latest releases, Described.
	// Errors are as with Latest.
	Find(ctx context.Context, s Search) ([]Head, error)
}

// Supplier is an upstream and the names that it is asked for.
type Supplier struct {
	URL string // base URL, by which it is known
	Upstream
	// Patterns of names (path.Match), without regard to case: those asked for,
	// all when there are none; and those of them that are not.
	Allow, Deny []string
}

// supplies tells whether the supplier is asked for a name.
func (s Supplier) supplies(name string) bool {
	return (len(s.Allow) == 0 || matches(s.Allow, name)) && !matches(s.Deny, name)
}

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, err := path.Match(Key(pattern), Key(name))
		return matched && err == nil
	})
}

// Question is what an upstream was asked about a name.
type Question string

// The questions, beside ReleaseQuestion.
const (
	LatestQuestion   Question = "latest"
	ReleasesQuestion Question = "releases"
)

// ReleaseQuestion asks for one version.
func ReleaseQuestion(v Version) Question { return releasePrefix + Question(v.String()) }

const releasePrefix = "release/"

// Answer is what an upstream said to a question.
type Answer struct {
	Package  Package
	Releases []Release // none when it said that there is no such thing
	Asked    time.Time // when it said so
}

// Origin records that a name belongs to an upstream, the first that had it.
type Origin struct {
	Name     string    `json:"name"`     // as the upstream writes it
	Upstream string    `json:"upstream"` // base URL
	Since    time.Time `json:"since"`
}

// Kept is what is kept that an answer depends on.
type Kept struct {
	Answer   *Answer // nil when there is none
	Origin   *Origin // nil when the name is known from no upstream
	Reserved []string
}

// Answers keeps what upstreams said. Names are as upstreams spell them: one may
// hold two packages whose names differ by case, and neither is ever taken for the
// other. Every method that writes may be repeated with the same arguments.
type Answers interface {
	// Kept returns all that an answer depends on, in one call.
	Kept(ctx context.Context, name string, q Question) (Kept, error)

	// Keep keeps an answer in the place of the one before. It may vanish after
	// some weeks.
	Keep(ctx context.Context, name string, q Question, a Answer) error

	// PutOrigin records where a name is from, for ever, and returns what is
	// recorded: the first counts.
	PutOrigin(ctx context.Context, o Origin) (Origin, error)

	// ForgetOrigin lets a name go; that there is no record is no error.
	ForgetOrigin(ctx context.Context, name string) error

	// Known returns the origins of those of the names, at most MaxKnown, that
	// have one, in no order.
	Known(ctx context.Context, names []string) ([]Origin, error)

	// Origins yields all of them, by name.
	Origins(ctx context.Context) iter.Seq2[Origin, error]

	// Answered describes the answers that are kept about a name.
	Answered(ctx context.Context, name string) iter.Seq2[Answered, error]
}

// MaxKnown is how many origins are read at once.
const MaxKnown = 100

// Answered describes an answer that is kept.
type Answered struct {
	Question Question
	Upstream string // "" when it said that there is no such thing
	Asked    time.Time
	Original Digest // as of ZIP, where the answer is one release
}

// Describe describes an answer to a question.
func Describe(q Question, a Answer) Answered {
	d := Answered{Question: q, Upstream: a.Package.Upstream, Asked: a.Asked}
	if len(a.Releases) == 1 && q != ReleasesQuestion {
		d.Original = a.Releases[0].ZIP.sent()
	}
	return d
}

// ReservedNames are the patterns of names that are never asked for upstream, nor
// served from there.
type ReservedNames struct {
	Patterns []string
	Journal
}

// Reservations keeps the reserved names.
type Reservations interface {
	// ReservedNames returns them, with Revision 0 when nobody has reserved any.
	ReservedNames(ctx context.Context) (ReservedNames, error)
	// PutReservedNames writes them when the stored revision is still r.Revision,
	// and gives them the next one. Conflict otherwise.
	PutReservedNames(ctx context.Context, r ReservedNames) error
}

// Pin is a version that was taken from an upstream: these bytes and no others.
type Pin struct {
	Name     string
	Version  Version
	Upstream string // base URL
	ZIP      ZIP    // all but what is not known of it
	Since    time.Time
	// Release is what the upstream said of it then; PutPin takes it, and Taken
	// returns it.
	Release *Release
}

// Pins keeps what was taken from upstreams, for ever. Names are those of the
// upstreams, as they spell them; versions are looked up by SortKey.
type Pins interface {
	// Pin returns one. NotFound when the version was never taken.
	Pin(ctx context.Context, name string, v Version) (Pin, error)

	// PinsOf yields those of a package.
	PinsOf(ctx context.Context, name string) iter.Seq2[Pin, error]

	// Taken returns the release of a pin, Full. NotFound when there is no pin.
	Taken(ctx context.Context, name string, v Version) (Release, error)

	// PutPin pins a version and returns what is stored: the first counts.
	PutPin(ctx context.Context, p Pin) (Pin, error)
}

// UpstreamMode says what becomes of the ZIPs of upstreams.
type UpstreamMode string

// The modes: kept here from the first download on; redirected to each time; or
// addressed at the upstream by the answers themselves.
const (
	Mirror   UpstreamMode = "mirror"
	Redirect UpstreamMode = "redirect"
	Off      UpstreamMode = "off"
)
