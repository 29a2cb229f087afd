package main

import (
	"context"
	"runtime/pprof"
)

// profiled takes a CPU profile of this process, which holds the emulators,
// while the first round of latest is measured in the first runtime.
func (b *bench) profiled(name string, measure side) side {
	if b.profile == nil || name != "latest" {
		return measure
	}
	return func(ctx context.Context) (speed, error) {
		if b.profile == nil {
			return measure(ctx)
		}
		to := b.profile
		b.profile = nil
		if err := pprof.StartCPUProfile(to); err != nil {
			return speed{}, err
		}
		defer pprof.StopCPUProfile()
		return measure(ctx)
	}
}
