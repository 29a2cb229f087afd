package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/fc-registry/fc-registry/pkg/app"
)

func policies(_ context.Context, a *app.Admin, _ []string, _ *options) error {
	roles, err := a.Policies()
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(roles)
}
