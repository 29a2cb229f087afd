package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// selection reads -package and -since.
func (o *options) selection() (s registry.Selection, err error) {
	if o.pkg != "" {
		s.Packages = strings.Split(o.pkg, ",")
	}
	if s.Since, err = moment("-since", o.since); !s.Since.IsZero() {
		s.Since = s.Since.UTC().Truncate(time.Second)
	}
	return s, err
}

func exportTo(ctx context.Context, a *app.Admin, args []string, o *options) error {
	s, err := o.selection()
	if err != nil {
		return err
	}
	return moving(ctx, badZIPs, func(p *registry.Progress) error {
		index, err := a.Export(ctx, args[0], s, p)
		if err == nil {
			fmt.Printf("exported %d packages with %d releases, %d organizations, %d events: %d ZIPs of %s\n",
				index.Packages, index.Releases, index.Organizations, index.Events, index.ZIPs, size(index.Bytes))
		}
		return err
	})
}

func importFrom(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	return moving(ctx, badZIPs, func(p *registry.Progress) error {
		return imported(a.Import(ctx, admin(), args[0], p), p)
	})
}

func copyFrom(ctx context.Context, a *app.Admin, _ []string, o *options) error {
	if o.from == "" {
		return errors.New("copy needs -from FILE, and -to FILE: the -ready file of a local registry, or a file of environment variables")
	}
	getenv, err := environment(o.from)
	if err != nil {
		return err
	}
	from, err := app.NewAdmin(getenv)
	if err != nil {
		return fmt.Errorf("%s: %w", o.from, err)
	}
	s, err := o.selection()
	if err != nil {
		return err
	}
	return moving(ctx, badZIPs, func(p *registry.Progress) error {
		return imported(a.Copy(ctx, admin(), from, s, p), p)
	})
}

func imported(err error, p *registry.Progress) error {
	if err == nil {
		fmt.Printf("imported %d packages: %d releases and deleted numbers added with %s of ZIPs, %d were there, %d deleted\n",
			p.Packages.Load(), p.Done.Load(), size(p.Bytes.Load()), p.Skipped.Load(), p.Removed.Load())
	}
	return err
}

const badZIPs = "have no ZIP that is what was published; all else was moved. Mend or delete them, and run the same command again"

// moving shows how far it is, and says at the end what could not be moved, and
// why in the given words.
func moving(ctx context.Context, why string, do func(*registry.Progress) error) error {
	p := new(registry.Progress)
	stop := watch(os.Stderr, p)
	err := do(p)
	stop()
	if err != nil && ctx.Err() != nil {
		return errors.New("stopped. Run the same command again: it goes on where it was")
	}
	problems, more := p.Problems()
	for _, problem := range problems {
		fmt.Fprintf(os.Stderr, "%s %s: %s\n", problem.Name, problem.Version, problem.Reason)
	}
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("%d releases %s", len(problems)+more, why)
	}
	return err
}
