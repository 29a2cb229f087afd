// Package trace follows a request, or an event, through the code: by which id
// it is known, who asks for what, and what it takes of the storage. What is
// known travels in the context; at the end it becomes the access line.
package trace

import (
	"context"
	"sync/atomic"
)

// Request is one request or event at work. The goroutine that serves it fills
// it in; any may count.
type Request struct {
	// ID is what answers and logs call it, here and in the storage: the
	// gateway's, where it came that way.
	ID string
	// Invocation is the platform's id of this function's part of it.
	Invocation string
	// Route is the pattern that it matched, never the path itself.
	Route string
	// User is who asks, when that has been proved.
	User string
	// Package is the name of the package that it is about.
	Package string

	tablestore, oss, read, write atomic.Int64
}

// Usage is what a request has taken of the storage.
type Usage struct {
	Tablestore int64 // calls
	OSS        int64 // calls
	Read       int64 // capacity units of Tablestore
	Write      int64
}

type key struct{}

// With returns a context that carries r.
func With(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, key{}, r)
}

// From returns the request to which ctx belongs: one that nobody reads, when it
// belongs to none.
func From(ctx context.Context) *Request {
	if r, ok := ctx.Value(key{}).(*Request); ok {
		return r
	}
	return new(Request)
}

// CountTablestore counts a call, and the capacity units that its answer reports.
func (r *Request) CountTablestore(read, write int64) {
	r.tablestore.Add(1)
	r.read.Add(read)
	r.write.Add(write)
}

// CountOSS counts a call.
func (r *Request) CountOSS() { r.oss.Add(1) }

// Usage returns what has been counted.
func (r *Request) Usage() Usage {
	return Usage{Tablestore: r.tablestore.Load(), OSS: r.oss.Load(), Read: r.read.Load(), Write: r.write.Load()}
}
