package app

import (
	"fmt"
	"net/url"
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
	"github.com/fc-registry/fc-registry/pkg/upstream"
)

// upstreamTimeout is how long an upstream may take for one question.
const upstreamTimeout = 3 * time.Second

// upstreams answers for names that are not here; nil when none is to be asked.
func upstreams(c config.Config, store *tablestore.Client) (*registry.Upstreams, error) {
	if len(c.Upstreams.List) == 0 {
		return nil, nil
	}
	client := outbound.New(c.Upstreams.Hosts)
	u := &registry.Upstreams{
		Answers: store, Pins: store, Reports: &registry.Reports{Audit: store, Clock: time.Now},
		Clock: time.Now, Timeout: upstreamTimeout,
	}
	for _, from := range c.Upstreams.List {
		address, err := url.Parse(from.URL)
		if err == nil {
			err = outbound.Check(address, c.Upstreams.Hosts)
		}
		if err != nil {
			return nil, fmt.Errorf("environment variables UPSTREAMS and UPSTREAM_HOSTS: %w", err)
		}
		u.Suppliers = append(u.Suppliers, registry.Supplier{
			URL: from.URL, Allow: from.Allow, Deny: from.Deny,
			Upstream: &upstream.Client{Base: from.URL, HTTP: client, Hosts: c.Upstreams.Hosts},
		})
	}
	return u, nil
}
