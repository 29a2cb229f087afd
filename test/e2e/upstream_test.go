package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/local"
)

// behind starts a registry that asks another one.
func behind(t *testing.T, other *registry, patterns string) *registry {
	t.Helper()
	host, err := url.Parse(other.Registry)
	if err != nil {
		t.Fatal(err)
	}
	other.warm(t)
	r, stop := startWith(t, local.Options{Addr: freeAddress(t), Upstreams: local.Upstreams{
		Upstreams: strings.TrimSpace(other.V3 + " " + patterns), UpstreamHosts: host.Hostname(),
	}})
	t.Cleanup(stop)
	return r
}

// TestUpstream asks a registry for what another one has, through all functions
// with the rights that they have. Its steps follow from one another.
func TestUpstream(t *testing.T) {
	t.Parallel()
	there, stopThere := startWith(t, local.Options{Addr: freeAddress(t)})
	stopped := false
	t.Cleanup(func() {
		if !stopped {
			stopThere()
		}
	})
	for _, version := range []string{"1.0.0", "1.1.0", "2.0.0-rc.1+b", "dev"} {
		there.publish(t, component("hello", version))
	}
	for _, name := range []string{"mine", "later", "acme-tool", "denied-tool"} {
		there.publish(t, component(name, "9.0.0"))
	}
	there.publish(t, effective(component("closed", "1.0.0"), "Private", ""))
	here := newTeam(t, behind(t, there, "deny=denied-*"))
	here.publish(t, effective(component("mine", "1.0.0"), "Private", ""))
	here.publish(t, component("ours", "1.0.0"))
	here.command(t, "reserve", "acme-*")

	t.Run("reads are those of the upstream", func(t *testing.T) { testUpstreamReads(t, there, here) })
	t.Run("names that are not taken from there", func(t *testing.T) { testNotFromUpstream(t, here) })
	t.Run("lists", func(t *testing.T) { testUpstreamLists(t, there, here) })
	t.Run("the page", func(t *testing.T) {
		page := here.send(t, "GET", "/packages/hello?lang=en", nil, nil)
		for _, words := range []string{"from " + there.V3, "comes from another registry", here.Registry + "/hello/zipball/1.1.0"} {
			if page.status != http.StatusOK || !strings.Contains(string(page.body), words) {
				t.Errorf("status %d, without %q", page.status, words)
			}
		}
	})
	t.Run("a clash", func(t *testing.T) { testClash(t, there, here) })
	stopThere()
	stopped = true
	t.Run("the upstream is gone", func(t *testing.T) {
		testKept(t, there, here)
		fails(t, "/v3/packages/unseen/release/latest", here.get(t, "/v3/packages/unseen/release/latest"), http.StatusServiceUnavailable, there.V3)
	})
}

// helloReads are addresses of one release each.
func helloReads() []string {
	var all []string
	for _, tag := range []string{"latest", "tags/1.0.0", "tags/2.0.0-rc.1%2Bb", "tags/%5E1.0", "tags/dev"} {
		all = append(all, "/hello/releases/"+tag, "/v3/packages/hello/release/"+tag)
	}
	return all
}

// oneRelease reads one of these answers, as a map.
func oneRelease(t *testing.T, r *registry, address string) map[string]any {
	t.Helper()
	if strings.HasPrefix(address, "/v3") {
		return decode[envelope[map[string]any]](t, r.get(t, address)).Body
	}
	return decode[map[string]any](t, r.get(t, address))
}

// listOf reads a list.
func listOf(t *testing.T, r *registry, address string) []map[string]any {
	t.Helper()
	if strings.HasPrefix(address, "/v3") {
		return decode[envelope[[]map[string]any]](t, r.get(t, address)).Body
	}
	return decode[[]map[string]any](t, r.get(t, address))
}

func testUpstreamReads(t *testing.T, there *registry, here team) {
	for _, address := range helloReads() {
		sameRelease(t, address, oneRelease(t, here.registry, address), oneRelease(t, there, address), there, here.registry)
	}
	for _, address := range []string{"/hello/releases", "/v3/packages/hello/release?page=1"} {
		got, want := listOf(t, here.registry, address), listOf(t, there, address)
		if len(got) != len(want) || len(want) != 4 {
			t.Errorf("%s: %d releases, there are %d", address, len(got), len(want))
			continue
		}
		for i := range want {
			sameRelease(t, address, got[i], want[i], there, here.registry)
		}
	}
	if got := listOf(t, here.registry, "/hello/releases?page=2&per_page=3"); len(got) != 1 || got[0]["tag_name"] != "dev.0.1" {
		t.Errorf("page 2: %v", got)
	}
}

// sameRelease wants one to be the other, but for where it is from and has its ZIP,
// of which nobody knows yet what it will be.
func sameRelease(t *testing.T, address string, got, want map[string]any, there, here *registry) {
	t.Helper()
	if got["upstream"] != there.V3 || want["upstream"] != nil {
		t.Errorf("%s: upstream %v, and there %v", address, got["upstream"], want["upstream"])
	}
	if zip := strings.Replace(fmt.Sprint(want["zipball_url"]), there.Registry, here.Registry, 1); got["zipball_url"] != zip {
		t.Errorf("%s: zipball_url %v, want %s", address, got["zipball_url"], zip)
	}
	if got["size"] != nil || got["sha256"] != nil {
		t.Errorf("%s: size %v and SHA-256 %v of a ZIP that is not made", address, got["size"], got["sha256"])
	}
	own := []string{"upstream", "zipball_url", "size", "sha256", "user"} // users there are none here
	for _, field := range slices.Sorted(maps.Keys(want)) {
		if !slices.Contains(own, field) && fmt.Sprint(got[field]) != fmt.Sprint(want[field]) {
			t.Errorf("%s: %s is %v, there %v", address, field, got[field], want[field])
		}
	}
}

func testNotFromUpstream(t *testing.T, here team) {
	for _, name := range []string{"mine", "Mine", "acme-tool", "ACME-Tool", "denied-tool", "closed", "nobody", "HELLO"} {
		for _, address := range []string{
			"/" + name + "/releases/latest", "/" + name + "/releases/tags/9.0.0", "/" + name + "/releases/tags/*", "/" + name + "/releases",
			"/v3/packages/" + name + "/release/latest", "/v3/packages/" + name + "/release/tags/9.0.0", "/v3/packages/" + name + "/release",
		} {
			fails(t, address, here.get(t, address), http.StatusNotFound, `Package "`+name+`"`)
		}
	}
	owner := http.Header{"Authorization": {"Bearer " + here.Token}}
	if got := decode[map[string]any](t, here.send(t, "GET", "/mine/releases/latest", nil, owner)); got["tag_name"] != "1.0.0" || got["upstream"] != nil {
		t.Errorf("its owner sees %v", got)
	}
}

func testUpstreamLists(t *testing.T, there *registry, here team) {
	names := func(query string) string {
		var list []string
		for _, p := range listOf(t, here.registry, "/v3/packages/releases?"+query) {
			name := fmt.Sprint(p["name"])
			if p["upstream"] == there.V3 {
				name += " from there"
			}
			list = append(list, name)
		}
		slices.Sort(list)
		return strings.Join(list, ", ")
	}
	const all = "hello from there, later from there, ours"
	eventually(t, "both registries list their packages", func() bool { return names("page=1&upstream=true") == all })
	for query, want := range map[string]string{
		"": "ours", "upstream=false": "ours", "search=hello": "", "search=hello&upstream=true": "hello from there", "page=2&upstream=true": "", "page=-1&upstream=true": all,
	} {
		if got := names(query); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
}

func testClash(t *testing.T, there *registry, here team) {
	if got := oneRelease(t, here.registry, "/later/releases/latest"); got["tag_name"] != "9.0.0" {
		t.Fatalf("latest is %v", got)
	}
	here.publish(t, component("Later", "1.0.0"))
	if got := oneRelease(t, here.registry, "/later/releases/latest"); got["tag_name"] != "1.0.0" || got["upstream"] != nil {
		t.Errorf("after publishing, latest is %v", got)
	}
	fails(t, "/later/releases/tags/9.0.0", here.get(t, "/later/releases/tags/9.0.0"), http.StatusNotFound, "later")
	events := here.audit(t, "-package", "later")
	if len(events) == 0 || !strings.Contains(events[0].Detail, "came from "+there.V3+" until now") {
		t.Errorf("audit %+v", events)
	}
	says(t, here.command(t, "reserved"), "acme-*")
	table := here.command(t, "upstream")
	for _, words := range []string{"hello", there.V3, "for ", "published here too: that one is served"} {
		says(t, table, words)
	}
	var clashes []string
	for line := range strings.Lines(here.command(t, "upstream", "-json")) {
		var traced struct {
			Name, Upstream string
			Clash          bool
			Answers        int
		}
		if err := json.Unmarshal([]byte(line), &traced); err != nil || traced.Upstream != there.V3 || traced.Answers == 0 {
			t.Errorf("%v in %s", err, line)
		}
		if traced.Clash {
			clashes = append(clashes, traced.Name)
		}
	}
	if !slices.Equal(clashes, []string{"later"}) {
		t.Errorf("clashes %v", clashes)
	}
	stdout, stderr, code := here.try(t, "doctor")
	says(t, stdout, `note     upstream: package "later" is published here, and came from `+there.V3+" before")
	if code != 0 {
		t.Errorf("doctor: exit code %d\n%s%s", code, stdout, stderr)
	}
	here.command(t, "upstream", "forget", "later")
	if table := here.command(t, "upstream"); strings.Contains(table, "later") {
		t.Errorf("forgotten, and listed:\n%s", table)
	}
	if _, stderr, code := here.try(t, "upstream", "forget", "later"); code != 1 || !strings.Contains(stderr, "came from no upstream") {
		t.Errorf("forgotten twice: exit code %d, %s", code, stderr)
	}
	here.command(t, "unreserve", "ACME-*")
	if stdout := here.command(t, "reserved"); stdout != "" {
		t.Errorf("reserved %q", stdout)
	}
}

// testKept reads what was read before the upstream ended.
func testKept(t *testing.T, there *registry, here team) {
	for _, address := range helloReads() {
		if got := oneRelease(t, here.registry, address); got["upstream"] != there.V3 {
			t.Errorf("%s: %v", address, got)
		}
	}
}
