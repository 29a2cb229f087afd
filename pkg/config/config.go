// Package config reads the functions' environment into one checked struct.
package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/identity"
)

// Config is the environment of a function. Only what it needs is set.
type Config struct {
	// RegistryURL is the public address, without a path (REGISTRY_URL).
	RegistryURL string
	// MasterKey is what tokens are derived from (MASTER_KEY, base64).
	MasterKey identity.Key
	// ClosedOrganizations leaves creating organizations to the administrator
	// (ORGANIZATIONS=closed; open, or empty, lets publishers create them).
	ClosedOrganizations bool
	// IngestURL is where the storage reports uploads (INGEST_URL).
	IngestURL string
	// MirrorURL is the function that takes ZIPs from upstreams (MIRROR_URL).
	MirrorURL string

	// WebhookHosts may be reached by http and be private (WEBHOOK_HOSTS: HOST or
	// HOST:PORT, parted by commas or spaces).
	WebhookHosts []string
	// DeliverURL is where deliveries of webhooks are asked for (DELIVER_URL).
	DeliverURL string

	Tablestore Tablestore
	OSS        OSS
	Upstreams  Upstreams

	// Account is the account's number (ACCOUNT_ID).
	Account string

	// AccessKey is an administrator's; the functions have their role's
	// (ALIBABA_CLOUD_ACCESS_KEY_ID, _SECRET, and _SECURITY_TOKEN if any).
	AccessKey credentials.Credentials

	// Functions are the addresses of the functions behind the gateway, by
	// name (QUERY_LATEST_URL and so on).
	Functions map[string]string
}

// Tablestore says where the metadata is.
type Tablestore struct {
	Endpoint string // TABLESTORE_ENDPOINT
	Instance string // TABLESTORE_INSTANCE
}

// OSS says where the ZIPs are.
type OSS struct {
	Endpoint       string // OSS_ENDPOINT, that the functions use
	PublicEndpoint string // OSS_PUBLIC_ENDPOINT, that clients are sent to
	Region         string // OSS_REGION
	Bucket         string // OSS_BUCKET
}

// Part reads some variables into a Config.
type Part func(r *reader, c *Config)

// Read reads the parts that a function needs. Its error names every variable
// that is missing or malformed.
func Read(getenv func(string) string, parts ...Part) (Config, error) {
	r := &reader{getenv: getenv}
	var c Config
	for _, part := range parts {
		part(r, &c)
	}
	return c, errors.Join(r.errs...)
}

// Address reads RegistryURL.
func Address(r *reader, c *Config) { c.RegistryURL = r.origin("REGISTRY_URL") }

// Tables reads Tablestore.
func Tables(r *reader, c *Config) {
	c.Tablestore = Tablestore{Endpoint: r.address("TABLESTORE_ENDPOINT"), Instance: r.text("TABLESTORE_INSTANCE")}
}

// Bucket reads OSS.
func Bucket(r *reader, c *Config) {
	c.OSS = OSS{
		Endpoint:       r.address("OSS_ENDPOINT"),
		PublicEndpoint: r.address("OSS_PUBLIC_ENDPOINT"),
		Region:         r.text("OSS_REGION"),
		Bucket:         r.text("OSS_BUCKET"),
	}
}

// Key reads MasterKey.
func Key(r *reader, c *Config) {
	text := r.text("MASTER_KEY")
	if text == "" {
		return
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) < identity.MinKey {
		r.fail("MASTER_KEY must be the base64 of at least %d random bytes; make one with: openssl rand -base64 %d", identity.MinKey, identity.MinKey)
		return
	}
	c.MasterKey = key
}

// AccessKey reads AccessKey.
func AccessKey(r *reader, c *Config) {
	c.AccessKey = credentials.Credentials{
		AccessKeyID:     r.text("ALIBABA_CLOUD_ACCESS_KEY_ID"),
		AccessKeySecret: r.text("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
		SecurityToken:   r.getenv("ALIBABA_CLOUD_SECURITY_TOKEN"),
	}
}

// Organizations reads ClosedOrganizations.
func Organizations(r *reader, c *Config) {
	switch text := r.getenv("ORGANIZATIONS"); text {
	case "", "open":
	case "closed":
		c.ClosedOrganizations = true
	default:
		r.fail("environment variable ORGANIZATIONS=%q must be open or closed", text)
	}
}

// Account reads Account.
func Account(r *reader, c *Config) {
	c.Account = r.text("ACCOUNT_ID")
	if strings.Trim(c.Account, "0123456789") != "" {
		r.fail("environment variable ACCOUNT_ID=%q is not a number", c.Account)
	}
}

// Callback reads IngestURL.
func Callback(r *reader, c *Config) { c.IngestURL = r.address("INGEST_URL") }

// Mirror reads MirrorURL.
func Mirror(r *reader, c *Config) { c.MirrorURL = r.address("MIRROR_URL") }

// Webhooks reads WebhookHosts.
func Webhooks(r *reader, c *Config) {
	text := r.getenv("WEBHOOK_HOSTS")
	if text == "none" { // s.yaml can't leave a variable empty
		return
	}
	c.WebhookHosts = strings.FieldsFunc(text, func(sign rune) bool { return sign == ',' || unicode.IsSpace(sign) })
	for _, host := range c.WebhookHosts {
		if u, err := url.Parse("https://" + host); err != nil || u.Host != host {
			r.fail("environment variable WEBHOOK_HOSTS: %q is no host: write HOST or HOST:PORT, parted by commas", host)
		}
	}
}

// Deliver reads DeliverURL.
func Deliver(r *reader, c *Config) { c.DeliverURL = r.address("DELIVER_URL") }

// Functions reads the addresses of the named functions.
func Functions(names []string) Part {
	return func(r *reader, c *Config) {
		c.Functions = make(map[string]string)
		for _, name := range names {
			c.Functions[name] = r.origin(variable(name))
		}
	}
}

// variable is query-latest's QUERY_LATEST_URL.
func variable(function string) string {
	return strings.ToUpper(strings.ReplaceAll(function, "-", "_")) + "_URL"
}

type reader struct {
	getenv func(string) string
	errs   []error
}

func (r *reader) fail(format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf(format, args...))
}

func (r *reader) text(name string) string {
	text := r.getenv(name)
	if text == "" {
		r.fail("environment variable %s is missing", name)
	}
	return text
}

// address reads an absolute http or https URL.
func (r *reader) address(name string) string {
	text := strings.TrimSuffix(r.text(name), "/")
	u, err := url.Parse(text)
	if text != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		r.fail("environment variable %s=%q is not a URL like https://host", name, text)
	}
	return text
}

// origin reads a URL of a scheme and a host alone: paths are put behind it.
func (r *reader) origin(name string) string {
	text := r.address(name)
	if u, err := url.Parse(text); err == nil && (u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil) {
		r.fail("environment variable %s=%q must be a scheme and a host alone, like https://host", name, text)
	}
	return text
}
