package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/local"
)

// TestOldCLIGetsWhatAnUpstreamHas: 2.x loads its own package and a component that
// another registry has, beside one from here.
func TestOldCLIGetsWhatAnUpstreamHas(t *testing.T) {
	t.Parallel()
	there := start(t)
	there.publishCore(t)
	there.publish(t, component("far", "1.0.0"))
	there.publish(t, component("far", "1.1.0"))
	here, stop := startWith(t, local.Options{Addr: freeAddress(t), Upstreams: local.Upstreams{
		Upstreams: there.V3, UpstreamHosts: there.hosts(t),
	}})
	t.Cleanup(stop)
	here.publish(t, component("near", "1.0.0"))
	o := oldSite{here, here.oldCLI(t, here.secure(t))}
	for component, words := range map[string]string{"near": "near 1.0.0", "far": "far 1.1.0", "far@1.0.0": "far 1.0.0", "devsapp/far": "far 1.1.0"} {
		o.deploys(t, component, words)
	}
	redirects, stopRedirects := startWith(t, local.Options{Addr: freeAddress(t), Upstreams: local.Upstreams{
		Upstreams: there.V3, UpstreamHosts: there.hosts(t), UpstreamMode: "redirect",
	}})
	t.Cleanup(stopRedirects)
	if a := redirects.get(t, "/simple/far/zipball/1.0.0"); a.status != http.StatusNotFound || !strings.Contains(string(a.body), "is not kept here, and old clients can't use the upstream's") {
		t.Errorf("a registry that keeps nothing: %d %s", a.status, a.body)
	}
	if a := here.get(t, "/simple/nobody/zipball/1.0.0"); a.status != http.StatusNotFound {
		t.Errorf("what neither has: %d %s", a.status, a.body)
	}
}
