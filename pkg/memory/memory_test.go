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

func TestIdentities(t *testing.T) {
	registrytest.Identities(t, func(*testing.T) identity.Store { return memory.NewIdentities() })
}

// What callers do to values they passed or got must not reach what is stored.
func TestValuesAreCopied(t *testing.T) {
	c := memory.NewCatalog()
	r := registrytest.Release(t, "hello", "1.0.0")
	if err := c.PutHead(t.Context(), registry.Head{Package: registrytest.Package(r), Latest: &r}); err != nil {
		t.Fatal(err)
	}
	r.Manifest.Tags[0] = "changed"
	r.Manifest.Service["函数计算"].Authorities[0] = "changed"
	for range 2 {
		h, err := c.Head(t.Context(), "hello", registry.Full)
		if err != nil {
			t.Fatal(err)
		}
		m := h.Latest.Manifest
		if m.Tags[0] != "部署函数" || m.Service["函数计算"].Authorities[0] != "FullAccess" || m.Commands["deploy"] != "部署" {
			t.Fatalf("the stored manifest was changed from outside: %v", m)
		}
		m.Tags[0], m.Commands["deploy"] = "changed", "changed"
		m.Service["函数计算"].Authorities[0] = "changed"
	}
}
