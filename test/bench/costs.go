package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/local"
)

// operation is something whose calls are counted.
type operation struct {
	name  string
	run   func(ctx context.Context) error
	quiet time.Duration // without a call: then what it causes is over, too
	aim   *costAim      // nil: none
}

// Publishing ends with a notification, which the storage delivers afterwards.
const (
	quietAfterQuery   = 20 * time.Millisecond
	quietAfterPublish = local.NotifyDelay + 500*time.Millisecond
)

// costAim is what an operation may cost.
type costAim struct {
	text string
	met  func(c cost) bool
}

// operations are counted one after the other; hello has one release, 1.0.0,
// and many has manyVersions, before.
func (r *registry) operations() []operation {
	get := func(name, path string, status int, aim *costAim) operation {
		return operation{name, func(ctx context.Context) error { _, err := r.get(ctx, path, status); return err }, quietAfterQuery, aim}
	}
	publish := func(title, name, version string) operation {
		return operation{title, func(ctx context.Context) error { return r.publish(ctx, name, version) }, quietAfterPublish, nil}
	}
	return []operation{
		get("latest", "/"+hello+"/releases/latest", http.StatusOK, oneRead()),
		get("latest, Devs V3", "/v3/packages/"+hello+"/release/latest", http.StatusOK, oneRead()),
		get("all, 100 versions", "/"+many+"/releases?per_page=100", http.StatusOK, nil),
		get("all, Devs V3", "/v3/packages/"+many+"/release", http.StatusOK, nil),
		get("tag 1.0.7", "/"+many+"/releases/tags/1.0.7", http.StatusOK, nil),
		get("range ^1.0", "/"+many+"/releases/tags/%5E1.0", http.StatusOK, nil),
		get("download: redirect, the first", "/"+hello+"/zipball/1.0.0", http.StatusFound, noStorage()),
		get("download: redirect, one soon after", "/"+hello+"/zipball/1.0.0", http.StatusFound, noStorage()),
		get("list", "/v3/packages/releases", http.StatusOK, nil),
		get("search", "/v3/packages/releases?search="+hello, http.StatusOK, nil),
		get("front page", "/", http.StatusOK, atMost(3)),
		get("package page", "/packages/"+hello, http.StatusOK, atMost(3)),
		publish("publish, a new package", "newcomer", "1.0.0"),
		publish("publish, the next version", "newcomer", "1.0.1"),
		{"delete, the latest version", func(ctx context.Context) error {
			return r.publisher().remove(ctx, "newcomer", "1.0.1")
		}, quietAfterQuery, nil},
	}
}

func oneRead() *costAim {
	return &costAim{"one GetRow, one capacity unit", func(c cost) bool {
		return c.ReadUnits+c.WriteUnits == 1 && c.TablestoreCalls == 1 && slices.ContainsFunc(c.Calls, func(one call) bool { return one.Operation == "GetRow" })
	}}
}

func atMost(calls int64) *costAim {
	return &costAim{fmt.Sprintf("at most %d storage calls", calls), func(c cost) bool { return c.TablestoreCalls+c.OSSCalls <= calls }}
}

func noStorage() *costAim {
	return &costAim{"no OSS call", func(c cost) bool { return c.OSSCalls == 0 }}
}

// cost is what one operation costs, what it causes afterwards included.
type cost struct {
	ReadUnits       int64  `json:"read_units"`
	WriteUnits      int64  `json:"write_units"`
	TablestoreCalls int64  `json:"tablestore_calls"`
	OSSCalls        int64  `json:"oss_calls"`
	Invocations     int64  `json:"invocations"` // of functions, the gateway's included
	Calls           []call `json:"calls"`
}

// call counts one kind of call; Resource is the table, bucket or function.
type call struct {
	Service   string `json:"service"`
	Operation string `json:"operation"`
	Resource  string `json:"resource"`
	Calls     int64  `json:"calls"`
}

// cost counts what an operation does.
func (r *registry) cost(ctx context.Context, o operation) (cost, error) {
	r.meter.Reset()
	if err := o.run(ctx); err != nil {
		return cost{}, fmt.Errorf("%s: %w", o.name, err)
	}
	err := r.settle(ctx, o.quiet)
	return add(r.meter.Snapshot()), err
}

func add(rows []meter.Row) cost {
	var c cost
	for _, row := range rows {
		switch row.Service {
		case "tablestore":
			c.TablestoreCalls += row.Calls
			c.ReadUnits += row.Read
			c.WriteUnits += row.Write
		case "oss":
			c.OSSCalls += row.Calls
		case "fc":
			c.Invocations += row.Calls
		}
		c.Calls = append(c.Calls, call{row.Service, row.Operation, row.Resource, row.Calls})
	}
	return c
}

// settle waits until no call has been counted for some time, and none is under
// way.
func (r *registry) settle(ctx context.Context, quiet time.Duration) error {
	for before := r.meter.Snapshot(); ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(quiet):
		}
		now := r.meter.Snapshot()
		if slices.Equal(before, now) && r.Functions.Busy() == 0 {
			return nil
		}
		before = now
	}
}
