package app

import (
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/identity"
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
	return fcrun.Service{Role: role, HTTP: serveWith(route.Web, pages.Handlers(), pages.Error)}, nil
}
