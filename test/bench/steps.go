package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
)

const bareName = "bare"

func (b *bench) measureCosts(ctx context.Context, r *registry) error {
	b.progress("costs")
	if err := r.settle(ctx, quietAfterPublish); err != nil {
		return err
	}
	return b.addCosts(ctx, r, r.operations())
}

// addCosts counts what operations cost, one after the other.
func (b *bench) addCosts(ctx context.Context, r *registry, list []operation) error {
	sizes, err := readSizes(b.root)
	if err != nil {
		return err
	}
	for _, o := range list {
		c, err := r.cost(ctx, o)
		if err != nil {
			return err
		}
		line := row{Runtime: r.runtime, Name: "cost of " + o.name, Value: float64(c.ReadUnits + c.WriteUnits), Unit: "CU", Cost: &c,
			Note: fmt.Sprintf("%s; %.2f yuan a million, %.2f with ten at once", c, 1e6*c.yuan(sizes, 1), 1e6*c.yuan(sizes, 10))}
		if o.aim != nil {
			line.Aims = []aim{{o.aim.text, o.aim.met(c)}}
		}
		b.add(line)
	}
	return nil
}

// String counts the calls by service, and names those to the storages.
func (c cost) String() string {
	named := make(map[string][]string)
	for _, one := range c.Calls {
		named[one.Service] = append(named[one.Service], fmt.Sprintf("%d %s %s", one.Calls, one.Operation, one.Resource))
	}
	return fmt.Sprintf("Tablestore %d%s; OSS %d%s; %d invocations",
		c.TablestoreCalls, inBrackets(named["tablestore"]), c.OSSCalls, inBrackets(named["oss"]), c.Invocations)
}

func inBrackets(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " (" + strings.Join(names, ", ") + ")"
}

func (b *bench) measureThroughput(ctx context.Context, r *registry) error {
	list, err := b.workloads(ctx, r)
	if err != nil {
		return err
	}
	for _, w := range list {
		b.progress(w.name)
		c, err := b.throughput(ctx, r, w)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		b.add(withAims(compared(r.runtime, w.name, c, bareName), w.aim))
	}
	if err := b.measureCounting(ctx, r, list); err != nil {
		return err
	}
	b.progress("publish")
	c, err := b.publishing(ctx, r, counting(hello))
	if err != nil {
		return err
	}
	b.add(compared(r.runtime, "publish", c, bareName))
	return nil
}

// measureCounting counts what it costs to redirect and to count downloads, as
// fast as they can be asked for: what a million of them would.
func (b *bench) measureCounting(ctx context.Context, r *registry, list []workload) error {
	i := slices.IndexFunc(list, func(w workload) bool { return w.status == http.StatusFound })
	a, err := r.get(ctx, list[i].paths[0], list[i].status)
	if err != nil {
		return err
	}
	j, err := b.asking(r, list[i], len(a.Body))
	if err != nil {
		return err
	}
	r.meter.Reset()
	if _, err := runLoad(ctx, j); err != nil {
		return err
	}
	var reads, writes, downloads int64
	for _, one := range r.meter.Snapshot() {
		switch {
		case one.Service == "fc" && one.Resource == functionPrefix+"download":
			downloads += one.Calls
		case one.Service == "tablestore":
			reads, writes = reads+one.Read, writes+one.Write
		}
	}
	million := func(n int64) int64 { return int64(1e6 * float64(n) / float64(downloads)) }
	b.add(row{
		Runtime: r.runtime, Name: "downloads, busy", Value: float64(reads+writes) / float64(downloads), Unit: "CU each",
		Note: fmt.Sprintf("a million: %s read and %s write CU; counted over %s downloads of one package",
			thousands(fmt.Sprint(million(reads))), thousands(fmt.Sprint(million(writes))), thousands(fmt.Sprint(downloads))),
	})
	return nil
}

// withAims adds the aims of all that is asked by many at once.
func withAims(r row, share float64) row {
	if share > 0 {
		r.Aims = append(r.Aims, aim{fmt.Sprintf("at least %.0f %%", 100*share), r.Base.Ratio >= share})
	}
	r.Aims = append(r.Aims, aim{"p99 under 5 x p50", r.P99 < 5*r.P50})
	r.Note += fmt.Sprintf("; %s: p99 is %.1f x p50", bareName, r.Base.P99/r.Base.P50)
	return r
}

// measureMemory tells how much memory the functions took. One that had nothing
// to do until then is asked once.
func (b *bench) measureMemory(ctx context.Context, r *registry) error {
	names, err := functions(b.root)
	if err != nil {
		return err
	}
	for _, name := range names {
		if r.memory[functionPrefix+name] != nil {
			continue
		}
		if err := errors.Join(r.firstRequest(ctx, name), r.sample()); err != nil {
			return err
		}
	}
	for _, function := range slices.Sorted(maps.Keys(r.memory)) {
		sizes := slices.Sorted(maps.Values(r.memory[function]))
		b.add(row{
			Runtime: r.runtime, Name: "peak memory of " + strings.TrimPrefix(function, functionPrefix),
			Value: megabytes(sizes[len(sizes)-1]), Unit: "MB",
			Note: fmt.Sprintf("largest of %d processes; smallest %.1f MB", len(sizes), megabytes(sizes[0])),
		})
	}
	own, err := peakMemory(os.Getpid())
	if err == nil {
		b.add(row{Runtime: r.runtime, Name: "peak memory of the emulators", Value: megabytes(own), Unit: "MB", Note: "this process, since its start"})
	}
	return err
}

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// maxStart is the aim for a function's first answer, in milliseconds.
const maxStart = 15

func (b *bench) measureStarts(ctx context.Context, r *registry) error {
	b.progress("first answers")
	// A notification that came late would start an instance of ingest, too.
	if err := r.settle(ctx, quietAfterPublish); err != nil {
		return err
	}
	names, err := functions(b.root)
	if err != nil {
		return err
	}
	for _, name := range names {
		starts, err := r.coldStarts(ctx, name, b.starts)
		if err != nil {
			return err
		}
		answers := make([]float64, len(starts))
		for i, s := range starts {
			answers[i] = s.firstAnswer
		}
		first := median(answers)
		ready := medianOf(starts, func(s start) float64 { return s.ready })
		b.add(row{
			Runtime: r.runtime, Name: "exec to first answer of " + name, Value: first, Unit: "ms",
			Aims: []aim{{fmt.Sprintf("at most %d ms", maxStart), first <= maxStart}},
			Note: fmt.Sprintf("%.1f to %.1f ms; takes requests after %.1f ms", slices.Min(answers), slices.Max(answers), ready),
		})
	}
	return nil
}
