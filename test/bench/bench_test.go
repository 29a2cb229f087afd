package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain lets the tests' own binary be the load process and the bare server.
func TestMain(m *testing.M) {
	if ok, err := role(os.Args); ok {
		exit(err)
	}
	os.Exit(m.Run())
}

// The whole benchmark, as small as it gets. Speeds are not judged; that every
// answer was right, run does; what operations cost does not depend on speed.
func TestTheWholeBenchmark(t *testing.T) {
	o := options{
		large: 3 << 20,
		root:  "../..", runtimes: []string{go1, custom}, rounds: 1, duration: 20 * time.Millisecond,
		publishes: 1, starts: 1, versions: 200, packages: 300,
	}
	result, err := run(t.Context(), o, func(step string) { t.Log(step) })
	if err != nil {
		t.Fatal(err)
	}
	names, err := functions(o.root)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"latest", "latest, Devs V3", "all, 100 versions", "download: redirect", "download: 10 KB ZIP", "publish",
		"list", "front page", "package page", "cost of search", "downloads, busy",
		"cost of latest", "cost of latest, Devs V3", "cost of front page", "cost of package page", "cost of publish, a new package", "cost of delete, the latest version",
		"upstream: a miss", "upstream: fresh hit", "upstream: stale hit, upstream down",
		"cost of upstream: a miss", "cost of upstream: fresh hit", "cost of upstream: stale hit, upstream down", "cost of upstream: stale hit soon after", "cost of upstream: first download", "cost of upstream: download",
	}
	for _, name := range names {
		want = append(want, "peak memory of "+name, "exec to first answer of "+name)
	}
	growth := []string{
		"latest, 2 versions", "latest, 200 versions", "publish, 200 versions",
		"latest, 30 packages", "latest, 300 packages", "publish, 300 packages",
		"list, 30 packages", "search: a word of 5 %, 300 packages", "front page, 300 packages", "package page, 300 packages",
	}
	for _, runtime := range o.runtimes {
		for _, name := range want {
			checkRow(t, result, runtime, name)
		}
	}
	for _, name := range growth {
		checkRow(t, result, go1, name)
	}
}

func checkRow(t *testing.T, r *report, runtime, name string) {
	t.Helper()
	i := slices.IndexFunc(r.Rows, func(one row) bool { return one.Runtime == runtime && one.Name == name })
	if i < 0 {
		t.Errorf("no row %q of runtime %s", name, runtime)
		return
	}
	one := r.Rows[i]
	if one.Value <= 0 || (one.Base != nil && (one.Base.Ratio <= 0 || one.P50 <= 0 || one.P99 < one.P50)) {
		t.Errorf("%s %s: %+v", runtime, name, one)
	}
	for _, a := range one.Aims {
		if one.Cost != nil && !a.Met { // what something costs does not depend on speed
			t.Errorf("%s %s: %v: %+v", runtime, name, a, one.Cost)
		}
	}
	if strings.HasPrefix(name, "cost of latest") && fmt.Sprint(one.Cost.Calls) != wantLatest {
		t.Errorf("%s %s: got calls %+v", runtime, name, one.Cost.Calls)
	}
}

// wantLatest are the calls that latest makes.
const wantLatest = "[{fc InvokeFunction fc-registry-gateway 1} {fc InvokeFunction fc-registry-query-latest 1} {tablestore GetRow packages 1}]"
