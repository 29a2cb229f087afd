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
	list, err := suppliers(c.Upstreams)
	return &registry.Upstreams{
		Suppliers: list, Answers: store, Reservations: store, Pins: store, Reports: reports(c, store),
		Clock: time.Now, Timeout: upstreamTimeout,
	}, err
}

// reports writes down what upstreams should not do.
func reports(c config.Config, store *tablestore.Client) *registry.Reports {
	return &registry.Reports{Audit: store, Clock: time.Now, Notifying: notifying(c, store)}
}

func suppliers(u config.Upstreams) ([]registry.Supplier, error) {
	var list []registry.Supplier
	client := outbound.New(u.Hosts)
	for _, from := range u.List {
		address, err := url.Parse(from.URL)
		if err == nil {
			err = outbound.Check(address, u.Hosts)
		}
		if err != nil {
			return nil, fmt.Errorf("environment variables UPSTREAMS and UPSTREAM_HOSTS: %w", err)
		}
		list = append(list, registry.Supplier{
			URL: from.URL, Allow: from.Allow, Deny: from.Deny,
			Upstream: &upstream.Client{Base: from.URL, HTTP: client, Hosts: u.Hosts},
		})
	}
	return list, nil
}
