package oss_test

import (
	"cmp"
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
	b := open(t, oss.Config{Endpoint: service(t)})
	if err := b.Bootstrap(t.Context(), func(_ string, do func() error) error { return do() }); err != nil {
		t.Fatal(err)
	}
	return b
}

// service starts an emulated OSS and returns its address.
func service(t *testing.T) string {
	t.Helper()
	return serve(t, emulator.Options{Account: sts.NewAccount("id", "secret", time.Now)})
}

func serve(t *testing.T, o emulator.Options) string {
	t.Helper()
	o.Region = "cn-hangzhou"
	service, err := emulator.Open(o)
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
	return server.URL
}

// open returns bucket test, which may not be there, unless told otherwise.
func open(t *testing.T, c oss.Config) *oss.Blobs {
	t.Helper()
	c.PublicEndpoint, c.Region, c.Bucket = c.Endpoint, cmp.Or(c.Region, "cn-hangzhou"), cmp.Or(c.Bucket, "test")
	if c.Credentials == nil {
		c.Credentials = credentials.Fixed(credentials.Credentials{AccessKeyID: "id", AccessKeySecret: "secret"})
	}
	b, err := oss.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBlobs(t *testing.T) {
	registrytest.Blobs(t, func(t *testing.T) registry.Blobs { return bucket(t) })
}

func TestZIPs(t *testing.T) {
	registrytest.ZIPs(t, func(t *testing.T) registrytest.PlacedBlobs { return bucket(t) })
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
