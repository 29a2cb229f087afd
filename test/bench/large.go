package main

import (
	"context"
	"fmt"
	"net/http"
)

// maxLargeMemory is the aim for the memory in which a large ZIP is inspected, and
// in which it is made anew for old clients, in MB.
const maxLargeMemory = 64

// measureLarge publishes a large ZIP, asks for it as an old client, and tells how
// much memory the functions took that read it. It comes last: the emulated bucket
// is in this process's memory.
func (b *bench) measureLarge(ctx context.Context, r *registry) error {
	b.progress("a large ZIP")
	c, err := packSize("large", "1.0.0", b.large)
	if err != nil {
		return err
	}
	err = b.largeIn(ctx, r, "ingest", func() error {
		if err := r.publisher().publish(ctx, c); err != nil {
			return err
		}
		_, err := r.get(ctx, "/large/releases/tags/1.0.0", http.StatusOK)
		return err
	})
	if err != nil {
		return err
	}
	return b.largeIn(ctx, r, "simple", func() error {
		_, err := r.get(ctx, "/simple/large/zipball/1.0.0", http.StatusFound)
		return err
	})
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
