// Package local runs the registry on an emulated cloud: the functions of
// s.yaml as processes, Tablestore and OSS on loopback ports of this one.
package local

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/policy"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/fc"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/emulator/oss"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
	"github.com/fc-registry/fc-registry/test/emulator/tablestore"
	"github.com/fc-registry/fc-registry/test/local/metrics"
	"github.com/fc-registry/fc-registry/test/local/ready"
)

// What the local cloud is called.
const (
	instance  = "local"
	bucket    = "local-registry"
	region    = "cn-hangzhou" // s.yaml's
	accountID = "1000000000000001"
	user      = "dev"
	gateway   = "gateway" // the resource in s.yaml that is the public address
)

// NotifyDelay is how long after an upload the storage's notification starts
// ingest once more. Without it both runs would be side by side each time, which
// on the real service they are not.
const NotifyDelay = time.Second

// Options say how to run. Root is required.
type Options struct {
	Root    string       // the folder of functions and s.yaml
	Spec    string       // the s.yaml to run; "": Root's
	Addr    string       // HOST:PORT of the registry
	Data    string       // where the cloud's state is kept; "" keeps it in memory
	Output  io.Writer    // the functions' log lines; nil: none
	Metrics bool         // count the functions' requests, and show them at Ready.Metrics
	Log     *slog.Logger // the emulators' own; nil: none

	// WebhookHosts may be told of events though they are private: WEBHOOK_HOSTS.
	WebhookHosts string

	// NoTimers lets no timer trigger fire, for tests that count calls.
	NoTimers bool

	// Patience multiplies the cloud's limits of time: 0: 1, as on the service.
	Patience int

	Clock  func() time.Time // nil: time.Now
	Meter  *meter.Meter
	Faults Faults
	// Empty starts the account without tables, bucket and functions, and with a
	// control plane to deploy them by.
	Empty    bool
	IndexLag time.Duration // how long the search indexes take to know of a change
	Upstreams
}

// Upstreams are what the variables of these names say; none when empty.
type Upstreams struct {
	Upstreams     string // UPSTREAMS
	UpstreamHosts string // UPSTREAM_HOSTS
	UpstreamMode  string // UPSTREAM_MODE
}

// Faults are the rules of each service; nil lets every call pass.
type Faults struct {
	Tablestore, OSS, FC *fault.Plan
}

// Cloud is a running registry.
type Cloud struct {
	// Ready says how to reach everything.
	Ready ready.File
	// Functions are the running functions.
	Functions *fc.Cloud

	webhookHosts string

	addresses *addresses
	running   chan struct{}                 // closed when Functions are there
	closers   []func(context.Context) error // in the order of starting
}

// Start builds the functions, starts the cloud and the registry on it, and
// returns when all of it can be used. Close must be called.
func Start(ctx context.Context, o Options) (*Cloud, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	c := &Cloud{running: make(chan struct{}), webhookHosts: o.WebhookHosts}
	if err := c.start(ctx, o); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	return c, nil
}

func (c *Cloud) start(ctx context.Context, o Options) error {
	keys, err := readKeys(o.Data)
	if err != nil {
		return err
	}
	if c.addresses, err = readAddresses(o.Data); err != nil {
		return err
	}
	code, err := c.codeDir(o.Data)
	if err != nil {
		return err
	}
	if !o.Empty {
		if err := build(ctx, o.Root, code); err != nil {
			return err
		}
	}
	account := sts.NewAccount(keys.AccessKeyID, keys.AccessKeySecret, o.Clock)
	if err := c.startStorage(o, account); err != nil {
		return err
	}
	c.Ready.AccessKeyID, c.Ready.AccessKeySecret, c.Ready.MasterKey = keys.AccessKeyID, keys.AccessKeySecret, keys.MasterKey
	c.Ready.Registry = "http://" + strings.TrimSuffix(o.Addr, ":80")
	c.Ready.V3 = c.Ready.Registry + "/v3"
	c.Ready.Upstreams, c.Ready.UpstreamHosts, c.Ready.UpstreamMode = o.Upstreams.Upstreams, o.UpstreamHosts, o.UpstreamMode
	admin, err := app.NewAdmin(c.Ready.Getenv)
	if err != nil {
		return err
	}
	if err := attachPolicies(account, admin); err != nil {
		return err
	}
	if o.Empty {
		return c.startControl(ctx, o, account)
	}
	if _, err := admin.Bootstrap(ctx); err != nil {
		return err
	}
	if c.Ready.Token, err = token(ctx, admin); err != nil {
		return err
	}
	if o.Metrics {
		if err := c.startMetrics(&o); err != nil {
			return err
		}
	}
	return c.startFunctions(ctx, o, account, code)
}

// attachPolicies lets the functions do what the account's administrator is told
// to allow them, and nothing more.
func attachPolicies(account *sts.Account, admin *app.Admin) error {
	roles, err := admin.Policies()
	if err != nil {
		return err
	}
	for _, r := range roles {
		text, err := json.Marshal(r.Policy)
		if err != nil {
			return err
		}
		if err := account.Attach(policy.ARN(accountID, r.Name), text); err != nil {
			return err
		}
	}
	return nil
}

// token returns the token of user dev, who is added at the first start.
func token(ctx context.Context, admin *app.Admin) (string, error) {
	token, err := admin.Users.Add(ctx, registry.Caller{User: "local"}, user)
	if registry.CodeOf(err) == registry.Conflict {
		return admin.Users.Current(ctx, user, identity.DefaultToken)
	}
	return token, err
}

// codeDir is where the functions are built.
func (c *Cloud) codeDir(data string) (string, error) {
	if data != "" {
		return filepath.Abs(filepath.Join(data, "code"))
	}
	dir, err := os.MkdirTemp("", "registry-code-")
	c.onClose(func(context.Context) error { return os.RemoveAll(dir) })
	return dir, err
}

func (c *Cloud) startStorage(o Options, account *sts.Account) error {
	tables, err := tablestore.Open(tablestore.Options{
		Instance: instance, Account: account, Path: below(o.Data, "tablestore.db"),
		Clock: o.Clock, Faults: o.Faults.Tablestore, Meter: o.Meter, Log: o.Log, IndexLag: o.IndexLag,
	})
	if err != nil {
		return err
	}
	c.onClose(func(context.Context) error { return tables.Close() })
	objects, err := oss.Open(oss.Options{
		Region: region, Account: account, Dir: below(o.Data, "oss"), AllowV1: o.Empty || os.Getenv("LOCAL_OSS_ALLOW_V1") == "1",
		Clock: o.Clock, Faults: o.Faults.OSS, Meter: o.Meter, Log: o.Log,
		OnCreated: c.created, NotifyDelay: NotifyDelay, CallbackTimeout: time.Duration(o.Patience) * oss.CallbackTimeout,
	})
	if err != nil {
		return err
	}
	c.onClose(func(context.Context) error { return objects.Close() })
	if c.Ready.Tablestore, err = c.serve("tablestore", tables); err != nil {
		return err
	}
	c.Ready.OSS, err = c.serve("oss", objects)
	c.Ready.Instance, c.Ready.Bucket, c.Ready.Region, c.Ready.Account = instance, bucket, region, accountID
	return err
}

// startMetrics reads the functions' log lines on their way.
func (c *Cloud) startMetrics(o *Options) error {
	counts := new(metrics.Collector)
	if o.Output == nil {
		o.Output = io.Discard
	}
	o.Output = io.MultiWriter(counts, o.Output)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", counts)
	url, err := c.serve("metrics", mux)
	c.Ready.Metrics = url + "/metrics"
	return err
}

// below returns a path in the data folder, "" when all stays in memory.
func below(data, name string) string {
	if data == "" {
		return ""
	}
	return filepath.Join(data, name)
}

// serve answers on a loopback port until Close.
func (c *Cloud) serve(name string, h http.Handler) (url string, err error) {
	listener, err := c.addresses.listen(name)
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go server.Serve(listener) //nolint:errcheck // ends with Close
	c.onClose(func(context.Context) error { return server.Close() })
	return "http://" + listener.Addr().String(), nil
}

func (c *Cloud) onClose(f func(context.Context) error) { c.closers = append(c.closers, f) }

// Close ends everything, last started first, within ctx.
func (c *Cloud) Close(ctx context.Context) error {
	var errs []error
	for i := len(c.closers) - 1; i >= 0; i-- {
		errs = append(errs, c.closers[i](ctx))
	}
	c.closers = nil
	return errors.Join(errs...)
}

// env answers s.yaml's ${env(...)}.
func (c *Cloud) env(name string) (string, bool) {
	if name == "WEBHOOK_HOSTS" {
		return c.webhookHosts, true
	}
	value := c.Ready.Getenv(name)
	return value, value != ""
}
