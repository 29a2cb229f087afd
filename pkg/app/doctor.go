package app

import (
	"context"
	"net/http"
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/doctor"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Limits of an examination: of a request, which may be a function's first, and of
// how long the search index may take.
const (
	askTimeout = 30 * time.Second
	indexDelay = 15 * time.Second
)

// Doctor examines this registry, as by.
func (a *Admin) Doctor(by registry.Caller) (*doctor.Doctor, error) {
	c, err := config.Read(a.getenv, config.Address)
	return &doctor.Doctor{
		URL: c.RegistryURL,
		HTTP: &http.Client{
			Timeout:       askTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		Clock:   time.Now,
		Wait:    indexDelay,
		Missing: a.Missing,
		Overdue: a.Subscribing.Overdue,
		AddUser: func(ctx context.Context, name string) (string, error) { return a.Users.Add(ctx, by, name) },
		RemoveUser: func(ctx context.Context, name string) error {
			if err := a.Users.Remove(ctx, by, name); registry.CodeOf(err) != registry.NotFound {
				return err
			}
			return nil
		},
		Clashes: a.clashes,
	}, err
}

func (a *Admin) clashes(ctx context.Context) (map[string]string, error) {
	origins, err := a.Provenance.Clashes(ctx)
	from := make(map[string]string)
	for _, o := range origins {
		from[o.Name] = o.Upstream
	}
	return from, err
}
