package app

import (
	"net/http"
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/devs"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/pkg/srm"
)

// downloadTTL is how long a redirect to a ZIP is good for.
const downloadTTL = 5 * time.Minute

// QueryLatest answers one release of a package, in both dialects.
func QueryLatest(getenv func(string) string) (fcrun.Service, error) {
	return query(getenv, func(s *srm.API, d *devs.Queries) http.Handler {
		return serve(route.QueryLatest, map[string]http.HandlerFunc{
			"GET /{name}/releases/latest":                    s.Latest,
			"GET /{name}/releases/tags/{version}":            s.Tag,
			"GET /v3/packages/{name}/release/latest":         d.Latest,
			"GET /v3/packages/{name}/release/tags/{version}": d.Tag,
		})
	})
}

// QueryAll answers a package's releases, in both dialects.
func QueryAll(getenv func(string) string) (fcrun.Service, error) {
	return query(getenv, func(s *srm.API, d *devs.Queries) http.Handler {
		return serve(route.QueryAll, map[string]http.HandlerFunc{
			"GET /{name}/releases":            s.All,
			"GET /v3/packages/{name}/release": d.All,
		})
	})
}

func query(getenv func(string) string, handler func(*srm.API, *devs.Queries) http.Handler) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Address, config.Tables)
	if err != nil {
		return fcrun.Service{}, err
	}
	role := new(credentials.Role)
	queries := &registry.Queries{Catalog: tables(c, role.Get)}
	return fcrun.Service{
		Role: role,
		HTTP: handler(&srm.API{Queries: queries, URL: c.RegistryURL}, &devs.Queries{Queries: queries, URL: c.RegistryURL}),
	}, nil
}

// Download redirects to a release's ZIP.
func Download(getenv func(string) string) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Tables, config.Bucket)
	if err != nil {
		return fcrun.Service{}, err
	}
	role := new(credentials.Role)
	blobs, err := bucket(c, role.Get)
	if err != nil {
		return fcrun.Service{}, err
	}
	api := &srm.API{Downloads: &registry.Downloads{
		Queries: &registry.Queries{Catalog: tables(c, role.Get)}, Blobs: blobs, TTL: downloadTTL,
	}}
	return fcrun.Service{
		Role: role,
		HTTP: serve(route.Download, map[string]http.HandlerFunc{"GET /{name}/zipball/{version}": api.Zipball}),
	}, nil
}
