package app

import (
	"net/http"
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/mirror"
	"github.com/fc-registry/fc-registry/pkg/oss"
	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
	"github.com/fc-registry/fc-registry/pkg/upstream"
)

// How long a first download waits for its ZIP, of the function's 15 seconds; how
// long fetching it may take, of 600; and how long the platform may keep an order
// before it runs it.
const (
	mirrorWait  = 8 * time.Second
	mirrorLimit = 9 * time.Minute
	orderTTL    = 15 * time.Minute
)

// Mirror takes ZIPs from upstreams.
func Mirror(getenv func(string) string) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Tables, config.Bucket, config.Key, config.FromUpstreams)
	if err != nil {
		return fcrun.Service{}, err
	}
	role := new(credentials.Role)
	store := tables(c, role.Get)
	blobs, err := bucket(c, role.Get)
	if err != nil {
		return fcrun.Service{}, err
	}
	mirroring, err := mirroring(c, store, blobs)
	return fcrun.Service{Role: role, HTTP: &mirror.API{Mirroring: mirroring, Orders: orders(c)}}, err
}

func mirroring(c config.Config, store *tablestore.Client, blobs *oss.Blobs) (*registry.Mirroring, error) {
	queries, err := queriesOn(c, store)
	return &registry.Mirroring{
		Taking: taking(c), Queries: queries, Pins: store, Fetches: store, ZIPs: blobs, Blobs: blobs,
		Reports: reports(c, store), Limit: mirrorLimit,
	}, err
}

func taking(c config.Config) registry.Taking {
	return registry.Taking{Remote: &upstream.ZIPs{HTTP: outbound.New(c.Upstreams.Hosts)}, Canonicalize: manifest.Canonicalize, Clock: time.Now}
}

// mirrored is what download needs of all this.
func mirrored(c config.Config, store *tablestore.Client) *registry.Mirrored {
	return &registry.Mirrored{
		Mode: registry.UpstreamMode(c.Upstreams.Mode), Pins: store, Fetches: store,
		Starter: &mirror.Client{URL: c.MirrorURL, Orders: orders(c), HTTP: http.DefaultClient},
		Clock:   time.Now, Wait: mirrorWait,
	}
}

// refusals is what the answers that lead to a ZIP need of all this.
func refusals(c config.Config, store *tablestore.Client) *registry.Refusals {
	if len(c.Upstreams.List) == 0 || registry.UpstreamMode(c.Upstreams.Mode) != registry.Mirror {
		return nil
	}
	return &registry.Refusals{Pins: store, Fetches: store, Clock: time.Now}
}

func orders(c config.Config) *identity.Orders {
	return &identity.Orders{Key: c.MasterKey, Clock: time.Now, TTL: orderTTL}
}
