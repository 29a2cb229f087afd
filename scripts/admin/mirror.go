package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// mirror fetches ahead what upstreams have: into the registry, into a folder, or
// from such a folder into the registry.
func mirror(ctx context.Context, a *app.Admin, args []string, o *options) error {
	if o.fromDir != "" {
		if len(args) > 0 || o.from != "" || o.toDir != "" {
			return errors.New("mirror -from-dir DIR loads all that is in the folder: give nothing else")
		}
		return moving(ctx, refusedZIPs, func(p *registry.Progress) error {
			return mirrored(a.LoadMirror(ctx, o.fromDir, p), p)
		})
	}
	wishes, err := wishes(args)
	if err != nil {
		return err
	}
	return moving(ctx, refusedZIPs, func(p *registry.Progress) error {
		if o.toDir == "" {
			return mirrored(a.Mirror(ctx, wishes, o.from, p), p)
		}
		releases, err := app.CarryMirror(ctx, o.getenv, wishes, o.from, o.toDir, p)
		if err == nil {
			fmt.Printf("%s holds %d releases; load them by: admin mirror -from-dir %s\n", o.toDir, releases, o.toDir)
		}
		return mirrored(err, p)
	})
}

const refusedZIPs = "were refused; all others are there"

// wishes reads NAME[@RANGE]...
func wishes(args []string) ([]registry.Wish, error) {
	if len(args) == 0 {
		return nil, errors.New("name what to mirror: NAME for the latest release, NAME@1.2.0 for one, NAME@^1 for a range, NAME@* for all")
	}
	var all []registry.Wish
	for _, text := range args {
		w, err := registry.ParseWish(text)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

func mirrored(err error, p *registry.Progress) error {
	if err == nil {
		fmt.Printf("mirrored %d releases, %s of ZIPs; %d were there\n", p.Done.Load(), size(p.Bytes.Load()), p.Skipped.Load())
	}
	return err
}
