package registry

import (
	"context"
	"io"
	"iter"
	"time"
)

// Catalog keeps packages and their releases. Names are looked up by Key. Every
// method that writes may be repeated with the same arguments.
type Catalog interface {
	// Head returns a package with its latest release: one read of one row,
	// however many versions there are. NotFound when the name is unknown.
	Head(ctx context.Context, name string, f Fields) (Head, error)

	// Heads returns packages with their latest releases, Described, in no
	// order. Unknown names are left out.
	Heads(ctx context.Context, names []string) ([]Head, error)

	// Release returns one release, deleted ones too, and its package (without
	// Latest). NotFound when there is no such package or version; with the
	// package, when that is there.
	Release(ctx context.Context, name string, v Version, f Fields) (Head, Release, error)

	// Releases returns a page of summaries (without Type, Publisher, Upload and
	// the ZIP's key), highest version first, development
	// builds last, deleted ones left out; and the package (without Latest).
	// NotFound when the name is unknown.
	Releases(ctx context.Context, name string, skip, limit int) (Head, []Release, error)

	// Versions yields the versions of a package, highest first, deleted ones
	// too: the numbered ones, or the development builds.
	Versions(ctx context.Context, name string, dev bool) iter.Seq2[Listed, error]

	// PutHead writes h, as Full reads it, but for Downloads, when the stored
	// head's revision is still h.Revision, and gives it the next one. Conflict
	// otherwise.
	PutHead(ctx context.Context, h Head) error

	// PutRelease adds a release and returns what is stored. When the version
	// is taken (a deleted one stays taken) it returns the stored release and
	// Conflict, or no error when that one came from the same Upload.
	PutRelease(ctx context.Context, r Release) (Release, error)

	// MarkDeleted takes everything from a release but Name, Version, Upload
	// and the key of its ZIP. NotFound when there is no such release.
	MarkDeleted(ctx context.Context, name string, v Version) error
}

// Listed is a version as Versions yields it.
type Listed struct {
	Version Version
	Deleted bool
}

// Uploads keeps what was announced and has not been released yet. Records may
// vanish after a day.
type Uploads interface {
	// PutUpload stores a new upload.
	PutUpload(ctx context.Context, u Upload) error

	// Upload returns one. NotFound when there is none.
	Upload(ctx context.Context, id string) (Upload, error)

	// Assign changes an upload's version from one to another. Conflict when
	// it is not from (any more).
	Assign(ctx context.Context, id string, from, to Version) error

	// Finish records the outcome of an upload that has none, and returns the
	// one that is stored then: the first counts.
	Finish(ctx context.Context, id string, o Outcome) (Outcome, error)
}

// Upload is a release on its way: announced, its ZIP not yet inspected.
type Upload struct {
	ID      string
	Dev     bool   // asked for the next development build
	InZIP   string // the Version that the ZIP's publish.yaml must have
	By      Caller
	Package Package // as it is to be from then on
	// Before is the package's visibility when the upload was announced, "" when
	// there was no package.
	Before  Visibility
	Release Release // without ZIP and PublishTime
	Outcome Outcome // zero while nothing has been decided
}

// Outcome is what became of an upload.
type Outcome struct {
	Released bool
	Reason   string // why it was rejected
}

// Done tells whether anything has been decided.
func (o Outcome) Done() bool { return o != Outcome{} }

// Blobs keeps ZIPs: what clients upload, and what is served.
type Blobs interface {
	// PresignUpload returns a URL to which a client may PUT the object until
	// expires. The storage then posts callback (JSON) to callbackURL and hands
	// its answer to the client.
	PresignUpload(ctx context.Context, key string, expires time.Duration, callbackURL, callback string) (string, error)

	// PresignDownload returns a URL from which a client may GET the object
	// until expires, under the given file name. No call to the storage is made.
	PresignDownload(ctx context.Context, key, fileName string, expires time.Duration) (string, error)

	// Open reads an object. NotFound when there is none.
	Open(ctx context.Context, key string) (io.ReadCloser, BlobInfo, error)

	// Exists tells whether there is an object, without the right to read it.
	Exists(ctx context.Context, key string) (bool, error)

	// Delete removes an object; that there is none is no error.
	Delete(ctx context.Context, key string) error
}

// BlobInfo describes an object.
type BlobInfo struct {
	Size int64
}

// Clock tells the time.
type Clock func() time.Time
