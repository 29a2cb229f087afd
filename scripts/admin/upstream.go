package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

func reserve(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	return a.Reserving.Reserve(ctx, admin(), args[0])
}

func unreserve(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	return a.Reserving.Unreserve(ctx, admin(), args[0])
}

// reserved prints a pattern in each line.
func reserved(ctx context.Context, a *app.Admin, _ []string, _ *options) error {
	names, err := a.Reserving.Reservations.ReservedNames(ctx)
	for _, pattern := range names.Patterns {
		fmt.Println(pattern)
	}
	return err
}

func forget(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	return a.Provenance.Forget(ctx, admin(), args[0])
}

// upstream prints a line for each name that came from an upstream.
func upstream(ctx context.Context, a *app.Admin, _ []string, o *options) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	show := func(t registry.Traced) error {
		_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\n",
			t.Name, t.Upstream, moments(t.Since), moments(t.Asked), freshness(t, time.Now()), t.Kept, t.Taken, clash(t))
		return err
	}
	if o.json {
		out := json.NewEncoder(os.Stdout)
		show = func(t registry.Traced) error { return out.Encode(t) }
	} else {
		fmt.Fprintln(w, "NAME\tFROM\tSINCE\tASKED\tFRESH\tANSWERS\tZIPS\tCLASH")
	}
	for t, err := range a.Provenance.All(ctx) {
		if err == nil {
			err = show(t)
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

func moments(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

// freshness says for how long still the last answer about a name is served
// without asking, or for how long not any more.
func freshness(t registry.Traced, now time.Time) string {
	left := t.Fresh.Sub(now).Truncate(time.Second)
	switch {
	case t.Fresh.IsZero():
		return "-"
	case left > 0:
		return "for " + left.String()
	}
	return "not since " + (-left).String()
}

func clash(t registry.Traced) string {
	if t.Here {
		return "published here too: that one is served"
	}
	return ""
}
