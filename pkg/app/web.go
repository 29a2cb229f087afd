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
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/pkg/web"
)

// sessionTTL is how long somebody who signed in stays so.
const sessionTTL = 12 * time.Hour

// Web shows the registry to people.
func Web(getenv func(string) string) (fcrun.Service, error) {
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
	pages, err := web.New(web.Site{
		Base:          c.RegistryURL,
		Browsing:      browsingOn(store, nil),
		Queries:       queries,
		Attempts:      store,
		Tally:         store,
		Addresses:     addresses(c),
		Organizations: store,
		Users:         &identity.Users{Store: store, Key: c.MasterKey, Recorder: recorder(store)},
		Sessions:      &identity.Sessions{Authenticator: authenticator(c, store), TTL: sessionTTL},
		Subscribing:   subscribing(store),
		Secret:        c.MasterKey.WebhookSecret,
		Clock:         time.Now,
	})
	if err != nil {
		return fcrun.Service{}, err
	}
	handlers := pages.Handlers()
	for _, r := range route.Of(route.Web) {
		if r.Access == route.Misplaced {
			handlers[r.Method+" "+r.Path] = misplaced(devs.Misplaced{Base: c.RegistryURL}, pages)
		}
	}
	return fcrun.Service{Role: role, HTTP: serveWith(route.Web, handlers, pages.Error)}, nil
}

// misplaced answers the CLI, and a person who comes by with the page that tells
// that there is nothing.
func misplaced(cli http.Handler, pages *web.Pages) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if respond.Browses(r) {
			pages.Error(w, r, registry.Errorf(registry.NotFound, "There is no page at this address."))
			return
		}
		cli.ServeHTTP(w, r)
	}
}
