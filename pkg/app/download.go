package app

import (
	"net/http"
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/devs"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/oss"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/pkg/simple"
	"github.com/fc-registry/fc-registry/pkg/srm"
	"github.com/fc-registry/fc-registry/pkg/zipball"
)

// wrapLimit is how long an old client's ZIP may take: less than the function has.
const wrapLimit = 45 * time.Second

// Download redirects to a release's ZIP.
func Download(getenv func(string) string) (fcrun.Service, error) {
	return download(getenv, route.Download, func(d downloading) map[string]http.HandlerFunc {
		return map[string]http.HandlerFunc{
			"GET /{name}/zipball/{version}":             d.handler(d.downloads, srm.Error, srm.Redirect),
			"GET /v3/packages/{name}/zipball/{version}": d.handler(d.downloads, devs.Error, devs.Redirect),
		}
	})
}

// Simple redirects Serverless Devs 2.x to a release's ZIP, which it makes anew
// when that has no top directory.
func Simple(getenv func(string) string) (fcrun.Service, error) {
	return download(getenv, route.Simple, func(d downloading) map[string]http.HandlerFunc {
		wrapping := registry.NewWrapping(d.downloads, d.blobs, manifest.WrapZIP, wrapLimit)
		zipball := d.handler(wrapping, simple.Error, simple.Redirect)
		return map[string]http.HandlerFunc{
			"GET /simple/{name}/zipball/{version}":            zipball,
			"GET /simple/{provider}/{name}/zipball/{version}": zipball,
		}
	})
}

// downloading is what handing out ZIPs takes.
type downloading struct {
	downloads *registry.Downloads
	blobs     *oss.Blobs
	counter   *registry.Counter
	who       *identity.Authenticator
}

// handler leads to the ZIPs of a source, in one dialect.
func (d downloading) handler(source zipball.Source, fail route.Fail, redirect http.HandlerFunc) http.HandlerFunc {
	h := &zipball.Handler{Source: source, Counter: d.counter, Authenticator: d.who, Error: fail, Redirect: redirect}
	return h.ServeHTTP
}

// download makes a function that hands out ZIPs and counts them.
func download(getenv func(string) string, function string, handlers func(downloading) map[string]http.HandlerFunc) (fcrun.Service, error) {
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
	d := downloading{
		downloads: &registry.Downloads{Queries: queries, Blobs: blobs, Tickets: tickets(c), TTL: downloadTTL, Mirrored: mirrored(c, store)},
		blobs:     blobs, counter: counter, who: authenticator(c, store),
	}
	return fcrun.Service{Role: role, HTTP: serve(function, handlers(d)), Stop: counter.Flush}, nil
}
