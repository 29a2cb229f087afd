package e2e

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/test/emulator/fc"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/local"
)

// domainSpec is s.domain.yaml.
type domainSpec struct {
	Resources struct {
		Domain struct {
			Component string
			Props     map[string]any
		}
	}
}

// domainRoutes are the routes of s.domain.yaml.
func domainRoutes(t *testing.T) []fc.DomainRoute {
	t.Helper()
	var s struct {
		Resources struct {
			Domain struct {
				Props struct {
					RouteConfig struct{ Routes []fc.DomainRoute } `yaml:"routeConfig"`
				}
			}
		}
	}
	if err := yaml.Unmarshal(readDomainSpec(t), &s); err != nil {
		t.Fatal(err)
	}
	return s.Resources.Domain.Props.RouteConfig.Routes
}

func readDomainSpec(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "s.domain.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestDomainSpec checks s.domain.yaml as it is written. FC3_DOMAIN_SCHEMA may
// name the JSON schema of component fc3-domain's props.
func TestDomainSpec(t *testing.T) {
	t.Parallel()
	var s domainSpec
	if err := yaml.Unmarshal(readDomainSpec(t), &s); err != nil {
		t.Fatal(err)
	}
	if s.Resources.Domain.Component != "fc3-domain" {
		t.Errorf("component %q", s.Resources.Domain.Component)
	}
	if path := os.Getenv("FC3_DOMAIN_SCHEMA"); path != "" {
		validate(t, path, "domain", s.Resources.Domain.Props)
	}
	routes := domainRoutes(t)
	parameter := regexp.MustCompile(`\{\w+\}`)
	for _, r := range route.Table() {
		path := strings.ReplaceAll(parameter.ReplaceAllString(r.Path, "hello"), "{$}", "")
		found, ok := fc.RouteOf(routes, path)
		if name := strings.TrimPrefix(found.FunctionName, "fc-registry-"); !ok || name != r.Function && name != route.Gateway {
			t.Errorf("%s %s is answered by %s, the domain leads %s to %q", r.Method, r.Path, r.Function, path, found.FunctionName)
		}
	}
}

// TestDomain asks the registry under a domain, and as usual: it answers the
// same, and of what the domain tells apart the gateway hears nothing.
func TestDomain(t *testing.T) {
	t.Parallel()
	counts, lines := new(meter.Meter), new(log)
	cloud, err := local.Start(t.Context(), local.Options{Root: root, Addr: freeAddress(t), Output: lines, Meter: counts, NoTimers: true, Patience: slowness})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cloud.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	r := &registry{File: cloud.Ready}
	r.publish(t, component("hello", "1.0.0"))
	domain := httptest.NewServer(cloud.Functions.Domain(domainRoutes(t)))
	defer domain.Close()
	for path, forwarded := range map[string]bool{
		"/":                              false,
		"/search?q=hello":                false,
		"/packages/hello":                false,
		"/assets/none":                   false,
		"/v3/package/user":               false,
		"/v3/common/categories":          false,
		"/v3/user/check?token=x":         false,
		"/readyz":                        false,
		"/packages/releases":             false,
		"/packages//hello/release":       false,
		"/packages/hello/release/latest": false,
		"/user/check":                    true,
		"//packages/releases":            true,
		"/v3//packages/releases":         true,
		"/v3//package/user":              true,
		"/healthz":                       true,
		"/v3/packages/releases":          true,
		"/v3/packages/hello/release":     true,
		"/hello/releases/latest":         true,
		"/hello/releases/tags/2.0.0":     true,
		"/no/such/place":                 true,
		"/v3/nothing":                    true,
		"/v3/packages/nothing/releases/": true,
	} {
		usual := r.get(t, path)
		counts.Reset()
		got := r.get(t, domain.URL+path)
		if got.status != usual.status || withoutID(got.body) != withoutID(usual.body) {
			t.Errorf("%s: %d %.300s\nwant %d %.300s", path, got.status, got.body, usual.status, usual.body)
		}
		if asked := calls(counts, "fc", "InvokeFunction", "fc-registry-gateway") > 0; asked != forwarded {
			t.Errorf("%s: the gateway is asked: %v", path, asked)
		}
	}
}

// withoutID is an answer without what differs from one to the next.
func withoutID(body []byte) string {
	return regexp.MustCompile(`"request_id":"[^"]*"`).ReplaceAllString(string(body), "")
}
