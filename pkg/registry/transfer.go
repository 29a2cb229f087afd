package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// How much is moved at once: packages, releases of each, and ZIPs in all.
const (
	packagesAtOnce = 4
	releasesAtOnce = 4
	zipsAtOnce     = 6
)

// maxInMemory is the largest ZIP, in bytes, that is not put into a file on its
// way.
const maxInMemory = 4 << 20

// Progress says how far a move is. It may be read meanwhile.
type Progress struct {
	// ToDo is how many releases there are, with those that are there already,
	// and ToDoBytes those of the ZIPs: less while they are counted.
	ToDo, ToDoBytes atomic.Int64
	// Done is how many of them were moved, and Bytes what was copied for it.
	Done, Bytes atomic.Int64
	// Skipped is how many releases, or ZIPs of them, were there already.
	Skipped atomic.Int64
	// Removed is how many were deleted, because they were deleted elsewhere.
	Removed atomic.Int64
	// Packages is how many packages are complete.
	Packages atomic.Int64

	mu       sync.Mutex
	problems []Problem
	more     int
}

// Problem is a ZIP that was not moved.
type Problem struct {
	Name    string
	Version Version
	Reason  string
}

// maxProblems is how many problems are told one by one.
const maxProblems = 1000

func (p *Progress) report(problems ...Problem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	room := min(len(problems), maxProblems-len(p.problems))
	p.problems = append(p.problems, problems[:room]...)
	p.more += len(problems) - room
}

// Problems returns the ZIPs that were not moved, and how many more there are.
func (p *Progress) Problems() (first []Problem, more int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.problems, p.more
}

// damage says why a ZIP is not what its release says.
type damage struct{ reason string }

func (d damage) Error() string { return d.reason }

// ferry carries ZIPs, not too many at once.
type ferry chan struct{}

func newFerry() ferry { return make(ferry, zipsAtOnce) }

// carry reads the ZIP of a release whole, and hands it to put if it is what was
// published; else it returns a damage.
func (f ferry) carry(ctx context.Context, r Release, open func(context.Context, Release) (io.ReadCloser, error), put func(context.Context, io.Reader) error) (err error) {
	select {
	case f <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-f }()
	body, err := open(ctx, r)
	if CodeOf(err) == NotFound {
		return damage{"the ZIP is missing"}
	}
	if err != nil {
		return err
	}
	defer body.Close()
	hold, err := newHold(r.ZIP.Size)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hold.close()) }()
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(hold, sum), io.LimitReader(body, r.ZIP.Size+1))
	if err != nil {
		return fmt.Errorf("read the ZIP of %s %s: %w", r.Name, r.Version, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); size != r.ZIP.Size || got != r.ZIP.SHA256 {
		return damage{fmt.Sprintf("the ZIP has %d bytes (or more) and SHA-256 %s, published were %d and %s", size, got, r.ZIP.Size, r.ZIP.SHA256)}
	}
	whole, err := hold.whole()
	if err != nil {
		return err
	}
	return put(ctx, whole)
}

// hold keeps a ZIP on its way: in memory, or in a file when it is large.
type hold struct {
	memory bytes.Buffer
	file   *os.File
	remove func() error
}

func newHold(size int64) (*hold, error) {
	h := &hold{}
	if size <= maxInMemory {
		h.memory.Grow(int(size) + 1)
		return h, nil
	}
	var err error
	h.file, h.remove, err = TempFile("moved-*.zip")
	return h, err
}

func (h *hold) Write(p []byte) (int, error) {
	if h.file != nil {
		return h.file.Write(p)
	}
	return h.memory.Write(p)
}

// whole returns what was written, from its beginning.
func (h *hold) whole() (io.Reader, error) {
	if h.file == nil {
		return bytes.NewReader(h.memory.Bytes()), nil
	}
	_, err := h.file.Seek(0, io.SeekStart)
	return h.file, err
}

func (h *hold) close() error {
	if h.file == nil {
		return nil
	}
	return h.remove()
}

// maxWaits is how often a busy storage is tried again.
const maxWaits = 5

// patiently tries again while somebody else writes the same, or the storage is
// busy. What is done must be able to go on where it was.
func patiently(ctx context.Context, do func(context.Context) error) error {
	waits := 0
	for try := range maxTries {
		err := do(ctx)
		switch CodeOf(err) {
		case Conflict:
			if err := pause(ctx, try); err != nil {
				return err
			}
		case Unavailable:
			if waits++; waits > maxWaits {
				return err
			}
			select {
			case <-time.After(time.Second << waits):
			case <-ctx.Done():
				return ctx.Err()
			}
		default:
			return err
		}
	}
	return Errorf(Unavailable, "It is being changed by many at once. Try again.")
}
