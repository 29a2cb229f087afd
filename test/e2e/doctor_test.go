package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/local"
)

// TestDoctor examines registries by the command.
func TestDoctor(t *testing.T) {
	t.Parallel()
	program, objects := build(t, "admin"), &fault.Plan{}
	r, stop := startWith(t, local.Options{Addr: freeAddress(t), Faults: local.Faults{OSS: objects}})
	t.Cleanup(stop)
	doctor := r.doctor(t, program)

	t.Run("a healthy registry", func(t *testing.T) {
		text, stderr, code := doctor("doctor")
		if code != 0 || stderr != "" || strings.Contains(text, "problem") {
			t.Errorf("exit code %d\n%s%s", code, text, stderr)
		}
		for _, check := range []string{
			"storage", "webhooks", "health", "clock", "cors", "ready", "function query-latest", "function query-all", "function download",
			"function publish", "function catalog", "function web", "function simple",
			"probe user", "probe publish", "probe read", "probe download", "probe simple", "probe list", "probe delete",
		} {
			says(t, text, "ok       "+check+": ")
		}
		r.noProbe(t)
	})
	t.Run("as JSON", func(t *testing.T) {
		text, _, code := doctor("doctor", "-json")
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
		says(t, text, `{"check":"ready","state":"ok","says":"/readyz answers: the tables can be read"}`)
	})
	for name, c := range map[string]struct {
		plan *fault.Plan
		rule fault.Rule
		want string
	}{
		"a function that crashes": {r.functions, fault.Rule{Resource: "fc-registry-catalog", Failure: fault.Failure{Status: 503, Code: "FunctionError", Message: "crashed"}},
			"problem  function catalog: /v3/packages/releases answers 503"},
		"a role that may not put uploads": {objects, fault.Rule{Operation: "PutObject", Failure: fault.Failure{Status: 403, Code: "AccessDenied", Message: "You have no right."}},
			"problem  probe publish: PUT to " + strings.TrimPrefix(r.OSS, "http://") + " answers 403 Forbidden"},
		"a bucket that is not to be set up": {objects, fault.Rule{Operation: "GetBucketInfo", Failure: fault.Failure{Status: 403, Code: "AccessDenied", Message: "The bucket you access does not belong to you."}},
			"problem  storage: bucket local-registry: OSS answers AccessDenied: The bucket you access does not belong to you. Check what the user of ALIBABA_CLOUD_ACCESS_KEY_ID may do"},
	} {
		t.Run(name, func(t *testing.T) {
			c.plan.Add(c.rule)
			t.Cleanup(c.plan.Clear)
			text, stderr, code := doctor("doctor")
			if code != 1 {
				t.Errorf("exit code %d", code)
			}
			says(t, text, c.want)
			says(t, stderr, "admin: problems found: 1")
			r.noProbe(t)
		})
	}
}

// A registry whose upstream is out of reach works for all that is here.
func TestDoctorTellsOfASilentUpstream(t *testing.T) {
	t.Parallel()
	r, stop := startWith(t, local.Options{Addr: freeAddress(t), Upstreams: local.Upstreams{Upstreams: "http://127.0.0.1:1/v3", UpstreamHosts: "127.0.0.1:1"}})
	t.Cleanup(stop)
	stdout, stderr, code := r.doctor(t, build(t, "admin"))("doctor")
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	says(t, stdout, "problem  upstream: asked for a package that is not here, the registry answers 503")
	says(t, stdout, "http://127.0.0.1:1/v3")
	says(t, stdout, "ok       probe delete: doctor-probe-")
	says(t, stderr, "admin: problems found: 1")
	r.noProbe(t)
}

// noProbe requires that a doctor's user and package are gone.
func (r *registry) noProbe(t *testing.T) {
	t.Helper()
	admin := r.admin(t)
	for name, err := range admin.Exporting.Contents.Packages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		head, err := admin.Managing.Heads.Catalog.Head(t.Context(), name, 0)
		if err != nil || head.Latest != nil {
			t.Errorf("package %s is left: %v", name, err)
		}
		if _, err := admin.Users.Tokens(t.Context(), head.Owner); err == nil {
			t.Errorf("user %s is left", head.Owner)
		}
	}
}

// doctor returns how to run admin on a registry.
func (r *registry) doctor(t *testing.T, program string) func(args ...string) (stdout, stderr string, code int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ready.json")
	if err := r.File.Write(file); err != nil {
		t.Fatal(err)
	}
	return func(args ...string) (string, string, int) {
		return command(t, nil, program, append([]string{"-ready", file}, args...)...)
	}
}

// A function without one of its variables fails on every request, and is named.
func TestDoctorNamesAFunctionThatLacksAVariable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	before, download, _ := strings.Cut(string(text), "\n  download:\n")
	download = strings.Replace(download, "        MASTER_KEY: ${env('MASTER_KEY')}\n", "", 1)
	spec := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(spec, []byte(before+"\n  download:\n"+download), 0o600); err != nil {
		t.Fatal(err)
	}
	r, stop := startWith(t, local.Options{Addr: freeAddress(t), Spec: spec})
	t.Cleanup(stop)
	stdout, stderr, code := r.doctor(t, build(t, "admin"))("doctor")
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	says(t, stdout, "problem  function download: /doctor-probe-nothing/zipball/1.0.0 answers 500")
	says(t, stdout, "read the log of function fc-registry-download. At its start it names a variable that is missing or malformed")
	says(t, stdout, "note     probe: no probe package was published")
	says(t, stderr, "admin: problems found: 1")
}
