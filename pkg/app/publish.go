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
)

// uploadTTL is how long after the form the ZIP may be sent.
const uploadTTL = 15 * time.Minute

// Publish answers everything that needs a login.
func Publish(getenv func(string) string) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Tables, config.Bucket, config.Key, config.Callback)
	if err != nil {
		return fcrun.Service{}, err
	}
	role := new(credentials.Role)
	store := tables(c, role.Get)
	blobs, err := bucket(c, role.Get)
	if err != nil {
		return fcrun.Service{}, err
	}
	api := &devs.Publishing{
		Authenticator: &identity.Authenticator{Store: store, Key: c.MasterKey, Clock: time.Now},
		Users:         &identity.Users{Store: store, Key: c.MasterKey},
		Publishing:    &registry.Publishing{Catalog: store, Uploads: store, Blobs: blobs, CallbackURL: c.IngestURL, TTL: uploadTTL},
		Deleting:      &registry.Deleting{Catalog: store, Blobs: blobs},
	}
	return fcrun.Service{
		Role: role,
		HTTP: serve(route.Publish, map[string]http.HandlerFunc{
			"POST /v3/packages/releases":                        api.Publish,
			"DELETE /v3/packages/{name}/release/tags/{version}": api.Delete,
			"POST /v3/user/token":                               api.Token,
			"GET /v3/user/check":                                api.Check,
		}),
	}, nil
}
