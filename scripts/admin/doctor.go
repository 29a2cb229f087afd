package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/doctor"
)

// examine prints a line for each finding, as it is made.
func examine(ctx context.Context, a *app.Admin, _ []string, o *options) error {
	d, err := a.Doctor(admin())
	if err != nil {
		return err
	}
	problems, failed := 0, error(nil)
	show := printFinding
	if o.json {
		show = func(f doctor.Finding) error { return json.NewEncoder(os.Stdout).Encode(f) }
	}
	err = d.Examine(ctx, func(f doctor.Finding) {
		if f.State == doctor.Problem {
			problems++
		}
		failed = errors.Join(failed, show(f))
	})
	if err != nil {
		return fmt.Errorf("the examination was interrupted: %w", err)
	}
	if problems > 0 {
		failed = errors.Join(failed, fmt.Errorf("problems found: %d", problems))
	}
	return failed
}

func printFinding(f doctor.Finding) error {
	line := fmt.Sprintf("%-8s %s: %s", f.State, f.Check, strings.TrimSuffix(f.Says, "."))
	if f.Mend != "" {
		line += ". " + f.Mend
	}
	_, err := fmt.Println(line)
	return err
}
