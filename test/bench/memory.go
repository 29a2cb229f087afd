package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// peaks are the most memory that each process has used, in bytes, by function
// and process id.
type peaks map[string]map[int]int64

// sample notes the peaks of all function processes that run now: those that
// are idle for a minute are stopped.
func (r *registry) sample() error {
	for _, i := range r.Functions.Instances() {
		peak, err := peakMemory(i.PID)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // stopped meanwhile
		}
		if err != nil {
			return err
		}
		if r.memory[i.Function] == nil {
			r.memory[i.Function] = make(map[int]int64)
		}
		r.memory[i.Function][i.PID] = peak
	}
	return nil
}

// peakMemory reads VmHWM, the largest resident size of a process.
func peakMemory(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("process %d: no VmHWM: it has ended: %w", pid, fs.ErrNotExist)
}
