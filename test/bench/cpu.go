package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of times in /proc: USER_HZ is 100 on every Linux platform
// that Go runs on.
const tick = 10 * time.Millisecond

// emulators is what the benchmark's own process is called beside the functions.
const emulators = "emulators"

// usage adds up the CPU time that each function, and this process, uses while
// something is measured.
type usage struct {
	spent    map[string]time.Duration
	requests int
}

// watch measures a side and adds what the processes used for it.
func (u *usage) watch(r *registry, measure side) side {
	return func(ctx context.Context) (speed, error) {
		before, err := r.cpuTimes()
		if err != nil {
			return speed{}, err
		}
		s, err := measure(ctx)
		if err != nil {
			return s, err
		}
		after, err := r.cpuTimes()
		for pid, p := range after {
			u.spent[p.name] += p.used - before[pid].used
		}
		u.requests += s.All
		return s, err
	}
}

// String tells the CPU time per request of each.
func (u *usage) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(u.spent)) {
		if each := float64(u.spent[name].Microseconds()) / float64(u.requests); each >= 1 {
			parts = append(parts, fmt.Sprintf("%s %.0f µs", strings.TrimPrefix(name, functionPrefix), each))
		}
	}
	return "CPU for each: " + strings.Join(parts, ", ")
}

// used is the CPU time of one process.
type used struct {
	name string
	used time.Duration
}

// cpuTimes reads the times of all processes, by their ids.
func (r *registry) cpuTimes() (map[int]used, error) {
	own, err := cpuTime(os.Getpid())
	if err != nil {
		return nil, err
	}
	times := map[int]used{os.Getpid(): {emulators, own}}
	for _, i := range r.Functions.Instances() {
		t, err := cpuTime(i.PID)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // stopped meanwhile
		}
		if err != nil {
			return nil, err
		}
		times[i.PID] = used{i.Function, t}
	}
	return times, nil
}

// cpuTime reads a process's user and system time: fields 14 and 15 of its
// stat, the twelfth and thirteenth behind its name in brackets.
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat is not as expected: %s", pid, text)
	}
	user, err := strconv.Atoi(string(fields[11]))
	system, systemErr := strconv.Atoi(string(fields[12]))
	return time.Duration(user+system) * tick, errors.Join(err, systemErr)
}
