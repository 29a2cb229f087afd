package main

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
)

// sameWithin is by how much latest may change with the number of versions.
const sameWithin = 0.10

// measureVersions compares a package of many versions with one of one version.
func (b *bench) measureVersions(ctx context.Context, r *registry) error {
	if err := r.fillPackages(ctx, []string{"single-000"}); err != nil {
		return err
	}
	for _, n := range steps(b.versions) {
		b.progress(fmt.Sprintf("%d versions", n))
		name := fmt.Sprintf("versions-%d", n)
		if err := r.fillVersions(ctx, name, n); err != nil {
			return err
		}
		if err := b.latestOf(ctx, r, name, n); err != nil {
			return err
		}
		if err := b.publishTo(ctx, r, name, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) latestOf(ctx context.Context, r *registry, name string, n int) error {
	ours, err := b.latestJob(ctx, r, name)
	if err != nil {
		return err
	}
	base, err := b.latestJob(ctx, r, "single-000")
	if err != nil {
		return err
	}
	c, err := r.compare(ctx, b.rounds, runner(ours), runner(base))
	if err != nil {
		return err
	}
	line := compared(r.runtime, fmt.Sprintf("latest, %s versions", thousands(fmt.Sprint(n))), c, "1 version")
	line.Aims = []aim{{"the same within 10 %", math.Abs(c.Ratio-1) <= sameWithin}}
	b.add(line)
	return r.sample()
}

func (b *bench) latestJob(ctx context.Context, r *registry, name string) (job, error) {
	w := latestOf(name)
	a, err := r.get(ctx, w.paths[0], w.status)
	if err != nil {
		return job{}, err
	}
	return b.asking(r, w, len(a.Body))
}

func latestOf(names ...string) workload {
	w := workload{status: http.StatusOK}
	for _, name := range names {
		w.paths = append(w.paths, "/"+name+"/releases/latest")
	}
	return w
}

// publishTo compares publishing to a package of n versions with publishing
// second versions.
func (b *bench) publishTo(ctx context.Context, r *registry, name string, n int) error {
	singles := numbered(fmt.Sprintf("beside-%d", n), b.rounds*b.publishes)
	if err := r.fillPackages(ctx, singles); err != nil {
		return err
	}
	p := r.publisher()
	c, err := r.compare(ctx, b.rounds, b.series(p, counting(name)), b.series(p, rotating(singles, "1.1.1")))
	if err != nil {
		return err
	}
	b.add(compared(r.runtime, fmt.Sprintf("publish, %s versions", thousands(fmt.Sprint(n))), c, "1 version"))
	return r.sample()
}

// steps are the sizes on the way to the largest.
func steps(largest int) []int {
	list := []int{largest}
	for n := largest / 100; n > 1; n /= 100 {
		list = append(list, n)
	}
	slices.Reverse(list)
	return list
}

// measurePackages repeats latest and publish in a registry that becomes
// fuller. Time passes between these rows and the first ones, so it is the
// ratio to the bare server that can be compared.
func (b *bench) measurePackages(ctx context.Context, r *registry) error {
	names := numbered("package", b.packages)
	filled := 0
	for _, n := range steps(b.packages) {
		b.progress(fmt.Sprintf("%d packages", n))
		if err := r.fillPackages(ctx, names[filled:n]); err != nil {
			return err
		}
		filled = n
		if err := b.among(ctx, r, names[:n]); err != nil {
			return err
		}
	}
	return nil
}

// among measures latest of many packages in turn, and publishing to one more.
func (b *bench) among(ctx context.Context, r *registry, names []string) error {
	size := thousands(fmt.Sprint(len(names)))
	latest, err := b.throughput(ctx, r, latestOf(spread(names, maxAsked)...))
	if err != nil {
		return err
	}
	another := fmt.Sprintf("beside-packages-%d", len(names)) // so that all asked for answer alike
	if err := r.fillPackages(ctx, []string{another}); err != nil {
		return err
	}
	publish, err := b.publishing(ctx, r, counting(another))
	if err != nil {
		return err
	}
	b.addFuller(r, "latest", size, latest)
	b.addFuller(r, "publish", size, publish)
	return nil
}

// addFuller adds a row that tells how it compares with the one measured among
// few packages.
func (b *bench) addFuller(r *registry, name, size string, c comparison) {
	few := b.find(r.runtime, name)
	line := compared(r.runtime, name+", "+size+" packages", c, bareName)
	line.Note += fmt.Sprintf("; %.0f %% of the ratio among few packages", 100*c.Ratio/few.Base.Ratio)
	b.add(line)
}

// maxAsked is how many packages are asked for in turn.
const maxAsked = 1000

// spread picks at most n names, evenly.
func spread(names []string, n int) []string {
	if len(names) <= n {
		return names
	}
	picked := make([]string, n)
	for i := range picked {
		picked[i] = names[i*len(names)/n]
	}
	return picked
}
