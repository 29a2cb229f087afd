package app

import (
	"net/http"
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/pkg/simple"
)

// wrapLimit is how long an old client's ZIP may take: less than the function has.
const wrapLimit = 45 * time.Second

// Simple redirects Serverless Devs 2.x to a release's ZIP, which it makes anew
// when that has no top directory.
func Simple(getenv func(string) string) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Tables, config.Bucket, config.Key, config.FromUpstreams, config.Mirror)
	if err != nil {
		return fcrun.Service{}, err
	}
	role := new(credentials.Role)
	blobs, err := bucket(c, role.Get)
	if err != nil {
		return fcrun.Service{}, err
	}
	store := tables(c, role.Get)
	queries, err := queriesOn(c, store)
	if err != nil {
		return fcrun.Service{}, err
	}
	counter := registry.NewCounter(store, time.Now)
	downloads := &registry.Downloads{Queries: queries, Blobs: blobs, Tickets: tickets(c), TTL: downloadTTL, Mirrored: mirrored(c, store)}
	api := &simple.Zipballs{
		Wrapping:      registry.NewWrapping(downloads, blobs, manifest.WrapZIP, wrapLimit),
		Counter:       counter,
		Authenticator: authenticator(c, store),
	}
	return fcrun.Service{
		Role: role,
		HTTP: serve(route.Simple, map[string]http.HandlerFunc{
			"GET /simple/{name}/zipball/{version}":            api.Zipball,
			"GET /simple/{provider}/{name}/zipball/{version}": api.Zipball,
		}),
		Stop: counter.Flush,
	}, nil
}
