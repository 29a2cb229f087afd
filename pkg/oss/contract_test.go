package oss_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/oss"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	emulator "github.com/fc-registry/fc-registry/test/emulator/oss"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// bucket returns a new bucket of an emulated OSS.
func bucket(t *testing.T) *oss.Blobs {
	t.Helper()
	account := sts.NewAccount("id", "secret", time.Now)
	service, err := emulator.Open(emulator.Options{Region: "cn-hangzhou", Account: account})
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
	b, err := oss.New(oss.Config{
		Endpoint: server.URL, PublicEndpoint: server.URL, Region: "cn-hangzhou", Bucket: "test",
		Credentials: credentials.Fixed(credentials.Credentials{AccessKeyID: "id", AccessKeySecret: "secret"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if created, err := b.CreateBucket(t.Context()); err != nil || !created {
		t.Fatalf("created %v: %v", created, err)
	}
	return b
}

func TestBlobs(t *testing.T) {
	registrytest.Blobs(t, func(t *testing.T) registry.Blobs { return bucket(t) })
}

func TestZIPs(t *testing.T) {
	registrytest.ZIPs(t, func(t *testing.T) registrytest.PlacedBlobs { return bucket(t) })
}

func TestBucketIsCreatedOnce(t *testing.T) {
	if created, err := bucket(t).CreateBucket(t.Context()); err != nil || created {
		t.Errorf("a second time: created %v, %v", created, err)
	}
}

func TestStorageOutOfReachIsUnavailable(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	b, err := oss.New(oss.Config{Endpoint: server.URL, PublicEndpoint: server.URL, Region: "cn-hangzhou", Bucket: "test", Credentials: credentials.Fixed(credentials.Credentials{})})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Open(t.Context(), "uploads/x.zip"); registry.CodeOf(err) != registry.Unavailable {
		t.Errorf("got %v, want Unavailable", err)
	}
}
