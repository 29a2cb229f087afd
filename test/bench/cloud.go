package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/local"
)

// The two lines of s.yaml that choose the runtime, and what the custom one
// makes of them.
const (
	go1Lines    = "runtime: &runtime go1\n  concurrency: &concurrency 1\n"
	customLines = "runtime: &runtime custom.debian10\n  concurrency: &concurrency 100\n"
)

// The runtimes.
const (
	go1    = "go1"
	custom = "custom"
)

// registry is a running registry, in memory, with what the benchmark needs of it.
type registry struct {
	*local.Cloud
	meter   *meter.Meter
	tables  *tablestore.Client
	client  *http.Client
	memory  peaks
	runtime string
}

// patience keeps a slow machine from failing what is only slow there.
const patience = 20

// startRegistry starts the functions in a runtime. root is the folder of s.yaml.
func startRegistry(ctx context.Context, root, runtime string, upstreams local.Upstreams) (*registry, error) {
	spec, err := writeSpec(root, runtime)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(filepath.Dir(spec))
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	m := new(meter.Meter)
	cloud, err := local.Start(ctx, local.Options{Root: root, Spec: spec, Addr: address, Meter: m, Upstreams: upstreams, NoTimers: true, Patience: patience})
	if err != nil {
		return nil, err
	}
	at := cloud.Ready
	return &registry{
		Cloud: cloud, meter: m, runtime: runtime, client: newClient(), memory: make(peaks),
		tables: tablestore.New(tablestore.Config{
			Endpoint: at.Tablestore, Instance: at.Instance,
			Credentials: credentials.Fixed(credentials.Credentials{AccessKeyID: at.AccessKeyID, AccessKeySecret: at.AccessKeySecret}),
		}),
	}, nil
}

// writeSpec writes the s.yaml for a runtime into a folder of its own.
func writeSpec(root, runtime string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "s.yaml"))
	if err != nil {
		return "", err
	}
	spec := string(text)
	if strings.Count(spec, go1Lines) != 1 {
		return "", fmt.Errorf("s.yaml does not choose the runtime as the benchmark knows it; it must hold the lines:\n%s", go1Lines)
	}
	if runtime == custom {
		spec = strings.Replace(spec, go1Lines, customLines, 1)
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "s.yaml")
	return path, os.WriteFile(path, []byte(spec), 0o600)
}

// freeAddress finds a port that nobody listens on at this moment: the
// registry's public address is part of its answers, so it must be known before.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// publisher publishes to this registry.
func (r *registry) publisher() *publisher {
	return &publisher{client: r.client, v3: r.Ready.V3, token: r.Ready.Token}
}

// publish publishes one release.
func (r *registry) publish(ctx context.Context, name, version string) error {
	c, err := pack(name, version)
	if err != nil {
		return err
	}
	return r.publisher().publish(ctx, c)
}

// get asks for a path of the registry, or a whole URL, and requires a status.
func (r *registry) get(ctx context.Context, path string, status int) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url(path), nil)
	if err != nil {
		return answer{}, err
	}
	a, err := record(r.client, request)
	if err == nil && a.Status != status {
		err = fmt.Errorf("GET %s: status %d, not %d: %s", path, a.Status, status, a.Body)
	}
	return a, err
}

func (r *registry) url(path string) string {
	if strings.HasPrefix(path, "/") {
		return r.Ready.Registry + path
	}
	return path
}

// closeLimit is how long the processes have to end.
const closeLimit = time.Minute

// stop ends the registry; err is why.
func (r *registry) stop(err error) error {
	r.client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	return errors.Join(err, r.Close(ctx))
}
