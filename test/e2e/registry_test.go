package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/app"
	domain "github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/local"
	"github.com/fc-registry/fc-registry/test/local/ready"
)

// registry is one that runs, and how to reach it.
type registry struct {
	ready.File
	functions *fault.Plan // rules for calls of functions, where it runs in this process
}

// slowness is how many times slower than the service a machine may be.
const slowness = 20

// start runs a registry with all its functions as processes, kept in memory.
func start(t *testing.T) *registry {
	t.Helper()
	r, stop := startOn(t, freeAddress(t), "")
	t.Cleanup(stop)
	return r
}

// startOn runs a registry that keeps its data in a folder.
func startOn(t *testing.T, address, data string) (r *registry, stop func()) {
	t.Helper()
	return startWith(t, local.Options{Addr: address, Data: data})
}

func startWith(t *testing.T, o local.Options) (r *registry, stop func()) {
	t.Helper()
	lines, functions := &log{}, &fault.Plan{}
	o.Root, o.Output, o.Faults.FC, o.Patience = root, lines, functions, slowness
	cloud, err := local.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return &registry{cloud.Ready, functions}, func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := cloud.Close(ctx); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the functions' log:\n%s", lines)
		}
	}
}

// addUser adds a user, as scripts/admin does, and returns the token.
func (r *registry) addUser(t *testing.T, name string) string {
	t.Helper()
	token, err := r.admin(t).Users.Add(t.Context(), administrator, name)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// administrator is who changes things by admin.
var administrator = domain.Caller{User: "admin"}

// admin is what scripts/admin works with.
func (r *registry) admin(t *testing.T) *app.Admin {
	t.Helper()
	admin, err := app.NewAdmin(r.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	return admin
}

// freeAddress returns port 80 of a loopback address that nobody listens on: the
// CLI sends POST and DELETE to port 80 whatever the registry's address says.
func freeAddress(t *testing.T) string {
	t.Helper()
	var err error
	for range 20 {
		address := fmt.Sprintf("127.%d.%d.%d:80", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))
		var l net.Listener
		if l, err = net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
		if errors.Is(err, syscall.EACCES) {
			t.Fatalf("%v\nThe CLI speaks to port 80 only, so these tests must listen there. Allow it: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80", err)
		}
	}
	t.Fatalf("no loopback address has a free port 80: %v", err)
	return ""
}

// log gathers lines from several goroutines, without the platform's own.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range bytes.Lines(p) {
		if !bytes.Contains(line, []byte("FC Invoke ")) {
			l.b.Write(line)
		}
	}
	return len(p), nil
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
