package memory_test

import (
	"testing"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func TestCatalog(t *testing.T) {
	registrytest.Catalog(t, func(*testing.T) registry.Catalog { return memory.NewCatalog() })
}

func TestUploads(t *testing.T) {
	registrytest.Uploads(t, func(*testing.T) registry.Uploads { return memory.NewUploads() })
}

func TestBlobs(t *testing.T) {
	registrytest.Blobs(t, func(t *testing.T) registry.Blobs {
		b := memory.NewBlobs()
		t.Cleanup(func() {
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
		return b
	})
}

func TestAttempts(t *testing.T) {
	registrytest.Attempts(t, func(*testing.T) registry.Attempts { return memory.NewAttempts() })
}

func TestIdentities(t *testing.T) {
	registrytest.Identities(t, func(*testing.T) identity.Store { return memory.NewIdentities() })
}

func TestOrganizations(t *testing.T) {
	registrytest.Organizations(t, func(*testing.T) registry.Organizations { return memory.NewOrganizations() })
}

func TestWebhooks(t *testing.T) {
	registrytest.Webhooks(t, func(*testing.T) registry.Webhooks { return memory.NewWebhooks() })
}

func TestOutbox(t *testing.T) {
	registrytest.Outbox(t, func(*testing.T) registry.Outbox { return memory.NewOutbox() })
}

func TestAudit(t *testing.T) {
	registrytest.Audit(t, func(*testing.T) registry.Audit { return memory.NewAudit() })
}

// tallied is a catalog with its tally.
type tallied struct {
	*memory.Catalog
	*memory.Tally
}

func newTallied() tallied {
	c := memory.NewCatalog()
	return tallied{c, memory.NewTally(c)}
}

func TestTally(t *testing.T) {
	registrytest.Tally(t, func(*testing.T) registrytest.Tallied { return newTallied() })
}

func TestIndex(t *testing.T) {
	registrytest.Index(t, func(*testing.T) registrytest.Indexed { return newTallied() })
}

func TestListing(t *testing.T) {
	registrytest.Listing(t, func(*testing.T) registrytest.Listed { return memory.NewCatalog() })
}

// held is everything that is moved, but ZIPs and the audit.
type held struct {
	*memory.Catalog
	*memory.Organizations
	*memory.Tally
	memory.Contents
}

func newHeld() registrytest.Held {
	c, o := memory.NewCatalog(), memory.NewOrganizations()
	tally := memory.NewTally(c)
	return held{c, o, tally, memory.Contents{Catalog: c, Organizations: o, Tally: tally}}
}

func TestContents(t *testing.T) {
	registrytest.Contents(t, func(*testing.T) registrytest.Held { return newHeld() })
}

func TestRestore(t *testing.T) {
	registrytest.Restore(t, func(*testing.T) registrytest.Held { return newHeld() })
}

func TestZIPs(t *testing.T) {
	registrytest.ZIPs(t, func(t *testing.T) registrytest.PlacedBlobs {
		b := memory.NewBlobs()
		t.Cleanup(func() {
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
		return b
	})
}

// What callers do to values they passed or got must not reach what is stored.
func TestValuesAreCopied(t *testing.T) {
	c := memory.NewCatalog()
	r := registrytest.Release(t, "hello", "1.0.0")
	h := registry.Head{Package: registrytest.Package(r), Latest: &r, Journal: registrytest.Journal("package/hello")}
	h.Maintainers = []string{"bob"}
	if err := c.PutHead(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	r.Manifest.Tags[0], h.Maintainers[0], h.Recent[0], h.Event.Action = "changed", "changed", "changed", "changed"
	r.Manifest.Service["函数计算"].Authorities[0] = "changed"
	for range 2 {
		h, err := c.Head(t.Context(), "hello", registry.Full)
		if err != nil {
			t.Fatal(err)
		}
		if h.Maintainers[0] != "bob" || h.Recent[0] != "publish 1" || h.Event.Action != "publish" {
			t.Fatalf("the stored head was changed from outside: %+v", h)
		}
		h.Maintainers[0], h.Recent[0], h.Event.Action = "changed", "changed", "changed"
		m := h.Latest.Manifest
		if m.Tags[0] != "部署函数" || m.Service["函数计算"].Authorities[0] != "FullAccess" || m.Commands["deploy"] != "部署" || m.CommandGroups[0].Commands["build"] != "构建" {
			t.Fatalf("the stored manifest was changed from outside: %v", m)
		}
		m.Tags[0], m.Commands["deploy"] = "changed", "changed"
		m.CommandGroups[0].Commands["build"] = "changed"
		m.Service["函数计算"].Authorities[0] = "changed"
	}
}

func TestAnswers(t *testing.T) {
	registrytest.Answers(t, func(*testing.T) registrytest.Upstream { return memory.NewAnswers() })
}

func TestPins(t *testing.T) {
	registrytest.Pins(t, func(*testing.T) registrytest.Pinned { return memory.NewPins() })
}
