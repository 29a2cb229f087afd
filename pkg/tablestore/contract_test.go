package tablestore_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
	emulator "github.com/fc-registry/fc-registry/test/emulator/tablestore"
)

// client returns a client of a new emulated instance with the registry's tables.
func client(t *testing.T, faults *fault.Plan) *tablestore.Client {
	t.Helper()
	c, _ := instance(t, emulator.Options{Faults: faults})
	return c
}

// instance is client with options of the emulator, and the service's address.
func instance(t *testing.T, options emulator.Options) (c *tablestore.Client, address string) {
	t.Helper()
	options.Instance, options.Account = "test", sts.NewAccount("id", "secret", time.Now)
	service, err := emulator.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(service)
	t.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	c = tablestore.New(tablestore.Config{
		Endpoint: server.URL, Instance: "test",
		Credentials: credentials.Fixed(credentials.Credentials{AccessKeyID: "id", AccessKeySecret: "secret"}),
	})
	if made := bootstrap(t, c); len(made) == 0 {
		t.Fatal("nothing was made")
	}
	return c, server.URL
}

func TestCatalog(t *testing.T) {
	registrytest.Catalog(t, func(t *testing.T) registry.Catalog { return client(t, nil) })
}

func TestUploads(t *testing.T) {
	registrytest.Uploads(t, func(t *testing.T) registry.Uploads { return client(t, nil) })
}

func TestAttempts(t *testing.T) {
	registrytest.Attempts(t, func(t *testing.T) registry.Attempts { return client(t, nil) })
}

func TestIdentities(t *testing.T) {
	registrytest.Identities(t, func(t *testing.T) identity.Store { return client(t, nil) })
}

func TestOrganizations(t *testing.T) {
	registrytest.Organizations(t, func(t *testing.T) registry.Organizations { return client(t, nil) })
}

func TestWebhooks(t *testing.T) {
	registrytest.Webhooks(t, func(t *testing.T) registry.Webhooks { return client(t, nil) })
}

func TestOutbox(t *testing.T) {
	registrytest.Outbox(t, func(t *testing.T) registry.Outbox { return client(t, nil) })
}

func TestAudit(t *testing.T) {
	registrytest.Audit(t, func(t *testing.T) registry.Audit { return client(t, nil) })
}

func TestTally(t *testing.T) {
	registrytest.Tally(t, func(t *testing.T) registrytest.Tallied { return client(t, nil) })
}

func TestIndex(t *testing.T) {
	registrytest.Index(t, func(t *testing.T) registrytest.Indexed { return client(t, nil) })
}

func TestListing(t *testing.T) {
	registrytest.Listing(t, func(t *testing.T) registrytest.Listed { return client(t, nil) })
}

func TestContents(t *testing.T) {
	registrytest.Contents(t, func(t *testing.T) registrytest.Held { return client(t, nil) })
}

func TestRestore(t *testing.T) {
	registrytest.Restore(t, func(t *testing.T) registrytest.Held { return client(t, nil) })
}

func TestAnswers(t *testing.T) {
	registrytest.Answers(t, func(t *testing.T) registrytest.Upstream { return client(t, nil) })
}

func TestPins(t *testing.T) {
	registrytest.Pins(t, func(t *testing.T) registrytest.Pinned { return client(t, nil) })
}
