package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/fc-registry/fc-registry/test/local"
)

// options are the benchmark's sizes and where it runs.
type options struct {
	root      string   // the folder of s.yaml
	runtimes  []string // to show, the first with all rows
	rounds    int      // of each comparison
	duration  time.Duration
	publishes int // in each round
	starts    int // of each function
	versions  int // of the largest package
	packages  int // of the fullest registry
	large     int // bytes of the large ZIP
	profile   io.Writer
}

// bench runs the whole benchmark.
type bench struct {
	options
	report   report
	progress func(string)
}

// run measures each runtime on a registry of its own.
func run(ctx context.Context, o options, progress func(string)) (*report, error) {
	b := &bench{options: o, progress: progress}
	b.report.Machine = fmt.Sprintf("%s, %s/%s, %d CPUs", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for i, name := range o.runtimes {
		if err := b.runtime(ctx, name, i == 0); err != nil {
			return nil, fmt.Errorf("runtime %s: %w", name, err)
		}
	}
	b.report.Notes = b.notes()
	return &b.report, nil
}

// runtime measures one runtime; growth is measured once, as the tables know
// nothing of runtimes.
func (b *bench) runtime(ctx context.Context, name string, growth bool) error {
	b.progress("start the registry, runtime " + name)
	r, err := startRegistry(ctx, b.root, name, local.Upstreams{})
	if err != nil {
		return err
	}
	return r.stop(b.measure(ctx, r, growth))
}

func (b *bench) measure(ctx context.Context, r *registry, growth bool) error {
	if err := r.publish(ctx, hello, "1.0.0"); err != nil {
		return err
	}
	if err := r.fillVersions(ctx, many, manyVersions); err != nil {
		return err
	}
	steps := []func(context.Context, *registry) error{b.measureCosts, b.measureThroughput}
	if growth {
		steps = append(steps, b.measureVersions, b.measurePackages)
	}
	for _, step := range append(steps, b.measureUpstream, b.measureMemory, b.measureStarts, b.measureLarge) {
		if err := step(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) add(r row) { b.report.Rows = append(b.report.Rows, r) }

// find returns a row of the same runtime.
func (b *bench) find(runtime, name string) row {
	for _, r := range b.report.Rows {
		if r.Runtime == runtime && r.Name == name {
			return r
		}
	}
	return row{}
}

func (b *bench) notes() []string {
	return []string{
		fmt.Sprintf("Throughput: %d keep-alive connections through the gateway (the ZIP: to the address that the redirect names), from a load process of their own, each answer's status and length checked. \"bare\" is a net/http server in a process of its own that answers the same status, headers and body; both are measured in turns, %d rounds of %v each: medians, and the median of the rounds' ratios.", connections, b.rounds, b.duration),
		fmt.Sprintf("Publish: one at a time, signed form and chunked PUT of a 10 KB ZIP, live when the PUT returns; %d rounds of %d. \"bare\" takes the same form and the same PUT.", b.rounds, b.publishes),
		"Versions and packages are filled through pkg/tablestore (PutRelease, PutHead): the rows that publishing leaves, without a readme and without a ZIP in OSS. Queries and publishes on them take the usual way.",
		"Costs: read + write capacity units (CU), counted by the emulators; a publish includes the second run of ingest that OSS's notification causes. Yuan by the public price lists, of calls alone: what is stored and sent comes on top (test/bench/price.go).",
		"Upstreams: a second registry asks the first one; latest is asked for. A miss is a name's first question, one at a time; hits have 16 connections, and the ratio is to a package of its own, asked in turns.",
		fmt.Sprintf("First answers: median of %d starts of one instance each, from exec to the answer of a first request that needs the tables; the gateway's goes to a query-latest that runs.", b.starts),
		"The large ZIP is stored, not compressed, so that all of it is read and hashed; an instance of ingest of its own takes it.",
		"Memory: VmHWM, the largest resident size, over the whole run. The benchmark's own process holds the emulators, and all their data.",
	}
}
