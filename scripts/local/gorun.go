package main

import (
	"context"
	"os"
	"strings"
	"time"
)

// stopAfterGoRun calls stop when go run has ended, if this was started by it:
// go run passes no signals on, and kill sends them to it alone.
func stopAfterGoRun(ctx context.Context, stop func()) {
	parent := os.Getppid()
	if !startedByGoRun() {
		return
	}
	for os.Getppid() == parent {
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	stop()
}

// startedByGoRun goes by where go run puts what it builds: a temporary folder
// go-build*, or the build cache, whose usual name is go-build, too.
func startedByGoRun() bool {
	program, err := os.Executable()
	cache := os.Getenv("GOCACHE")
	return err == nil && (strings.Contains(program, "go-build") || cache != "" && strings.HasPrefix(program, cache))
}
