package main

import (
	"context"
	"fmt"

	"github.com/fc-registry/fc-registry/pkg/app"
)

// bootstrap prints a line for each change, also for those before one that failed.
func bootstrap(ctx context.Context, a *app.Admin, _ []string, o *options) error {
	do, says := a.Bootstrap, "done: "
	if o.dryRun {
		do, says = a.Missing, "would: "
	}
	changes, err := do(ctx)
	for _, what := range changes {
		fmt.Println(says + what)
	}
	if err == nil && len(changes) == 0 {
		fmt.Println("everything is there")
	}
	return err
}
