package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
	"github.com/fc-registry/fc-registry/pkg/trace"
	"github.com/fc-registry/fc-registry/pkg/webhook"
)

// runTime is how long one run of deliveries may take: less than the function's
// time-out in s.yaml.
const runTime = 50 * time.Second

// Deliver tells webhooks what they are owed, at each tick of its timer, and when
// a function that owes them something asks for it.
func Deliver(getenv func(string) string) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Address, config.Tables, config.Key, config.Webhooks)
	if err != nil {
		return fcrun.Service{}, err
	}
	role := new(credentials.Role)
	store := tables(c, role.Get)
	delivering := &registry.Delivering{
		Webhooks: store, Outbox: store, Catalog: store, Recorder: recorder(store),
		Send: webhook.New(c.WebhookHosts, c.MasterKey.WebhookSecret, c.RegistryURL, time.Now).Post,
	}
	run := func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, runTime)
		defer cancel()
		return delivering.Run(ctx)
	}
	return fcrun.Service{Role: role, HTTP: respond.Forwarded(asked(run)), Timer: run}, nil
}

// asked runs at a POST. Whoever asks learns nothing of it.
func asked(run func(context.Context) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		trace.From(r.Context()).Route = "asked"
		if r.Method != http.MethodPost {
			fail(w, r, registry.Errorf(registry.NotAllowed, "This address takes the registry's own requests, and nothing else."))
			return
		}
		if err := run(r.Context()); err != nil {
			fail(w, r, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// pokeTime is how long asking for a delivery may take. Who is not heard is heard
// at the next tick.
const pokeTime = time.Second

// notifying owes webhooks what happens, and has it delivered soon.
func notifying(c config.Config, store *tablestore.Client) *registry.Notifying {
	n := &registry.Notifying{Webhooks: store, Outbox: store, Clock: time.Now}
	if c.DeliverURL != "" {
		n.Poke = func(ctx context.Context) {
			if err := poke(ctx, c.DeliverURL); err != nil {
				slog.WarnContext(ctx, "deliver was not asked; it will deliver at its next tick", "request_id", respond.RequestID(ctx), "error", err)
			}
		}
	}
	return n
}

// poke has deliver run, without waiting for the end of it: an HTTP trigger
// answers an asynchronous invocation with 202 when it has taken it.
func poke(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pokeTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("X-Fc-Invocation-Type", "Async")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode > 299 {
		return fmt.Errorf("it answers %s", response.Status)
	}
	return nil
}

func subscribing(store *tablestore.Client) *registry.Subscribing {
	return &registry.Subscribing{
		Webhooks: store, Outbox: store, Catalog: store, Access: &registry.Access{Organizations: store}, Recorder: recorder(store),
	}
}
