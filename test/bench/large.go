package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// maxLargeMemory is the aim for the memory in which a large ZIP is inspected, and
// in which it is made anew for old clients, in MB.
const maxLargeMemory = 64

// measureLarge publishes ZIPs of two sizes, asks for it as an old client, and tells how
// much memory the functions took that read it. It comes last: the emulated bucket
// is in this process's memory.
func (b *bench) measureLarge(ctx context.Context, r *registry) error {
	b.progress("a large ZIP")
	for range ingestsOfSmall {
		if err := b.ingest(ctx, r, rand.Text(), zipSize); err != nil {
			return err
		}
	}
	err := b.largeIn(ctx, r, "ingest", func() error { return b.ingest(ctx, r, "large", b.large) })
	if err != nil {
		return err
	}
	return b.largeIn(ctx, r, "simple", func() error {
		_, err := r.get(ctx, "/simple/large/zipball/1.0.0", http.StatusFound)
		return err
	})
}

// ingestsOfSmall is how often a small ZIP is published: the first one starts the
// instance, the last one's row counts.
const ingestsOfSmall = 5

// ingest publishes a ZIP of some bytes, and adds a row of how long that took,
// beside the time in which its bytes go from memory to memory by HTTP.
func (b *bench) ingest(ctx context.Context, r *registry, name string, size int) error {
	c, err := packSize(name, "1.0.0", size)
	if err != nil {
		return err
	}
	took, err := timed(func() error { return r.publisher().publish(ctx, c) })
	if err != nil {
		return err
	}
	bare, err := timed(func() error {
		a, err := r.get(ctx, "/"+name+"/zipball/1.0.0", http.StatusFound)
		if err == nil {
			_, err = r.get(ctx, a.Header.Get("Location"), http.StatusOK)
		}
		return err
	})
	if err != nil {
		return err
	}
	label := fmt.Sprintf("publish of one ZIP of %d KB", size>>10)
	b.report.Rows = slices.DeleteFunc(b.report.Rows, func(old row) bool { return old.Runtime == r.runtime && old.Name == label })
	b.add(row{
		Runtime: r.runtime, Name: label, Value: milliseconds(took), Unit: "ms",
		Base: &base{Name: "its download", Value: milliseconds(bare), Ratio: took.Seconds() / bare.Seconds()},
	})
	return nil
}

func timed(do func() error) (time.Duration, error) {
	began := time.Now()
	err := do()
	return time.Since(began), err
}

// largeIn tells how much memory a fresh instance of a function takes for
// something with the large ZIP.
func (b *bench) largeIn(ctx context.Context, r *registry, function string, do func() error) error {
	if err := r.kill(ctx, function); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	r.memory = make(peaks)
	if err := r.sample(); err != nil {
		return err
	}
	most := int64(0)
	for _, peak := range r.memory[functionPrefix+function] {
		most = max(most, peak)
	}
	if most == 0 {
		return fmt.Errorf("no instance of %s is there to be measured", function)
	}
	b.add(row{
		Runtime: r.runtime, Name: fmt.Sprintf("peak memory of %s, a ZIP of %d MB", function, b.large>>20),
		Value: megabytes(most), Unit: "MB", Aims: []aim{{fmt.Sprintf("under %d MB", maxLargeMemory), megabytes(most) < maxLargeMemory}},
	})
	return nil
}
