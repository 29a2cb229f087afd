package app

import (
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/devs"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/pkg/simple"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
)

// Catalog answers what packages there are.
func Catalog(getenv func(string) string) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Address, config.Tables, config.Key, config.FromUpstreams)
	if err != nil {
		return fcrun.Service{}, err
	}
	role := new(credentials.Role)
	store := tables(c, role.Get)
	elsewhere, err := upstreams(c, store)
	if err != nil {
		return fcrun.Service{}, err
	}
	api := &devs.Catalog{Browsing: browsingOn(store, elsewhere), Authenticator: authenticator(c, store)}
	old := &simple.Catalog{Browsing: api.Browsing, Addresses: addresses(c), Authenticator: api.Authenticator}
	return fcrun.Service{
		Role: role,
		HTTP: serve(route.Catalog, map[string]http.HandlerFunc{
			"GET /v3/packages/releases":    api.List,
			"GET /v3/package/user":         api.Own,
			"GET /v3/common/categories":    api.Categories,
			"GET /v3/common/providers":     api.Providers,
			"GET /v3/console/1/tabs/5":     api.Tab,
			"POST /center/package/publish": old.Own,
		}),
	}, nil
}

func browsingOn(store *tablestore.Client, elsewhere *registry.Upstreams) *registry.Browsing {
	return &registry.Browsing{Index: store, Catalog: store, Organizations: store, Upstreams: elsewhere}
}
