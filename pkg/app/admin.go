package app

import (
	"context"
	"fmt"
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/oss"
	"github.com/fc-registry/fc-registry/pkg/policy"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
)

// Admin is what an administrator's commands work with: the functions' own
// environment, and an access key.
type Admin struct {
	Users      *identity.Users
	Organizing *registry.Organizing
	Managing   *registry.Managing
	Audit      registry.Audit
	Verifying  *registry.Verifying
	Exporting  *registry.Exporting
	Importing  *registry.Importing
	Pruning    *registry.Pruning
	Reserving  *registry.Reserving
	Provenance *registry.Provenance

	Subscribing *registry.Subscribing
	Secret      func(webhook string) string

	tables *tablestore.Client
	bucket *oss.Blobs
	config config.Config
	getenv func(string) string
}

// NewAdmin reads the environment.
func NewAdmin(getenv func(string) string) (*Admin, error) {
	c, err := config.Read(getenv, config.Tables, config.Bucket, config.Key, config.AccessKey)
	if err != nil {
		return nil, err
	}
	source := credentials.Fixed(c.AccessKey)
	store := tables(c, source)
	blobs, err := bucket(c, source)
	if err != nil {
		return nil, err
	}
	return &Admin{
		Users:      &identity.Users{Store: store, Key: c.MasterKey, Recorder: recorder(store)},
		Organizing: &registry.Organizing{Organizations: store, Recorder: recorder(store)},
		Managing:   &registry.Managing{Heads: heads(c, store)},
		Audit:      store,
		Verifying:  &registry.Verifying{Listing: &registry.Everything{Published: store, Answers: store, Pins: store}, Blobs: blobs, Canonicalize: manifest.Canonicalize},
		Exporting:  exporting(store, blobs),
		Importing:  importing(store, blobs),
		Pruning:    &registry.Pruning{Contents: store, Deleting: &registry.Deleting{Heads: heads(c, store), Blobs: blobs}},
		Reserving:  reserving(store),
		Provenance: &registry.Provenance{Answers: store, Pins: store, Catalog: store, Audit: store, Clock: time.Now},

		Subscribing: subscribing(store),
		Secret:      c.MasterKey.WebhookSecret,
		tables:      store, bucket: blobs, config: c, getenv: getenv,
	}, nil
}

// Policies returns the RAM roles that s.yaml gives to the functions.
func (a *Admin) Policies() ([]policy.Role, error) {
	c, err := config.Read(a.getenv, config.Account)
	return policy.Place{Account: c.Account, Instance: a.config.Tablestore.Instance, Bucket: a.config.OSS.Bucket}.Roles(), err
}

// Bootstrap makes the tables, indexes and bucket where they are missing, mends
// what is not as it must be, and returns a line for each change. It may be run
// at any time.
func (a *Admin) Bootstrap(ctx context.Context) ([]string, error) {
	var lines []string
	err := a.bootstrap(ctx, func(what string, do func() error) error {
		if err := do(); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		lines = append(lines, what)
		return nil
	})
	return lines, err
}

// Missing returns what Bootstrap would change.
func (a *Admin) Missing(ctx context.Context) ([]string, error) {
	var lines []string
	err := a.bootstrap(ctx, func(what string, _ func() error) error {
		lines = append(lines, what)
		return nil
	})
	return lines, err
}

func (a *Admin) bootstrap(ctx context.Context, change func(what string, do func() error) error) error {
	if err := a.tables.Bootstrap(ctx, change); err != nil {
		return tablestore.Explain(err)
	}
	return oss.Explain(a.bucket.Bootstrap(ctx, change))
}
