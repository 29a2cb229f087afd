package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	domain "github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/local"
)

// What is asked of a registry behind another one: a package of that one, one of
// its own with answers as long, and one of an upstream that is down.
const (
	localName = "local" // as long as hello
	downName  = "downs"
	downURL   = "http://127.0.0.1:1/v3"
)

// localShare is the aim for a fresh hit: its share of a local package's throughput.
const localShare = 0.90

// measureUpstream asks a second registry for packages of this one.
func (b *bench) measureUpstream(ctx context.Context, r *registry) error {
	b.progress("start a registry behind this one")
	upstreams, err := r.asUpstream()
	if err != nil {
		return err
	}
	behind, err := startRegistry(ctx, b.root, r.runtime, upstreams)
	if err != nil {
		return err
	}
	err = errors.Join(b.upstream(ctx, r, behind), behind.sample())
	r.memory[functionPrefix+"mirror"] = behind.memory[functionPrefix+"mirror"]
	return behind.stop(err)
}

// asUpstream has another registry ask this one, and one that is down.
func (r *registry) asUpstream() (local.Upstreams, error) {
	at, err := url.Parse(r.Ready.Registry)
	return local.Upstreams{
		Upstreams:     r.Ready.V3 + " deny=" + downName + "; " + downURL + " allow=" + downName,
		UpstreamHosts: at.Host + "," + strings.TrimPrefix(r.Ready.OSS, "http://") + ",127.0.0.1:1",
	}, err
}

func (b *bench) upstream(ctx context.Context, r, behind *registry) error {
	if err := behind.publish(ctx, localName, "1.0.0"); err != nil {
		return err
	}
	if err := behind.fillStale(ctx, downName); err != nil {
		return err
	}
	names := numbered("far", 2*b.publishes*(b.rounds+1)+2)
	if err := r.fillPackages(ctx, names); err != nil {
		return err
	}
	if err := b.upstreamCosts(ctx, behind, names[0]); err != nil {
		return err
	}
	if err := b.measureMisses(ctx, behind, names[1:]); err != nil {
		return err
	}
	if err := b.measureHits(ctx, behind, "upstream: fresh hit", hello, localShare); err != nil {
		return err
	}
	return b.measureHits(ctx, behind, "upstream: stale hit, upstream down", downName, 0)
}

// fillStale keeps an answer of an upstream, given an hour ago.
func (r *registry) fillStale(ctx context.Context, name string) error {
	release, err := filled(name, 0)
	if err != nil {
		return err
	}
	release.ZIP.Key, release.ZIP.Source, release.Upload = "", downURL+"/x.zip", ""
	ago := time.Now().UTC().Add(-time.Hour).Truncate(time.Millisecond)
	if _, err := r.tables.PutOrigin(ctx, domain.Origin{Name: name, Upstream: downURL, Since: ago}); err != nil {
		return err
	}
	p := domain.Package{Name: name, Visibility: domain.Public, Upstream: downURL}
	return r.tables.Keep(ctx, name, domain.LatestQuestion, domain.Answer{Package: p, Releases: []domain.Release{release}, Asked: ago})
}

func (b *bench) upstreamCosts(ctx context.Context, behind *registry, miss string) error {
	b.progress("costs of upstreams")
	if err := behind.settle(ctx, quietAfterPublish); err != nil {
		return err
	}
	get := func(name, of string, aim *costAim) operation {
		return operation{name, func(ctx context.Context) error {
			_, err := behind.get(ctx, latestOf(of).paths[0], http.StatusOK)
			return err
		}, quietAfterQuery, aim}
	}
	return b.addCosts(ctx, behind, []operation{
		get("upstream: a miss", miss, nil),
		get("upstream: fresh hit", miss, oneRead()),
		get("upstream: stale hit, upstream down", downName, nil),
		get("upstream: stale hit soon after", downName, oneRead()),
		b.mirrored(behind, "upstream: first download", nil),
		b.mirrored(behind, "upstream: download", noStorage()),
	})
}

// mirrored downloads what the registry before has.
func (b *bench) mirrored(behind *registry, name string, aim *costAim) operation {
	return operation{name, func(ctx context.Context) error {
		_, err := behind.get(ctx, "/"+hello+"/zipball/1.0.0", http.StatusFound)
		return err
	}, quietAfterPublish, aim}
}

// measureMisses asks for one package after the other, each for the first time,
// beside the local one.
func (b *bench) measureMisses(ctx context.Context, behind *registry, names []string) error {
	b.progress("upstream: a miss")
	next := func() string { name := names[0]; names = names[1:]; return name }
	c, err := behind.compare(ctx, b.rounds, b.oneByOne(behind, next), b.oneByOne(behind, func() string { return localName }))
	if err != nil {
		return err
	}
	b.add(compared(behind.runtime, "upstream: a miss", c, "a local package, one at a time"))
	return nil
}

func (b *bench) oneByOne(r *registry, next func() string) side {
	return func(ctx context.Context) (speed, error) {
		var times []time.Duration
		var total time.Duration
		for range b.publishes {
			start := time.Now()
			if _, err := r.get(ctx, latestOf(next()).paths[0], http.StatusOK); err != nil {
				return speed{}, err
			}
			times = append(times, time.Since(start))
			total += times[len(times)-1]
		}
		return measure(times, total), nil
	}
}

// measureHits asks for a package of an upstream beside the local one.
func (b *bench) measureHits(ctx context.Context, behind *registry, name, of string, share float64) error {
	b.progress(name)
	jobs := make([]job, 2)
	for i, of := range []string{of, localName} {
		a, err := behind.get(ctx, latestOf(of).paths[0], http.StatusOK)
		if err != nil {
			return err
		}
		if jobs[i], err = b.asking(behind, latestOf(of), len(a.Body)); err != nil {
			return err
		}
		if _, err := runLoad(ctx, jobs[i].short()); err != nil { // starts the instances
			return err
		}
	}
	c, err := behind.compare(ctx, b.rounds, runner(jobs[0]), runner(jobs[1]))
	if err != nil {
		return err
	}
	line := compared(behind.runtime, name, c, "a local package")
	if share > 0 {
		line.Aims = []aim{{fmt.Sprintf("at least %.0f %%", 100*share), c.Ratio >= share}}
	}
	b.add(line)
	return nil
}
