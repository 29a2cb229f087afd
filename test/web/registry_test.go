package web

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/app"
	domain "github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/local"
	"github.com/fc-registry/fc-registry/test/local/ready"
)

// root is the repository.
const root = "../.."

// registry is one that runs, with all its functions as processes.
type registry struct {
	ready.File
	*app.Admin
	cloud *local.Cloud
	log   *log // the functions' own

	// What stock put there.
	tokens    map[string]string // of users
	downloads map[string]int64  // of packages
	day       time.Time         // of all releases
}

// start runs a registry on a free port, kept in memory. close must be called.
func start(ctx context.Context, o local.Options) (*registry, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	r := &registry{log: new(log), tokens: make(map[string]string), downloads: make(map[string]int64)}
	o.Root, o.Addr, o.Output, o.Patience = root, address, r.log, 20
	if r.cloud, err = local.Start(ctx, o); err != nil {
		return nil, err
	}
	r.File = r.cloud.Ready
	if r.Admin, err = app.NewAdmin(r.Getenv); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// startFor runs a registry of a test's own.
func startFor(t *testing.T, o local.Options) *registry {
	t.Helper()
	r, err := start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the functions' log:\n%s", r.log)
		}
	})
	return r
}

func (r *registry) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return r.cloud.Close(ctx)
}

// administrator is who changes things by Admin.
var administrator = domain.Caller{User: "admin"}

// user adds a user, and returns the token.
func (r *registry) user(t *testing.T, name string) string {
	t.Helper()
	token, err := r.Users.Add(t.Context(), administrator, name)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// log gathers lines from several goroutines, without the platform's own, and
// those of what went well.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("FC Invoke ")) || bytes.Contains(p, []byte(`"level":"INFO"`)) {
		return len(p), nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// patience is how long to wait for something on a busy machine.
const patience = 5 * time.Minute

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain until %s", patience, what)
		}
	}
}

// plain is a text in one line.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }
