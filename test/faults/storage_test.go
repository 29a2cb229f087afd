package faults

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/oss"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
	"github.com/fc-registry/fc-registry/test/emulator/tablestore"
	"github.com/fc-registry/fc-registry/test/local/ready"
)

// patience is how long anything may take: a slow machine is no failure.
const patience = 5 * time.Minute

// storage is an emulated account: Tablestore and OSS on loopback ports, whose
// calls are numbered in one row.
type storage struct {
	ready.File
	account   *sts.Account
	plan      fault.Plan // of both services
	functions fault.Plan // of invocations
	skew      atomic.Int64
	admin     *app.Admin
	listener  net.Listener // where the gateway will answer

	mu      sync.Mutex
	created []oss.Created // notifications that the tests hand on
}

// now is the storage's clock.
func (s *storage) now() time.Time { return time.Now().Add(time.Duration(s.skew.Load())) }

// setClock moves the storage's clock away from everybody else's.
func (s *storage) setClock(ahead time.Duration) { s.skew.Store(int64(ahead)) }

func newStorage(t *testing.T) *storage {
	t.Helper()
	key := make([]byte, 32)
	rand.Read(key)
	s := &storage{File: ready.File{
		Instance: "faults", Bucket: "faults-registry", Region: "cn-hangzhou",
		AccessKeyID: "id", AccessKeySecret: "secret", MasterKey: base64.StdEncoding.EncodeToString(key),
	}}
	s.account = sts.NewAccount(s.AccessKeyID, s.AccessKeySecret, s.now)
	tables, err := tablestore.Open(tablestore.Options{Instance: s.Instance, Account: s.account, Clock: s.now, Faults: &s.plan})
	must(t, err)
	objects, err := oss.Open(oss.Options{Region: s.Region, Account: s.account, Clock: s.now, Faults: &s.plan, OnCreated: s.keep, CallbackTimeout: patience})
	must(t, err)
	s.Tablestore = serve(t, tables)
	s.OSS = serve(t, objects)
	t.Cleanup(func() { must(t, tables.Close()); must(t, objects.Close()) })
	s.listener = listen(t)
	t.Cleanup(func() { s.listener.Close() })
	s.Registry = "http://" + s.listener.Addr().String()
	s.admin, err = app.NewAdmin(s.Getenv)
	must(t, err)
	_, err = s.admin.Bootstrap(t.Context())
	must(t, err)
	return s
}

// listen listens on a loopback address of its own: who closes it, for another
// process to listen there, finds it free. (On 127.0.0.1 any connection may take
// the port in between.)
func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", 1+mathrand.IntN(254), mathrand.IntN(256), 1+mathrand.IntN(254)))
	must(t, err)
	return l
}

// serve answers until the test ends.
func serve(t *testing.T, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// keep takes a notification for a test to hand on when it likes.
func (s *storage) keep(_ context.Context, c oss.Created) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.HasPrefix(c.Key, "uploads/") {
		s.created = append(s.created, c)
	}
	return nil
}

// notifications returns those that have come since it was asked last, once
// there are at least n of them: the storage sends them in the background.
func (s *storage) notifications(t *testing.T, n int) []oss.Created {
	t.Helper()
	var all []oss.Created
	eventually(t, "the storage notifies", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		all = append(all, s.created...)
		s.created = nil
		return len(all) >= n
	})
	return all
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain until %s", patience, what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
