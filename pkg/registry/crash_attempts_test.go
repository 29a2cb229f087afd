package registry_test

import (
	"context"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

type failingAttempts struct {
	registry.Attempts
	f *failure
}

func (a failingAttempts) Attempt(ctx context.Context, user, name, version string) (found registry.Attempt, err error) {
	err = a.f.do("Attempts.Attempt", func() error { found, err = a.Attempts.Attempt(ctx, user, name, version); return err })
	return found, err
}

func (a failingAttempts) AttemptsOf(ctx context.Context, user, name string) (all []registry.Attempt, err error) {
	err = a.f.do("Attempts.AttemptsOf", func() error { all, err = a.Attempts.AttemptsOf(ctx, user, name); return err })
	return all, err
}

func (a failingAttempts) PutAttempt(ctx context.Context, attempt registry.Attempt) error {
	return a.f.do("Attempts.PutAttempt", func() error { return a.Attempts.PutAttempt(ctx, attempt) })
}
