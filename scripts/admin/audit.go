package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// audit prints events by time; those of one subject stay in the order in which
// they took effect.
func audit(ctx context.Context, a *app.Admin, _ []string, o *options) error {
	events, err := chosen(ctx, a, o)
	if err != nil {
		return err
	}
	if o.json {
		out := json.NewEncoder(os.Stdout)
		for _, e := range events {
			if err := out.Encode(e); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TIME\tUSER\tTOKEN\tFROM\tWHAT\tACTION\tDETAIL\tREQUEST")
	for _, e := range events {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Time.Format(time.RFC3339), e.User, e.Token, e.From, e.Subject, e.Action, e.Detail, e.RequestID)
	}
	return w.Flush()
}

func chosen(ctx context.Context, a *app.Admin, o *options) ([]registry.Event, error) {
	since, err := moment("-since", o.since)
	if err != nil {
		return nil, err
	}
	all := []iter.Seq2[registry.Event, error]{a.Audit.Events(ctx, "")}
	if o.pkg != "" {
		all = []iter.Seq2[registry.Event, error]{a.Audit.Events(ctx, registry.PackageSubject(o.pkg)), a.Audit.Reported(ctx, o.pkg)}
	}
	var events []registry.Event
	for _, some := range all {
		var last registry.Event
		for e, err := range some {
			if err != nil {
				return nil, err
			}
			if e.Subject == last.Subject && e.Time.Before(last.Time) {
				e.Time = last.Time // two clocks; the order is known
			}
			last = e
			of := o.user == "" || e.User == o.user || e.Subject == "user/"+o.user
			if of && !e.Time.Before(since) {
				events = append(events, e)
			}
		}
	}
	slices.SortStableFunc(events, func(a, b registry.Event) int { return a.Time.Compare(b.Time) })
	return events, nil
}

// moment reads a date, a time, or how long ago.
func moment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	ago, err := duration(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %q is neither a date (2026-01-31), nor a time (RFC 3339), nor how long ago (24h, 7d)", flag, text)
	}
	return time.Now().Add(-ago), nil
}
