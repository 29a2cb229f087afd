package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// prune prints a line for each release that it deletes, or would delete.
func prune(ctx context.Context, a *app.Admin, _ []string, o *options) error {
	since, err := moment("-newer-than", o.newerThan)
	if err != nil {
		return err
	}
	if o.keepLast <= 0 && since.IsZero() {
		return fmt.Errorf("prune: say what is to stay: -keep-last 10, or -newer-than 90d, or both")
	}
	names := a.Pruning.Contents.Packages(ctx)
	if o.pkg != "" {
		if _, err := a.Pruning.Deleting.Heads.Catalog.Head(ctx, o.pkg, registry.Summary); err != nil {
			return fmt.Errorf("package %q: %w", o.pkg, err)
		}
		names = only(o.pkg)
	}
	done := "would be deleted"
	if o.yes {
		done = "deleted"
	}
	count := 0
	keep := registry.Retention{Last: o.keepLast, Since: since, DevOnly: o.devOnly}
	err = a.Pruning.Prune(ctx, admin(), names, keep, !o.yes, func(r registry.Release) {
		count++
		fmt.Printf("%s %s of %s: %s\n", r.Name, r.Version, r.PublishTime.Format(time.DateOnly), done)
	})
	fmt.Printf("%d releases %s\n", count, done)
	if err == nil && !o.yes && count > 0 {
		fmt.Println("Run it again with -yes to delete them. Their numbers stay taken.")
	}
	return err
}

// only yields one name.
func only(name string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) { yield(name, nil) }
}
