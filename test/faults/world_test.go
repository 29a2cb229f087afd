package faults

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/fc"
	"github.com/fc-registry/fc-registry/test/emulator/oss"
)

// world is the registry on an emulated account.
type world struct {
	*storage
	// deliver hands a notification to ingest once; an error asks for another try.
	deliver func(context.Context, oss.Created) error
	// kill ends the processes of a function; nil where it has none.
	kill func(function string) error
	// told is what the webhook has heard; nil where there is none.
	told *told
	// command runs scripts/admin as a process; nil when the tests do its work.
	command func(args ...string) error
}

// inProcess runs the functions in this process, each behind a socket.
func inProcess(t *testing.T) *world {
	t.Helper()
	w := &world{storage: newStorage(t)}
	env := map[string]string{}
	getenv := func(name string) string {
		if value, ok := env[name]; ok {
			return value
		}
		return w.Getenv(name)
	}
	host := func(name string, f app.Function) fcrun.Service {
		service, err := f(getenv)
		must(t, err)
		service.Role.Set(credentials.Credentials{AccessKeyID: w.AccessKeyID, AccessKeySecret: w.AccessKeySecret})
		env[strings.ToUpper(strings.ReplaceAll(name, "-", "_"))+"_URL"] = serve(t, w.invoked(name, service.HTTP))
		return service
	}
	host("deliver", app.Deliver)
	host("mirror", app.Mirror)
	ingest := host("ingest", app.Ingest)
	w.deliver = func(ctx context.Context, c oss.Created) error { return ingest.Object(ctx, c.Key) }
	host("publish", app.Publish)
	host("query-latest", app.QueryLatest)
	host("query-all", app.QueryAll)
	host("download", app.Download)
	host("catalog", app.Catalog)
	host("web", app.Web)
	host("simple", app.Simple)
	gateway, err := app.Gateway(getenv)
	must(t, err)
	front := &httptest.Server{Listener: w.listener, Config: &http.Server{Handler: w.invoked("gateway", gateway.HTTP)}}
	front.Start()
	t.Cleanup(front.Close)
	return w
}

// invoked does what the platform does for a function: it gives each request an
// id, and fails those that the plan says.
func (w *world) invoked(name string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		v := w.functions.Judge(r.Context(), fault.Call{Operation: "InvokeFunction", Resource: functionName(name)})
		if v.Failure != nil {
			rw.WriteHeader(v.Failure.Status)
			return
		}
		h.ServeHTTP(rw, r.WithContext(respond.WithRequestID(r.Context(), rand.Text())))
	})
}

// functionName is a function's name in s.yaml.
func functionName(name string) string { return "fc-registry-" + name }

// processes runs the functions as processes, as the platform does.
func processes(t *testing.T, roleTTL time.Duration) *world {
	t.Helper()
	code, err := buildFunctions()
	must(t, err)
	w := &world{storage: newStorage(t)}
	spec, err := fc.ReadSpec(filepath.Join(root, "s.yaml"))
	must(t, err)
	address := w.listener.Addr().String()
	must(t, w.listener.Close())
	log := new(lines)
	cloud, err := fc.Start(t.Context(), spec, fc.Options{
		Account: w.account, Region: w.Region, AccountID: "1", CodeDir: code, Env: w.env, RoleTTL: roleTTL, Clock: w.now,
		Listen: map[string]string{"gateway": address}, Faults: &w.functions, Output: log, NoTimers: true, Patience: 20,
	})
	must(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		must(t, cloud.Close(ctx))
		if t.Failed() {
			t.Logf("the functions' log:\n%s", log)
		}
	})
	w.deliver = func(ctx context.Context, c oss.Created) error {
		return cloud.Deliver(ctx, fc.ObjectEvent{Event: c.Event, Bucket: c.Bucket, Key: c.Key, Size: c.Size, ETag: c.ETag, Time: c.Time, RequestID: c.RequestID})
	}
	w.kill = func(function string) error {
		var errs []error
		for _, i := range cloud.Instances() {
			if i.Function == functionName(function) {
				errs = append(errs, syscall.Kill(i.PID, syscall.SIGKILL))
			}
		}
		if len(errs) == 0 {
			return fmt.Errorf("no process of %s runs", function)
		}
		return errors.Join(errs...)
	}
	return w
}

// lines keeps what functions log of failures.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if bytes.Contains(p, []byte("error")) && l.b.Len() < 64<<10 {
		l.b.Write(p) // never fails
	}
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// env answers s.yaml's ${env(...)}.
func (w *world) env(name string) (string, bool) {
	if name == "ACCOUNT_ID" {
		return "1", true
	}
	value := w.Getenv(name)
	return value, value != ""
}
