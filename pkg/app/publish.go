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
	"github.com/fc-registry/fc-registry/pkg/tablestore"
)

// uploadTTL is how long after the form the ZIP may be sent.
const uploadTTL = 15 * time.Minute

// Publish answers everything that needs a login.
func Publish(getenv func(string) string) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Tables, config.Bucket, config.Key, config.Callback, config.Organizations, config.Deliver)
	if err != nil {
		return fcrun.Service{}, err
	}
	role := new(credentials.Role)
	store := tables(c, role.Get)
	blobs, err := bucket(c, role.Get)
	if err != nil {
		return fcrun.Service{}, err
	}
	who := authenticator(c, store)
	api := &devs.Publishing{
		Authenticator: who,
		Users:         &identity.Users{Store: store, Key: c.MasterKey, Recorder: recorder(store)},
		Publishing: &registry.Publishing{
			Catalog: store, Uploads: store, Attempts: store, Blobs: blobs, Access: &registry.Access{Organizations: store},
			Organizing:          &registry.Organizing{Organizations: store, Recorder: recorder(store)},
			ClosedOrganizations: c.ClosedOrganizations, CallbackURL: c.IngestURL, TTL: uploadTTL, Clock: time.Now,
		},
		Deleting: &registry.Deleting{Heads: heads(c, store), Blobs: blobs, Access: &registry.Access{Organizations: store}},
	}
	old := &simple.Publishing{Authenticator: who, Publishing: api.Publishing, Deleting: api.Deleting}
	return fcrun.Service{
		Role: role,
		HTTP: serve(route.Publish, map[string]http.HandlerFunc{
			"POST /v3/packages/releases":                        api.Publish,
			"DELETE /v3/packages/{name}/release/tags/{version}": api.Delete,
			"POST /v3/user/token":                               api.Token,
			"GET /v3/user/check":                                api.Check,
			"POST /package/publish":                             old.Publish,
			"POST /package/delete":                              old.Delete,
		}),
	}, nil
}

func recorder(store *tablestore.Client) *registry.Recorder {
	return &registry.Recorder{Audit: store, Clock: time.Now}
}

func heads(c config.Config, store *tablestore.Client) *registry.Heads {
	return &registry.Heads{Catalog: store, Recorder: recorder(store), Notifying: notifying(c, store)}
}
