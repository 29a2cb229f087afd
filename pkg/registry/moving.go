package registry

import (
	"context"
	"io"
	"iter"
)

// Contents lists all that a registry holds.
type Contents interface {
	// Packages yields the name of every package, by Key, also of one without a
	// release.
	Packages(ctx context.Context) iter.Seq2[string, error]
	// History yields every release of a name, deleted ones too, highest version
	// first, development builds last; also while there is no package of that
	// name yet.
	History(ctx context.Context, name string, f Fields) iter.Seq2[Release, error]
	// Stored returns one release of History. NotFound when there is none.
	Stored(ctx context.Context, name string, v Version, f Fields) (Release, error)
	// Groups yields every organization, removed ones too, by Key.
	Groups(ctx context.Context) iter.Seq2[Group, error]
}

// Restore writes what another registry held, as it was there.
type Restore interface {
	// RestoreHead writes h, with its revision as it is and but for Downloads,
	// when the stored head's revision is over, 0 standing for none. Conflict
	// otherwise.
	RestoreHead(ctx context.Context, h Head, over int64) error
	// RestoreGroup writes g in the same way.
	RestoreGroup(ctx context.Context, g Group, over int64) error
	// RestoreDeleted takes the number of a deleted release, as MarkDeleted would
	// have left it. Conflict when it is taken by another Upload.
	RestoreDeleted(ctx context.Context, r Release) error
	// RestoreDownloads raises the downloads of a package to d, in all and of each
	// day; what is higher stays.
	RestoreDownloads(ctx context.Context, name string, d Downloaded) error
}

// ZIPs is where the ZIPs of releases are put.
type ZIPs interface {
	// PutZIP writes an object, whole or not at all. One that is there stays as it
	// is: keys name their contents. The body stays open.
	PutZIP(ctx context.Context, key string, body io.Reader) error
}

// Moved is a package as it is moved: without Latest, which follows from its
// releases.
type Moved struct {
	Head
	Downloaded Downloaded
}

// Source is what is brought into a registry.
type Source interface {
	// Reserved returns the patterns of the reserved names.
	Reserved(ctx context.Context) ([]string, error)
	// Groups yields organizations, each once.
	Groups(ctx context.Context) iter.Seq2[Group, error]
	// Packages yields packages, each once.
	Packages(ctx context.Context) iter.Seq2[Moved, error]
	// Releases yields the releases of a package in the order of History.
	Releases(ctx context.Context, name string) iter.Seq2[Release, error]
	// Events yields the events of a subject in order, up to the one that stands
	// in the subject's record, with which they end.
	Events(ctx context.Context, subject string) iter.Seq2[Event, error]
	// OpenZIP reads the ZIP of a release. NotFound when there is none.
	OpenZIP(ctx context.Context, r Release) (io.ReadCloser, error)
}

// Archive is where an export is put.
type Archive interface {
	// PutReserved adds the patterns of the reserved names.
	PutReserved(ctx context.Context, patterns []string) error
	PutGroup(ctx context.Context, g Group, events iter.Seq2[Event, error]) error
	// PutPackage may be repeated: the last one counts.
	PutPackage(ctx context.Context, p Moved, releases iter.Seq2[Release, error], events iter.Seq2[Event, error]) error
	// HasZIP tells whether the ZIP is there, verified.
	HasZIP(zip ZIP) (bool, error)
	// PutZIP adds a verified ZIP.
	PutZIP(ctx context.Context, zip ZIP, body io.Reader) error
}

// ZIPKey is the object in which a released ZIP stays.
func ZIPKey(name string, v Version, sha256 string) string {
	return PackagePrefix + Key(name) + "/" + v.String() + "/" + sha256 + ".zip"
}

// PackageSubject is a package as a subject of the audit.
func PackageSubject(name string) string { return "package/" + Key(name) }

// GroupSubject is an organization as a subject of the audit.
func GroupSubject(name string) string { return "organization/" + Key(name) }
