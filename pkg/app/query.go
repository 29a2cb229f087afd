package app

import (
	"net/http"
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/devs"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/pkg/simple"
	"github.com/fc-registry/fc-registry/pkg/srm"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
)

// How long the address of a ZIP is good for: a redirect's, and that of a
// package that is not public, which is answered before it is fetched. The
// storage's clock may be 5 minutes ahead: that much less is left of either.
const (
	downloadTTL = 10 * time.Minute
	ticketTTL   = 10 * time.Minute
)

// QueryLatest answers one release of a package, in all dialects.
func QueryLatest(getenv func(string) string) (fcrun.Service, error) {
	return query(getenv, func(s *srm.API, d *devs.Queries, old *simple.Queries) http.Handler {
		return serve(route.QueryLatest, map[string]http.HandlerFunc{
			"GET /{name}/releases/latest":                    s.Latest,
			"GET /{name}/releases/tags/{version}":            s.Tag,
			"GET /v3/packages/{name}/release/latest":         d.Latest,
			"GET /v3/packages/{name}/release/tags/{version}": d.Tag,
			"GET /simple/{name}/releases/latest":             old.Latest,
			"GET /simple/{provider}/{name}/releases/latest":  old.Latest,
			"GET " + route.Ready:                             ready(d.Queries.Catalog),
		})
	})
}

// QueryAll answers a package's releases, in all dialects.
func QueryAll(getenv func(string) string) (fcrun.Service, error) {
	return query(getenv, func(s *srm.API, d *devs.Queries, old *simple.Queries) http.Handler {
		return serve(route.QueryAll, map[string]http.HandlerFunc{
			"GET /{name}/releases":                   s.All,
			"GET /v3/packages/{name}/release":        d.All,
			"GET /simple/{name}/releases":            old.All,
			"GET /simple/{provider}/{name}/releases": old.All,
		})
	})
}

func query(getenv func(string) string, handler func(*srm.API, *devs.Queries, *simple.Queries) http.Handler) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Address, config.Tables, config.Key, config.FromUpstreams)
	if err != nil {
		return fcrun.Service{}, err
	}
	role := new(credentials.Role)
	store := tables(c, role.Get)
	queries, err := queriesOn(c, store)
	if err != nil {
		return fcrun.Service{}, err
	}
	queries.Attempts = store
	addresses := addresses(c)
	who, refused := authenticator(c, store), refusals(c, store)
	return fcrun.Service{
		Role: role,
		HTTP: handler(
			&srm.API{Queries: queries, Addresses: addresses, Authenticator: who},
			&devs.Queries{Queries: queries, Addresses: addresses, Authenticator: who, Refusals: refused},
			&simple.Queries{Queries: queries, Addresses: addresses, Authenticator: who, Refusals: refused},
		),
	}, nil
}

func queriesOn(c config.Config, store *tablestore.Client) (*registry.Queries, error) {
	elsewhere, err := upstreams(c, store)
	return &registry.Queries{Catalog: store, Access: &registry.Access{Organizations: store}, Upstreams: elsewhere}, err
}

func addresses(c config.Config) *registry.Addresses {
	return &registry.Addresses{Base: c.RegistryURL, Tickets: tickets(c), Mode: registry.UpstreamMode(c.Upstreams.Mode)}
}

func tickets(c config.Config) *identity.Tickets {
	return &identity.Tickets{Key: c.MasterKey, Clock: time.Now, TTL: ticketTTL}
}

func authenticator(c config.Config, store *tablestore.Client) *identity.Authenticator {
	return &identity.Authenticator{Store: store, Key: c.MasterKey, Clock: time.Now}
}
