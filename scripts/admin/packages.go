package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

func orgAdd(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	if err := known(ctx, a, args[1]); err != nil {
		return err
	}
	return a.Organizing.Create(ctx, admin(), args[0], args[1])
}

func orgRemove(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	return a.Organizing.Remove(ctx, admin(), args[0])
}

func memberAdd(ctx context.Context, a *app.Admin, args []string, o *options) error {
	role, err := registry.ParseRole(o.role)
	if err != nil {
		return err
	}
	if err := known(ctx, a, args[1]); err != nil {
		return err
	}
	return a.Organizing.SetRole(ctx, admin(), args[0], args[1], role)
}

func memberRemove(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	return a.Organizing.SetRole(ctx, admin(), args[0], args[1], registry.NoRole)
}

func packageOwner(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	if err := known(ctx, a, args[1]); err != nil {
		return err
	}
	return a.Managing.SetOwner(ctx, admin(), args[0], args[1])
}

func maintainerAdd(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	if err := known(ctx, a, args[1]); err != nil {
		return err
	}
	return a.Managing.AddMaintainer(ctx, admin(), args[0], args[1])
}

func maintainerRemove(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	return a.Managing.RemoveMaintainer(ctx, admin(), args[0], args[1])
}

func packageVisibility(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	v := registry.Visibility(args[1])
	if !slices.Contains([]registry.Visibility{registry.Public, registry.Organization, registry.Private}, v) {
		return fmt.Errorf("visibility %q is not known: use Public, Organization or Private", args[1])
	}
	return a.Managing.SetVisibility(ctx, admin(), args[0], v)
}

// verify prints a line for each ZIP that is not what was published, and for each
// that would be refused today.
func verify(ctx context.Context, a *app.Admin, _ []string, _ *options) error {
	read, bad, refused := 0, 0, 0
	for checked, err := range a.Verifying.Verify(ctx) {
		if err != nil {
			return err
		}
		read++
		if checked.Problem != "" {
			bad++
			fmt.Printf("%s %s: %s\n", checked.Release.Name, checked.Release.Version, checked.Problem)
		}
		if checked.Refusal != "" {
			refused++
			fmt.Printf("%s %s would be refused today: %s\n", checked.Release.Name, checked.Release.Version, checked.Refusal)
		}
	}
	fmt.Printf("%d releases read, %d are not what was published, %d would be refused today\n", read, bad, refused)
	if bad > 0 {
		return fmt.Errorf("%d of %d ZIPs are not what was published", bad, read)
	}
	return nil
}
