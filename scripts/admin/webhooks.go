package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// webhookAdd prints the webhook's ID and, this once, its secret.
func webhookAdd(ctx context.Context, a *app.Admin, args []string, o *options) error {
	subject, err := hearing(ctx, a, o)
	if err != nil {
		return err
	}
	w, err := a.Subscribing.Add(ctx, admin(), subject, args[0])
	if err != nil {
		return err
	}
	fmt.Printf("%s %s\n", w.ID, a.Secret(w.ID))
	return nil
}

// hearing is what a webhook is to hear of.
func hearing(ctx context.Context, a *app.Admin, o *options) (string, error) {
	switch {
	case o.pkg != "" && o.org != "":
		return "", errors.New("webhook add: give -package, or -org, or neither, to hear of all packages")
	case o.pkg != "":
		if err := registry.CheckName(o.pkg); err != nil {
			return "", err
		}
		return registry.PackageSubject(o.pkg), nil
	case o.org != "":
		_, err := a.Organizing.Organizations.Group(ctx, o.org)
		if registry.CodeOf(err) == registry.NotFound {
			return "", fmt.Errorf("there is no organization %q", o.org)
		}
		return registry.GroupSubject(o.org), err
	}
	return registry.AllPackages, nil
}

func webhookList(ctx context.Context, a *app.Admin, _ []string, _ *options) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tHEARS OF\tURL\tSET BY\tSET")
	for l, err := range a.Subscribing.Webhooks.AllWebhookLists(ctx) {
		if err != nil {
			return err
		}
		of := l.Subject
		if of == registry.AllPackages {
			of = "all packages"
		}
		for _, hook := range l.Webhooks {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", hook.ID, of, hook.URL, hook.By, when(hook.Set))
		}
	}
	return w.Flush()
}

func webhookRemove(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	subject, _, err := a.Subscribing.Find(ctx, args[0])
	if err != nil {
		return err
	}
	return a.Subscribing.Remove(ctx, admin(), subject, args[0])
}

// maxDeliveries is how many deliveries are printed.
const maxDeliveries = 1000

func webhookDeliveries(ctx context.Context, a *app.Admin, args []string, o *options) error {
	subject, _, err := a.Subscribing.Find(ctx, args[0])
	if err != nil {
		return err
	}
	all, err := a.Subscribing.Deliveries(ctx, subject, args[0], maxDeliveries)
	if err != nil {
		return err
	}
	if o.json {
		out := json.NewEncoder(os.Stdout)
		for _, d := range all {
			if err := out.Encode(d); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DELIVERY\tEVENT\tPACKAGE\tVERSION\tSTATE\tTRIES\tSTATUS\tLAST TRY\tNEXT TRY\tPROBLEM")
	for _, d := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\n", d.ID, d.Action, d.Package, d.Version, d.State, d.Tries, d.Status, when(d.Last), when(d.Next), d.Problem)
	}
	return w.Flush()
}

func webhookResend(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	subject, _, err := a.Subscribing.Find(ctx, args[0])
	if err != nil {
		return err
	}
	return a.Subscribing.Resend(ctx, subject, args[0], args[1])
}
