package registry

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// Disk shares what an instance has of temporary disk among the ZIPs that it
// inspects at once.
type Disk struct {
	size int64
	free *semaphore.Weighted
}

// NewDisk returns a disk of some bytes.
func NewDisk(size int64) *Disk { return &Disk{size, semaphore.NewWeighted(size)} }

// reserve waits until there is room for n bytes, or nothing else is on the disk.
// release gives the room back.
func (d *Disk) reserve(ctx context.Context, n int64) (release func(), err error) {
	n = min(n, d.size)
	if err := d.free.Acquire(ctx, n); err != nil {
		return nil, &Error{Code: Unavailable, Message: "The registry is busy with other ZIPs. Try again in some seconds.", Err: err}
	}
	return func() { d.free.Release(n) }, nil
}
