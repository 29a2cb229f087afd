package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/local"
	"github.com/fc-registry/fc-registry/test/sample"
)

// root is the repository.
const root = "../.."

// TestMain lets the tests' own binary be the load process and the bare server.
func TestMain(m *testing.M) {
	if ok, err := role(os.Args); ok {
		exit(err)
	}
	os.Exit(m.Run())
}

// started is a registry with what operations are asked of. No load runs on it:
// that every answer is right and what it costs do not depend on speed.
func started(t *testing.T, upstreams local.Upstreams) *registry {
	t.Helper()
	r, err := startRegistry(t.Context(), root, go1, upstreams)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.stop(nil); err != nil {
			t.Error(err)
		}
	})
	return r
}

func TestOperationsCostWhatTheyMay(t *testing.T) {
	r := started(t, local.Upstreams{})
	b := &bench{options: options{root: root}, progress: func(step string) { t.Log(step) }}
	published(t, r, hello)
	if err := r.fillVersions(t.Context(), many, manyVersions); err != nil {
		t.Fatal(err)
	}
	if err := b.measureCosts(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"cost of latest", "cost of latest, Devs V3", "cost of search", "cost of front page", "cost of package page",
		"cost of publish, a new package", "cost of delete, the latest version",
	} {
		checkCost(t, b, name)
	}
	t.Run("every function answers a first request", func(t *testing.T) { checkStarts(t, r) })
	t.Run("every workload is answered", func(t *testing.T) { checkWorkloads(t, b, r) })
	t.Run("behind an upstream", func(t *testing.T) { checkUpstreamCosts(t, b, r) })
}

// published publishes a package and waits until the storage's notification has
// had ingest look once more: its calls would be counted as somebody else's.
func published(t *testing.T, r *registry, name string) {
	t.Helper()
	if err := r.publish(t.Context(), name, "1.0.0"); err != nil {
		t.Fatal(err)
	}
	ingested := func() (calls int64) {
		for _, row := range r.meter.Snapshot() {
			if row.Service == "fc" && row.Resource == functionPrefix+"ingest" {
				calls += row.Calls
			}
		}
		return calls
	}
	for ingested() < 2 || r.Functions.Busy() > 0 {
		time.Sleep(5 * time.Millisecond)
	}
}

func checkCost(t *testing.T, b *bench, name string) {
	t.Helper()
	one := b.find(go1, name)
	if one.Cost == nil || one.Value <= 0 {
		t.Errorf("%s: %+v", name, one)
		return
	}
	for _, a := range one.Aims {
		if !a.Met {
			t.Errorf("%s: %v: %+v", name, a, one.Cost)
		}
	}
	if strings.HasPrefix(name, "cost of latest") && fmt.Sprint(one.Cost.Calls) != wantLatest {
		t.Errorf("%s: got calls %+v", name, one.Cost.Calls)
	}
}

// wantLatest are the calls that latest makes.
const wantLatest = "[{fc InvokeFunction fc-registry-gateway 1} {fc InvokeFunction fc-registry-query-latest 1} {tablestore GetRow packages 1}]"

func checkStarts(t *testing.T, r *registry) {
	names, err := functions(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		starts, err := r.coldStarts(t.Context(), name, 1)
		if err != nil || len(starts) != 1 || starts[0].ready <= 0 || starts[0].firstAnswer < starts[0].ready {
			t.Errorf("%s: %+v, %v", name, starts, err)
		}
	}
	if err := r.sample(); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for pid, peak := range r.memory[functionPrefix+name] {
			if peak <= 0 {
				t.Errorf("%s, process %d: peak %d", name, pid, peak)
			}
		}
	}
}

func checkWorkloads(t *testing.T, b *bench, r *registry) {
	if err := sample.Fill(t.Context(), r.tables, 0, sampled+1); err != nil {
		t.Fatal(err)
	}
	list, err := b.workloads(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range slices.Concat(list, searches(), []workload{latestOf(hello)}) {
		for _, path := range w.paths {
			if _, err := r.get(t.Context(), path, w.status); err != nil {
				t.Errorf("%s: %v", w.name, err)
			}
		}
	}
}

func checkUpstreamCosts(t *testing.T, b *bench, r *registry) {
	upstreams, err := r.asUpstream()
	if err != nil {
		t.Fatal(err)
	}
	behind := started(t, upstreams)
	if err := behind.fillStale(t.Context(), downName); err != nil {
		t.Fatal(err)
	}
	if err := r.fillPackages(t.Context(), []string{"far"}); err != nil {
		t.Fatal(err)
	}
	if err := b.upstreamCosts(t.Context(), behind, "far"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"cost of upstream: a miss", "cost of upstream: fresh hit", "cost of upstream: stale hit, upstream down",
		"cost of upstream: stale hit soon after", "cost of upstream: first download", "cost of upstream: download",
	} {
		checkCost(t, b, name)
	}
}

func TestEachRuntimesSpecIsThatOfTheRepository(t *testing.T) {
	for _, runtime := range []string{go1, custom} {
		path, err := writeSpec(root, runtime)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(text), customLines) != (runtime == custom) {
			t.Errorf("%s: %v\n%s", runtime, err, text)
		}
	}
}

func TestSizesLeadToTheLargest(t *testing.T) {
	for largest, want := range map[int][]int{2: {2}, 200: {2, 200}, 10_000: {100, 10_000}} {
		if got := steps(largest); !slices.Equal(got, want) {
			t.Errorf("%d: got %v, want %v", largest, got, want)
		}
	}
}
