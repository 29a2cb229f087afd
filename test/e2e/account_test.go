package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/local"
)

// account is one that the registry is deployed to, by a CLI in a copy of the
// repository.
type account struct {
	*registry
	address string // of the registry
	cloud   *local.Cloud
	meter   *meter.Meter
	log     *log
	s       cli
	dir     string // of the copy
	admin   string // program
	data    string // folder of what the account has
}

// newAccount returns an account with nothing in it. Its components come from
// another registry.
func newAccount(t *testing.T, components *registry) *account {
	t.Helper()
	a := &account{
		address: freeAddress(t), meter: new(meter.Meter), log: new(log),
		s: components.cli(t, ""), dir: checkout(t), admin: build(t, "admin"),
		data: t.TempDir(),
	}
	a.start(t)
	t.Cleanup(func() {
		a.stop(t) // again, when starting it again has failed
		if t.Failed() {
			t.Logf("the functions' log:\n%s", a.log)
		}
	})
	return a
}

// start begins with what the folder has: at first nothing.
func (a *account) start(t *testing.T) {
	t.Helper()
	cloud, err := local.Start(t.Context(), local.Options{Root: root, Addr: a.address, Data: a.data, Output: a.log, Meter: a.meter, Empty: true, NoTimers: true, Patience: slowness})
	if err != nil {
		t.Fatal(err)
	}
	a.cloud, a.registry = cloud, &registry{File: cloud.Ready}
	a.s.env, a.s.limit = append(a.environment(), goEnvironment(t)...), buildLimit
}

func (a *account) stop(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := a.cloud.Close(ctx); err != nil {
		t.Error(err)
	}
}

// deploy deploys s.yaml to the empty account and adds user dev.
func (a *account) deploy(t *testing.T) {
	t.Helper()
	says(t, a.administer(t, "bootstrap"), "bucket")
	text := a.s.ok(t, a.dir, "deploy", "-y")
	if url := field(text, "system_url"); len(url) != functionCount(t) || url[len(url)-1] != "http://"+a.address {
		t.Errorf("system_url: %v, want %d, at last the gateway's", url, functionCount(t))
	}
	a.Token = a.administer(t, "user", "add", "dev")
}

// functionCount is how many functions there are to deploy.
func functionCount(t *testing.T) int {
	t.Helper()
	folders, err := os.ReadDir(filepath.Join(root, "functions"))
	if err != nil {
		t.Fatal(err)
	}
	return len(folders)
}

// rewrite changes a text in the copy of s.yaml.
func (a *account) rewrite(t *testing.T, old, text string) {
	t.Helper()
	spec, err := os.ReadFile(filepath.Join(a.dir, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(spec), old) {
		t.Fatalf("s.yaml has no %s", old)
	}
	writeFiles(t, a.dir, map[string]string{"s.yaml": strings.ReplaceAll(string(spec), old, text)})
}

func (a *account) calls(service, operation, resource string) int64 {
	return calls(a.meter, service, operation, resource)
}

// calls counts calls of a service since the meter was set to zero; resource ""
// means all.
func calls(m *meter.Meter, service, operation, resource string) (calls int64) {
	for _, row := range m.Snapshot() {
		if row.Service == service && row.Operation == operation && (resource == "" || row.Resource == resource) {
			calls += row.Calls
		}
	}
	return calls
}

// buildLimit is how long the CLI may take to build all functions and deploy
// them, on a busy machine.
const buildLimit = 30 * time.Minute

// environment is what scripts/local -empty prints.
func (a *account) environment() []string {
	env := []string{
		"FC_CLIENT_CUSTOM_ENDPOINT=" + a.Control, "FC_CODE_TEMP_OSS_ENDPOINT=" + a.OSS,
		"AccountID=" + a.Account, "AccessKeyID=" + a.AccessKeyID, "AccessKeySecret=" + a.AccessKeySecret,
	}
	for _, name := range []string{
		"ACCOUNT_ID", "REGISTRY_URL", "MASTER_KEY", "TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE", "OSS_ENDPOINT",
		"OSS_PUBLIC_ENDPOINT", "OSS_BUCKET", "OSS_REGION", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
		"UPSTREAMS",
	} {
		env = append(env, name+"="+a.Getenv(name))
	}
	return env
}

// administer runs scripts/admin, which must succeed, and returns what it prints.
func (a *account) administer(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, code := command(t, a.environment(), a.admin, args...)
	if code != 0 {
		t.Fatalf("admin %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return strings.TrimSpace(stdout)
}

// checkout copies what s deploy needs of the repository: builds write there.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"functions", "pkg"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum", "s.yaml", "scripts/build"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		writeFiles(t, dir, map[string]string{name: string(text)})
	}
	if err := os.Chmod(filepath.Join(dir, "scripts", "build"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// goEnvironment lets go, started in another home, find what is there already.
func goEnvironment(t *testing.T) []string {
	t.Helper()
	names := []string{"GOCACHE", "GOMODCACHE", "GOPROXY"}
	output, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var env []string
	for i, value := range strings.Split(strings.TrimSuffix(string(output), "\n"), "\n") {
		env = append(env, names[i]+"="+value)
	}
	return env
}
