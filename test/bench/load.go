package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// job is what a load process is told on its standard input.
type job struct {
	Address     string   // HOST:PORT
	Requests    [][]byte // sent in turn
	Connections int
	Warmup      time.Duration // before anything counts
	Duration    time.Duration
	Status      int // that every answer must have
	Length      int // of every answer's body, in bytes
}

// speed is what a load process, or the publisher, found.
type speed struct {
	Rate float64 `json:"per_second"`
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
	All  int     `json:"all"` // answers, also those of the warm-up
}

// load is the main of a load process. Any answer that is not the expected one
// makes it fail.
func load(in io.Reader, out io.Writer) error {
	var j job
	if err := json.NewDecoder(in).Decode(&j); err != nil {
		return fmt.Errorf("job: %w", err)
	}
	s, err := j.run()
	if err != nil {
		return fmt.Errorf("load on %s: %w", j.Address, err)
	}
	return json.NewEncoder(out).Encode(s)
}

// run keeps all connections busy for the job's time.
func (j job) run() (speed, error) {
	connections := make([]*connection, j.Connections)
	for i := range connections {
		c, err := dial(j)
		if err != nil {
			return speed{}, err
		}
		defer c.Close()
		c.next = i * len(j.Requests) / j.Connections
		connections[i] = c
	}
	start := time.Now().Add(j.Warmup)
	end := start.Add(j.Duration)
	times := make([][]time.Duration, len(connections))
	answers := make([]int, len(connections))
	errs := make([]error, len(connections))
	var all sync.WaitGroup
	for i, c := range connections {
		all.Go(func() { times[i], answers[i], errs[i] = c.repeat(start, end) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return speed{}, err
	}
	s := measure(slices.Concat(times...), time.Since(start))
	for _, n := range answers {
		s.All += n
	}
	return s, nil
}

// stuck is how long after the end an answer may take.
const stuck = 20 * time.Second

// repeat exchanges until end. It returns the time that each exchange begun
// after start took, at least one, and the number of all exchanges.
func (c *connection) repeat(start, end time.Time) (times []time.Duration, all int, err error) {
	if err := c.SetDeadline(end.Add(stuck)); err != nil {
		return nil, 0, err
	}
	times = make([]time.Duration, 0, 1<<16)
	for now := time.Now(); now.Before(end) || len(times) == 0; all++ {
		if err := c.exchange(); err != nil {
			return nil, 0, err
		}
		done := time.Now()
		if !now.Before(start) {
			times = append(times, done.Sub(now))
		}
		now = done
	}
	return times, all, nil
}

// measure sums up what took times, all within total.
func measure(times []time.Duration, total time.Duration) speed {
	slices.Sort(times)
	return speed{
		Rate: float64(len(times)) / total.Seconds(),
		P50:  milliseconds(percentile(times, 50)),
		P99:  milliseconds(percentile(times, 99)),
		All:  len(times),
	}
}

// runLoad runs a job in a process of its own, so that neither the emulators
// nor the server that is measured share a heap with it.
func runLoad(ctx context.Context, j job) (speed, error) {
	text, err := json.Marshal(j)
	if err != nil {
		return speed{}, err
	}
	var s speed
	output, err := child(ctx, roleLoad, text)
	if err == nil {
		err = json.Unmarshal(output, &s)
	}
	return s, err
}
