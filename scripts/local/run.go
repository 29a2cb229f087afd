package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/fc-registry/fc-registry/test/local"
	"github.com/fc-registry/fc-registry/test/local/ready"
)

// Where the registry listens when nothing is said. The CLI sends POST and
// DELETE to port 80 whatever the registry's address says.
const (
	preferred = "127.0.0.1:80"
	fallback  = "127.0.0.1:8080"
)

// thisMachine may have receivers of webhooks, where nothing else is said.
const thisMachine = "127.0.0.1,localhost"

const moreRights = "needs more rights (on Linux: sudo sysctl net.ipv4.ip_unprivileged_port_start=80)"

// closeTimeout is how long the processes have to end.
const closeTimeout = 4 * time.Second

type options struct {
	addr, data, ready string
	empty             bool
}

// run serves until ctx ends.
func run(ctx context.Context, o options) error {
	if o.addr == "" {
		o.addr = address()
	}
	if err := canListen(o.addr); err != nil {
		return err
	}
	if o.ready != "" {
		if err := os.Remove(o.ready); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	patience, err := patience()
	if err != nil {
		return err
	}
	cloud, err := local.Start(ctx, local.Options{
		Root: ".", Addr: o.addr, Data: o.data, Output: io.MultiWriter(os.Stderr, &notices{to: os.Stdout}), Log: emulatorsLog(os.Stderr), Metrics: !o.empty, Empty: o.empty,
		Upstreams: local.Upstreams{
			Upstreams: os.Getenv("UPSTREAMS"), UpstreamHosts: os.Getenv("UPSTREAM_HOSTS"), UpstreamMode: os.Getenv("UPSTREAM_MODE"),
		},
		WebhookHosts: cmp.Or(os.Getenv("WEBHOOK_HOSTS"), thisMachine), Patience: patience,
	})
	if err != nil {
		if ctx.Err() != nil {
			return nil // told to stop while starting
		}
		return err
	}
	if o.empty {
		greetDeployer(cloud.Ready)
	} else {
		greet(cloud.Ready)
	}
	if o.ready != "" {
		err = cloud.Ready.Write(o.ready)
	}
	if err == nil {
		<-ctx.Done()
	}
	end, cancel := context.WithTimeout(context.Background(), closeTimeout*time.Duration(patience))
	defer cancel()
	return errors.Join(err, cloud.Close(end))
}

// patience is how many times longer than on the service all may take.
func patience() (int, error) {
	text := cmp.Or(os.Getenv("LOCAL_PATIENCE"), "1")
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1000 {
		return 0, fmt.Errorf("LOCAL_PATIENCE %.80q must be a whole number from 1 to 1000", text)
	}
	return n, nil
}

// canListen tells at once what would else fail after all is built. Both parts
// of addr become part of the registry's URL.
func canListen(addr string) error {
	if host, port, err := net.SplitHostPort(addr); err != nil || host == "" || port == "" || port == "0" {
		return fmt.Errorf("-addr %q must be HOST:PORT, as in %s", addr, fallback)
	}
	l, err := net.Listen("tcp", addr)
	switch {
	case err == nil:
		return l.Close()
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use: end the program that listens there, or choose another address with -addr HOST:PORT", addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s %s, or choose another address with -addr HOST:PORT", addr, moreRights)
	}
	return fmt.Errorf("-addr %s: %w", addr, err)
}

// address is preferred where this user may listen there.
func address() string {
	l, err := net.Listen("tcp", preferred)
	if err == nil {
		l.Close()
		return preferred
	}
	why := "is in use"
	if errors.Is(err, syscall.EACCES) {
		why = moreRights
	}
	fmt.Printf("Port 80 %s: listening on %s. There s can read and deploy, but s registry publish, delete and login --retoken go to port 80 and fail.\n", why, fallback)
	return fallback
}

func greet(r ready.File) {
	fmt.Printf(`The registry, and its web page: %s
Token of user dev: %s
Metrics, for Prometheus: %s

Try:
  s set registry %s
  s registry login --token %s
  cd test/e2e/testdata/hello && s registry publish
`, r.Registry, r.Token, r.Metrics, r.V3, r.Token)
}

// greetDeployer prints the environment of s deploy.
func greetDeployer(r ready.File) {
	fmt.Println("Nothing is deployed. With this environment, s deploys to this account:")
	for _, v := range [][2]string{
		{"FC_CLIENT_CUSTOM_ENDPOINT", r.Control}, {"FC_CODE_TEMP_OSS_ENDPOINT", r.OSS},
		{"AccountID", r.Account}, {"AccessKeyID", r.AccessKeyID}, {"AccessKeySecret", r.AccessKeySecret},
	} {
		fmt.Printf("  export %s=%s\n", v[0], v[1])
	}
	for _, name := range deployed() {
		fmt.Printf("  export %s=%s\n", name, r.Getenv(name))
	}
	fmt.Println("Then: go run ./scripts/admin bootstrap; s deploy; go run ./scripts/admin user add NAME")
}

// deployed are the variables of s.yaml, and those of scripts/admin.
func deployed() []string {
	return []string{
		"ACCOUNT_ID", "REGISTRY_URL", "MASTER_KEY", "TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE",
		"OSS_ENDPOINT", "OSS_PUBLIC_ENDPOINT", "OSS_BUCKET", "OSS_REGION", "UPSTREAMS",
		"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
	}
}
