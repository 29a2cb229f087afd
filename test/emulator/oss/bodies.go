package oss

import (
	"io"
)

// bodies keeps the bytes of objects under ids of its own making. A body never
// changes; what an object's metadata does not name is garbage.
type bodies interface {
	// create begins a body.
	create() (bodyWriter, error)
	// open returns a body, readable even after it has been removed.
	open(id string) (io.ReadSeekCloser, error)
	// link gives a body a second id.
	link(id string) (string, error)
	// remove forgets a body.
	remove(id string) error
	// retain removes all bodies that are not in known.
	retain(known map[string]bool) error
}

// bodyWriter takes the bytes of a body that is not there before commit.
type bodyWriter interface {
	io.Writer
	// commit makes the body durable and returns its id.
	commit() (string, error)
	// abort drops a body that was not committed.
	abort() error
}
