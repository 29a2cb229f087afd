package e2e

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/hostile"
	"github.com/fc-registry/fc-registry/test/local"
)

// warm has the functions run that another registry asks: it does not wait long
// for an upstream.
func (r *registry) warm(t *testing.T) {
	t.Helper()
	for _, path := range []string{"/nothing/releases/latest", "/nothing/releases", "/nothing/zipball/1.0.0", "/v3/packages/releases"} {
		r.get(t, path)
	}
}

// hosts are where a registry and its storage answer, for another one to ask.
func (r *registry) hosts(t *testing.T) string {
	t.Helper()
	r.warm(t)
	var names []string
	for _, address := range []string{r.Registry, r.OSS} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, u.Host)
	}
	return strings.Join(names, ",")
}

// TestTwoRegistriesThroughOne deploys a project whose components come one from
// a registry, and one from its upstream; then again without the upstream.
func TestTwoRegistriesThroughOne(t *testing.T) {
	t.Parallel()
	counts := new(meter.Meter)
	theirs, stop := startWith(t, local.Options{Addr: freeAddress(t), Meter: counts})
	stopped := false
	defer func() {
		if !stopped {
			stop()
		}
	}()
	publisher := theirs.cli(t, theirs.Token)
	publisher.ok(t, folder(t, component("shared", "1.0.0")), "registry", "publish")
	publisher.ok(t, folder(t, component("shared", "1.2.0")), "registry", "publish")
	publisher.ok(t, folder(t, component("ours", "9.9.9")), "registry", "publish") // takes our name

	ours, stopOurs := startWith(t, local.Options{Addr: freeAddress(t), Upstreams: local.Upstreams{Upstreams: theirs.V3, UpstreamHosts: theirs.hosts(t)}})
	defer stopOurs()
	s := ours.cli(t, ours.Token)
	s.ok(t, folder(t, component("ours", "1.0.0")), "registry", "publish")

	dir := folder(t, map[string]string{"s.yaml": `edition: 3.0.0
name: both
access: default
resources:
  one: {component: ours, props: {who: all}}
  two: {component: shared@^1, props: {who: all}}
`})
	deploys := func(t *testing.T, s cli) {
		t.Helper()
		text := s.ok(t, dir, "deploy", "-y")
		says(t, text, "said: ours 1.0.0 to all")
		says(t, text, "said: shared 1.2.0 to all")
	}
	t.Run("with the upstream", func(t *testing.T) { deploys(t, s.fresh(t)) })
	t.Run("by many at once", func(t *testing.T) { testFirstDownloads(t, ours, counts) })
	t.Run("with its SHA-256", func(t *testing.T) {
		// What is served there already has the form that is served here.
		const address = "/shared/releases/tags/1.0.0"
		got, want := oneRelease(t, ours, address), oneRelease(t, theirs, address)
		if want["sha256"] == nil || got["sha256"] != want["sha256"] || got["size"] != want["size"] {
			t.Errorf("size %v and SHA-256 %v, there %v and %v", got["size"], got["sha256"], want["size"], want["sha256"])
		}
	})
	t.Run("by an old client", func(t *testing.T) {
		packed := ours.download(t, "/simple/shared/zipball/1.2.0")
		found, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found.File {
			if top, _, _ := strings.Cut(found.File[0].Name, "/"); !strings.HasPrefix(f.Name, top+"/") {
				t.Errorf("%s is not in the top directory %s", f.Name, top)
			}
		}
	})
	t.Run("what is here is ours", func(t *testing.T) {
		fails(t, "/ours/zipball/9.9.9", ours.get(t, "/ours/zipball/9.9.9"), http.StatusNotFound, `Package "ours" has no release "9.9.9"`)
	})
	stop()
	stopped = true
	t.Run("without the upstream", func(t *testing.T) { deploys(t, s.fresh(t)) })
}

// testFirstDownloads downloads by many at once what nobody has downloaded yet.
func testFirstDownloads(t *testing.T, ours *registry, counts *meter.Meter) {
	counts.Reset()
	var all sync.WaitGroup
	zips := make([][]byte, 20)
	for i := range zips {
		all.Go(func() {
			var redirect answer
			var err error
			// Whom a slow machine sends to the upstream asks again.
			for here := false; !here && t.Context().Err() == nil; here = strings.HasPrefix(redirect.header.Get("Location"), ours.OSS) {
				redirect, err = exchange(t.Context(), "GET", ours.Registry+"/shared/zipball/1.0.0", nil, nil)
				if err != nil || redirect.status != http.StatusFound && redirect.status != http.StatusServiceUnavailable {
					t.Errorf("%d %s %v %v", redirect.status, redirect.body, redirect.header, err)
					return
				}
			}
			zip, err := exchange(t.Context(), "GET", redirect.header.Get("Location"), nil, nil)
			if err != nil || zip.status != http.StatusOK {
				t.Errorf("%d %s %v", zip.status, zip.body, err)
			}
			zips[i] = zip.body
		})
	}
	all.Wait()
	for _, zip := range zips {
		if !bytes.Equal(zip, zips[0]) || len(zip) == 0 {
			t.Errorf("%d bytes, not %d", len(zip), len(zips[0]))
		}
	}
	if n := calls(counts, "oss", "GetObject", ""); n != 1 {
		t.Errorf("the upstream's storage was read %d times, want once", n)
	}
}

// TestHostileUpstream downloads what an upstream has that must not be here.
func TestHostileUpstream(t *testing.T) {
	t.Parallel()
	up := hostile.New(t)
	r, stop := startWith(t, local.Options{Addr: freeAddress(t), Upstreams: local.Upstreams{Upstreams: up.URL, UpstreamHosts: up.Host}})
	defer stop()
	t.Run("ZIPs", func(t *testing.T) {
		i := 0
		for name, zip := range hostile.BadZIPs("bad", "1.0.0") {
			i++
			version := fmt.Sprintf("1.0.%d", i)
			up.Publish("bad", version, zip, map[string]any{"sha256": nil, "size": nil})
			fails(t, "/bad/zipball/"+version, r.get(t, "/bad/zipball/"+version), http.StatusForbidden, "The ZIP that the upstream has of bad "+version+" is refused")
			if t.Failed() {
				t.Fatalf("it was %s", name)
			}
		}
	})
	t.Run("and who asks again is told", func(t *testing.T) { testRefusalIsTold(t, r, up) })
	t.Run("bytes that change", func(t *testing.T) { testBytesChange(t, r, up) })
	t.Run("what takes too long", func(t *testing.T) { testTooLong(t, r, up) })
	t.Run("a private name", func(t *testing.T) {
		files := component("secret", "1.0.0")
		files["publish.yaml"] = strings.Replace(files["publish.yaml"], "Effective: Public", "Effective: Private", 1)
		r.publish(t, files)
		up.Publish("secret", "2.0.0", hostile.GoodZIP("secret", "2.0.0"), nil)
		before := len(up.Requests())
		for _, address := range []string{"/secret/zipball/2.0.0", "/secret/zipball/1.0.0", "/SECRET/zipball/2.0.0", "/secret/zipball/%5E2"} {
			if a := r.get(t, address); a.status != http.StatusNotFound {
				t.Errorf("%s: %d %s", address, a.status, a.body)
			}
		}
		if n := len(up.Requests()) - before; n != 0 {
			t.Errorf("the upstream was asked %d times", n)
		}
	})
	if n := up.Reached(); n != 0 {
		t.Errorf("%d requests to an address that is not public", n)
	}
}

// testRefusalIsTold asks for what an upstream has and may not be here. Of a
// download that fails the CLI shows no reason, and then does not end; so the
// answer before it has the reason, and the CLI does not begin to download.
func testRefusalIsTold(t *testing.T, r *registry, up *hostile.Upstream) {
	up.Publish("worse", "1.0.0", hostile.BadZIPs("worse", "1.0.0")["a path upwards"], map[string]any{"sha256": nil, "size": nil})
	const why = "The ZIP that the upstream has of worse 1.0.0 is refused: "
	s := r.cli(t, r.Token)
	dir := folder(t, map[string]string{"s.yaml": "edition: 3.0.0\nname: a\naccess: default\nresources:\n  one: {component: worse, props: {}}\n"})
	fails(t, "the first download", r.get(t, "/worse/zipball/1.0.0"), http.StatusForbidden, why)
	s.refused(t, "Request failed with status code 403", dir, "deploy", "-y")
	for _, address := range []string{"/v3/packages/worse/release/latest", "/v3/packages/worse/release/tags/1.0.0", "/v3/packages/worse/release/tags/%5E1", "/worse/zipball/1.0.0"} {
		fails(t, address, r.get(t, address), http.StatusForbidden, why)
	}
	if a := r.get(t, "/simple/worse/releases/latest"); a.status != http.StatusForbidden || !strings.Contains(string(a.body), why) {
		t.Errorf("an old client is told %d %s", a.status, a.body)
	}
	for _, address := range []string{"/v3/packages/worse/release", "/worse/releases/latest", "/packages/worse"} {
		if a := r.get(t, address); a.status != http.StatusOK {
			t.Errorf("%s: %d %s", address, a.status, a.body)
		}
	}
}

// testBytesChange has other bytes under a number that was downloaded.
func testBytesChange(t *testing.T, r *registry, up *hostile.Upstream) {
	first := hostile.GoodZIP("changing", "1.0.0")
	up.Publish("changing", "1.0.0", first, nil)
	if got := r.download(t, "/changing/zipball/1.0.0"); !bytes.Equal(got, first) {
		t.Fatalf("%d bytes", len(got))
	}
	up.Publish("changing", "1.0.0", hostile.GoodZIP("other", "1.0.0"), nil)
	if got := r.download(t, "/changing/zipball/1.0.0"); !bytes.Equal(got, first) {
		t.Error("other bytes are served")
	}
	decode[[]release](t, r.get(t, "/changing/releases")) // asks the upstream
	reported := newTeam(t, r).command(t, "audit", "-package", "Changing")
	if strings.Count(reported, "upstream/changing/1.0.0/") != 1 || strings.Count(reported, "bytes changed upstream") != 1 {
		t.Errorf("the audit has %s", reported)
	}
}

// testTooLong has an upstream hand out a ZIP only after download has given up:
// clients are sent there, and the function mirror goes on by itself.
func testTooLong(t *testing.T, r *registry, up *hostile.Upstream) {
	zip := hostile.GoodZIP("late", "1.0.0")
	up.Publish("late", "1.0.0", zip, nil)
	goOn := make(chan struct{})
	up.Play(hostile.ZIPs, hostile.After(goOn))
	defer up.Play(hostile.ZIPs, nil)
	location := func() string {
		t.Helper()
		a := r.get(t, "/late/zipball/1.0.0")
		if a.status != http.StatusFound {
			t.Fatalf("%d %s", a.status, a.body)
		}
		return a.header.Get("Location")
	}
	if got, want := location(), "http://"+up.Host+"/zip/late/1.0.0"; got != want {
		t.Errorf("redirected to %s, want %s", got, want)
	}
	close(goOn)
	eventually(t, "it is here", func() bool { return strings.HasPrefix(location(), r.OSS) })
	if got := r.download(t, "/late/zipball/1.0.0"); !bytes.Equal(got, zip) || len(up.Downloads()) == 0 {
		t.Errorf("%d bytes", len(got))
	}
}
