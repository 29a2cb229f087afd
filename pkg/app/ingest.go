package app

import (
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/ingest"
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// disk is what an instance has for ZIPs that it inspects: of the 512 MB of a
// function, enough for the largest one and what is made of it.
const disk = 2 * registry.MaxZIP

// Ingest releases what was uploaded.
func Ingest(getenv func(string) string) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Tables, config.Bucket, config.Deliver)
	if err != nil {
		return fcrun.Service{}, err
	}
	role := new(credentials.Role)
	store := tables(c, role.Get)
	blobs, err := bucket(c, role.Get)
	if err != nil {
		return fcrun.Service{}, err
	}
	api := &ingest.API{Ingesting: &registry.Ingesting{
		Heads: heads(c, store), Uploads: store, Attempts: store, Blobs: blobs, ZIPs: blobs, Access: &registry.Access{Organizations: store},
		Canonicalize: manifest.Canonicalize, Disk: registry.NewDisk(disk), Clock: time.Now, Answers: store,
	}}
	return fcrun.Service{Role: role, HTTP: api, Object: api.Object}, nil
}
