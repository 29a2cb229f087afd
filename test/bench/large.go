package main

import (
	"context"
	"fmt"
	"net/http"
)

// maxLargeMemory is the aim for the memory in which a large ZIP is inspected, in
// MB.
const maxLargeMemory = 64

// measureLarge publishes a large ZIP and tells how much memory ingest took. It
// comes last: the emulated bucket is in this process's memory.
func (b *bench) measureLarge(ctx context.Context, r *registry) error {
	b.progress("a large ZIP")
	if err := r.kill(ctx, "ingest"); err != nil {
		return err
	}
	c, err := packSize("large", "1.0.0", b.large)
	if err != nil {
		return err
	}
	if err := r.publisher().publish(ctx, c); err != nil {
		return err
	}
	if _, err := r.get(ctx, "/large/releases/tags/1.0.0", http.StatusOK); err != nil {
		return err
	}
	r.memory = make(peaks)
	if err := r.sample(); err != nil {
		return err
	}
	most := int64(0)
	for _, peak := range r.memory[functionPrefix+"ingest"] {
		most = max(most, peak)
	}
	if most == 0 {
		return fmt.Errorf("no instance of ingest is there to be measured")
	}
	b.add(row{
		Runtime: r.runtime, Name: fmt.Sprintf("peak memory of ingest, a ZIP of %d MB", b.large>>20),
		Value: megabytes(most), Unit: "MB", Aims: []aim{{fmt.Sprintf("under %d MB", maxLargeMemory), megabytes(most) < maxLargeMemory}},
	})
	return nil
}
