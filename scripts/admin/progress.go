package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// How often progress is shown: on a terminal, and elsewhere.
const (
	redrawn = 200 * time.Millisecond
	told    = 5 * time.Second
)

// watch shows how far a move is until stop is called: by a bar on a terminal,
// by a line now and then elsewhere.
func watch(out *os.File, p *registry.Progress) (stop func()) {
	began, every, begin, end := time.Now(), told, "", "\n"
	info, err := out.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	if terminal {
		every, begin, end = redrawn, "\r\x1b[K", ""
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				fmt.Fprint(out, begin, state(p, time.Since(began), terminal), end)
			case <-done:
				fmt.Fprint(out, begin)
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

const barWidth = 30

// state says how far it is, in one line.
func state(p *registry.Progress, since time.Duration, bar bool) string {
	did, toDo, bytes := p.Done.Load(), p.ToDo.Load(), p.Bytes.Load()
	text := fmt.Sprintf("%d of %d releases, %s of %s, %s/s, %d were there",
		did, toDo, size(bytes), size(p.ToDoBytes.Load()), size(int64(float64(bytes)/since.Seconds())), p.Skipped.Load())
	if !bar || toDo == 0 {
		return text
	}
	full := int(barWidth * min(did+p.Skipped.Load(), toDo) / toDo)
	return "[" + strings.Repeat("=", full) + strings.Repeat(" ", barWidth-full) + "] " + text
}

// size writes bytes for people.
func size(bytes int64) string {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}} {
		if bytes >= unit.bytes {
			return fmt.Sprintf("%.1f %s", float64(bytes)/float64(unit.bytes), unit.name)
		}
	}
	return fmt.Sprintf("%d B", bytes)
}
