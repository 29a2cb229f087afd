package e2e

import (
	"bytes"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// TestDeploy deploys s.yaml as it is into an empty account, with components
// from another registry of ours. Its steps follow from one another.
func TestDeploy(t *testing.T) {
	t.Parallel()
	components := start(t)
	publisher := components.cli(t, components.Token)
	for _, name := range []string{"fc3", "fc3-domain"} {
		says(t, publisher.ok(t, "testdata/"+name, "registry", "publish"), "Publish package "+name+"@0.1.0 success.")
	}
	a := newAccount(t, components)
	a.deploy(t)
	t.Run("a day", func(t *testing.T) { testDay(t, a.registry) })
	t.Run("deploy again", func(t *testing.T) { testRedeploy(t, a) })
	t.Run("deploy under load", func(t *testing.T) { testDeployUnderLoad(t, a) })
	t.Run("info and plan", func(t *testing.T) { testInfoAndPlan(t, a) })
	t.Run("stop and start", func(t *testing.T) { testStopAndStart(t, a) })
	t.Run("move", func(t *testing.T) { testMove(t, a) })
}

// testRedeploy deploys what is there already: no code is uploaded.
func testRedeploy(t *testing.T, a *account) {
	a.meter.Reset()
	a.s.ok(t, a.dir, "deploy", "-y")
	if n := a.calls("fc", "UpdateFunction", ""); int(n) != functionCount(t) {
		t.Errorf("%d functions are updated, want all", n)
	}
	for _, c := range []struct{ service, operation, resource string }{
		{"fc", "GetTempBucketToken", ""}, {"fc", "CreateFunction", ""}, {"fc", "CreateTrigger", ""}, {"oss", "PutObject", "local-code"},
	} {
		if n := a.calls(c.service, c.operation, c.resource); n != 0 {
			t.Errorf("%d calls %+v, want none", n, c)
		}
	}
}

func testInfoAndPlan(t *testing.T, a *account) {
	text := a.s.ok(t, a.dir, "info")
	if names := field(text, "functionName"); len(names) != functionCount(t) || names[0] != "fc-registry-query-latest" {
		t.Errorf("functionName: %v", names)
	}
	if strings.Contains(text, a.MasterKey) {
		t.Error("info shows the master key")
	}
	if plan := a.s.ok(t, a.dir, "plan"); strings.Count(plan, "/http:") != functionCount(t) || strings.Contains(plan, "update") || strings.Contains(plan, "create") {
		t.Errorf("plan, with nothing changed:\n%s", plan)
	}
	for _, c := range []struct{ from, to, plan string }{
		{"a package", "a package", "nothing to change"},
		{"one release of a package", "a release of a package", "update description"},
	} {
		a.rewrite(t, c.from, c.to)
		says(t, a.s.ok(t, a.dir, "query-latest", "plan"), "fc-registry-query-latest: "+c.plan)
	}
}

// testStopAndStart ends the cloud and starts it again: what was deployed is there.
func testStopAndStart(t *testing.T, a *account) {
	before := a.answers(t)
	a.stop(t)
	a.start(t)
	after := a.answers(t)
	for address, want := range before {
		if got := after[address]; !bytes.Equal(got, want) {
			t.Errorf("%s:\n%.500s\nwant\n%.500s", address, got, want)
		}
	}
	a.publishAs(t, a.addUser(t, "late"), component("late", "1.0.0"))
}

// testMove exports the registry, removes it, deploys it into an account with
// nothing in it, and imports it there: it answers the same bytes.
func testMove(t *testing.T, a *account) {
	archive := filepath.Join(t.TempDir(), "archive")
	says(t, a.administer(t, "export", archive), "exported 6 packages")
	before := a.answers(t)
	t.Run("remove", func(t *testing.T) { testRemove(t, a) })

	a.stop(t)
	a.data = t.TempDir()
	a.start(t)
	a.deploy(t)
	if answer := a.get(t, "/hello/releases/latest"); answer.status != 404 {
		t.Fatalf("the new account has it already: %d %s", answer.status, answer.body)
	}
	says(t, a.administer(t, "import", archive), "imported 6 packages")
	after := a.answers(t)
	for address, want := range before {
		if got := after[address]; !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d:\n%.500s\n%.500s", address, len(got), len(want), got, want)
		}
	}
	a.publish(t, component("hello", "3.0.0"))
}

// answers are what the registry says of its packages, and their ZIPs.
func (r *registry) answers(t *testing.T) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	for _, name := range []string{"hello", "guests", "starter", "busy"} {
		releases := r.get(t, "/"+name+"/releases")
		for _, release := range decode[[]release](t, releases) {
			all[release.ZipballURL] = r.download(t, release.ZipballURL)
		}
		latest := r.get(t, "/"+name+"/releases/latest")
		decode[release](t, latest)
		all[name+", all"], all[name+", latest"] = releases.body, latest.body
	}
	return all
}

// testRemove removes all functions, and nothing else.
func testRemove(t *testing.T, a *account) {
	urls := field(a.s.ok(t, a.dir, "info"), "system_url")
	if len(urls) != functionCount(t) {
		t.Fatalf("system_url: %v, want %d", urls, functionCount(t))
	}
	a.s.ok(t, a.dir, "remove", "-y")
	for _, url := range urls {
		if c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")); err == nil {
			c.Close()
			t.Errorf("%s is open", url)
		}
	}
	eventually(t, "no function has a process", func() bool { return len(a.cloud.Functions.Instances()) == 0 })
	if names := field(a.s.ok(t, a.dir, "query-latest", "info"), "error"); len(names) != 1 || names[0] != "FunctionNotFound" {
		t.Errorf("error: %v", names)
	}
}
