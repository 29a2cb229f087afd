package main

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"

	"github.com/fc-registry/fc-registry/test/sample"
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
// fuller, and lists and searches it. Time passes between these rows and the
// first ones, so it is the ratio to the bare server that can be compared.
func (b *bench) measurePackages(ctx context.Context, r *registry) error {
	asked := numbered("package", maxAsked) // whose answers are of one length
	if err := r.fillPackages(ctx, asked); err != nil {
		return err
	}
	filled := 0
	for _, n := range []int{b.packages / 10, b.packages} {
		b.progress(fmt.Sprintf("%d packages", n))
		if err := sample.Fill(ctx, r.tables, filled, n); err != nil {
			return err
		}
		filled = n
		size := thousands(fmt.Sprint(n))
		if err := b.among(ctx, r, asked, size); err != nil {
			return err
		}
		if err := b.searches(ctx, r, size); err != nil {
			return err
		}
	}
	return nil
}

// maxAsked is how many packages are asked for in turn.
const maxAsked = 1000

// among measures latest of many packages in turn, and publishing to one more.
func (b *bench) among(ctx context.Context, r *registry, asked []string, size string) error {
	latest, err := b.throughput(ctx, r, latestOf(asked...))
	if err != nil {
		return err
	}
	another := "beside-packages-" + size[:1] + fmt.Sprint(len(size)) // so that all asked for answer alike
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

// searches measures lists and pages of a registry of this size.
func (b *bench) searches(ctx context.Context, r *registry, size string) error {
	for _, w := range searches() {
		b.progress(w.name)
		c, err := b.throughput(ctx, r, w)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		b.add(compared(r.runtime, w.name+", "+size+" packages", c, bareName))
	}
	return nil
}

// searches are what is asked of a full registry: the index answers with one
// page each time, of as many packages as match.
func searches() []workload {
	get := func(name, path string) workload { return workload{name, []string{path}, http.StatusOK, 0} }
	list := "/v3/packages/releases?page=1"
	return []workload{
		get("list", list),
		get("list by time", list+"&sort=time"),
		get("list of a category", list+"&category="+url.QueryEscape(sample.Categories()[1])),
		get("search: a name", list+"&search="+sample.Name(sampled)),
		get("search: a word of 5 %", list+"&search=django"),
		get("search: Chinese, in all", list+"&search="+url.QueryEscape("函数计算")),
		get("front page", "/"),
		get("search page", "/search?q=django"),
		get("package page", "/packages/"+sample.Name(sampled)),
	}
}

// sampled is the number of a package that is there in every size.
const sampled = 7

// addFuller adds a row that tells how it compares with the one measured among
// few packages.
func (b *bench) addFuller(r *registry, name, size string, c comparison) {
	few := b.find(r.runtime, name)
	line := compared(r.runtime, name+", "+size+" packages", c, bareName)
	line.Note += fmt.Sprintf("; %.0f %% of the ratio among few packages", 100*c.Ratio/few.Base.Ratio)
	b.add(line)
}
