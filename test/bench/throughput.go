package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// connections is how many clients ask at once.
const connections = 16

// workload is a GET whose throughput is measured.
type workload struct {
	name   string
	paths  []string // of the registry, or whole URLs: asked for in turn, all with answers of one length
	status int
	aim    float64 // the share of the bare server's throughput, 0 for none
}

// workloads are the operations whose throughput counts: hello was published, and
// many holds 100 releases.
func (b *bench) workloads(ctx context.Context, r *registry) ([]workload, error) {
	redirect := "/" + hello + "/zipball/1.0.0"
	a, err := r.get(ctx, redirect, http.StatusFound)
	if err != nil {
		return nil, err
	}
	return []workload{
		{"latest", []string{"/" + hello + "/releases/latest"}, http.StatusOK, 0.10},
		{"latest, Devs V3", []string{"/v3/packages/" + hello + "/release/latest"}, http.StatusOK, 0},
		{fmt.Sprintf("all, %d versions", manyVersions), []string{"/" + many + "/releases?per_page=100"}, http.StatusOK, 0.08},
		{"download: redirect", []string{redirect}, http.StatusFound, 0},
		{"download: 10 KB ZIP", []string{a.Header.Get("Location")}, http.StatusOK, 0},
		{"list", []string{"/v3/packages/releases"}, http.StatusOK, 0},
		{"front page", []string{"/"}, http.StatusOK, 0},
		{"package page", []string{"/packages/" + hello}, http.StatusOK, 0},
	}, nil
}

// throughput measures a workload beside a bare server with the same answers.
func (b *bench) throughput(ctx context.Context, r *registry, w workload) (c comparison, err error) {
	a, err := r.get(ctx, w.paths[0], w.status)
	if err != nil {
		return c, err
	}
	server, address, err := startBare(ctx, map[string]answer{http.MethodGet: a})
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	ours, err := b.asking(r, w, len(a.Body))
	if err != nil {
		return c, err
	}
	base := ours
	base.Address = address
	if _, err := runLoad(ctx, ours.short()); err != nil { // starts the instances
		return c, err
	}
	c, err = r.compare(ctx, b.rounds, b.profiled(w.name, runner(ours)), runner(base))
	return c, errors.Join(err, r.sample())
}

// asking is the job of a workload, whose answers have bodies of length bytes.
func (b *bench) asking(r *registry, w workload, length int) (job, error) {
	j := job{Connections: connections, Warmup: b.duration / 5, Duration: b.duration, Status: w.status, Length: length}
	for _, path := range w.paths {
		u, err := url.Parse(r.url(path))
		if err != nil {
			return j, err
		}
		j.Address = u.Host
		request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n\r\n", u.RequestURI(), u.Host)
		j.Requests = append(j.Requests, []byte(request))
	}
	return j, nil
}

func (j job) short() job {
	j.Duration = min(j.Duration, 500*time.Millisecond)
	return j
}

func runner(j job) side { return func(ctx context.Context) (speed, error) { return runLoad(ctx, j) } }

// publishing measures publishes, one at a time, beside a bare server that
// gives the same answers to the form and to the PUT.
func (b *bench) publishing(ctx context.Context, r *registry, next func() (name, version string)) (c comparison, err error) {
	ours := r.publisher()
	answers, err := recordPublish(ctx, ours, next)
	if err != nil {
		return c, err
	}
	server, address, err := startBare(ctx, answers)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	base := &publisher{client: r.client, v3: "http://" + address + "/v3", token: ours.token, upload: address}
	spare := func() (name, version string) { return hello, "0.0.1" }
	c, err = r.compare(ctx, b.rounds, b.series(ours, next), b.series(base, spare))
	return c, errors.Join(err, r.sample())
}

// recordPublish publishes once and keeps the answers by method.
func recordPublish(ctx context.Context, p *publisher, next func() (name, version string)) (map[string]answer, error) {
	c, err := pack(next())
	if err != nil {
		return nil, err
	}
	form, err := p.form(ctx, c)
	if err != nil {
		return nil, err
	}
	announced, err := p.send(form)
	if err != nil {
		return nil, err
	}
	put, err := p.put(ctx, announced, c)
	if err != nil {
		return nil, err
	}
	uploaded, err := p.send(put)
	return map[string]answer{http.MethodPost: announced, http.MethodPut: uploaded}, err
}

// series publishes some releases, one at a time; packing them does not count.
func (b *bench) series(p *publisher, next func() (name, version string)) side {
	return func(ctx context.Context) (speed, error) {
		var times []time.Duration
		var total time.Duration
		for range b.publishes {
			c, err := pack(next())
			if err != nil {
				return speed{}, err
			}
			start := time.Now()
			if err := p.publish(ctx, c); err != nil {
				return speed{}, fmt.Errorf("publish %s %s: %w", c.name, c.version, err)
			}
			times = append(times, time.Since(start))
			total += times[len(times)-1]
		}
		return measure(times, total), nil
	}
}

// counting yields the versions of one package: 1.1.1, 1.1.2, ...
func counting(name string) func() (string, string) {
	patch := 0
	return func() (string, string) {
		patch++
		return name, fmt.Sprintf("1.1.%d", patch)
	}
}

// rotating yields a version of each package in turn; names must not run out.
func rotating(names []string, version string) func() (string, string) {
	return func() (string, string) {
		name := names[0]
		names = names[1:]
		return name, version
	}
}
