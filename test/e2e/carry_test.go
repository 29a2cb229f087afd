package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/local"
)

// TestMirrorCommands takes releases ahead by scripts/admin: into a registry, and
// by a folder to one from which there is no way to the upstream.
func TestMirrorCommands(t *testing.T) {
	t.Parallel()
	theirs, stop := startWith(t, local.Options{Addr: freeAddress(t)})
	for _, version := range []string{"1.0.0", "1.2.0", "2.0.0"} {
		theirs.publish(t, component("remote", version))
	}
	from := local.Upstreams{Upstreams: theirs.V3, UpstreamHosts: theirs.hosts(t)}
	ours, stopOurs := startWith(t, local.Options{Addr: freeAddress(t), Upstreams: from})
	defer stopOurs()
	admin, dir := build(t, "admin"), filepath.Join(t.TempDir(), "shelf")
	mirror := func(t *testing.T, env []string, words string, args ...string) {
		t.Helper()
		stdout, stderr, code := command(t, env, admin, args...)
		if code != 0 {
			t.Errorf("admin %v: exit code %d\n%s", args, code, stderr)
		}
		says(t, stdout, words)
	}
	alone := []string{"UPSTREAM_HOSTS=" + from.UpstreamHosts, "TMPDIR=" + t.TempDir()}
	t.Run("into the registry", func(t *testing.T) {
		file := ours.readyFile(t)
		mirror(t, nil, "mirrored 1 releases, ", "-ready", file, "mirror", "remote")
		mirror(t, nil, "; 1 were there", "-ready", file, "mirror", "remote@^1", "remote@2.0.0")
		mirror(t, nil, "mirrored 0 releases, 0 B of ZIPs; 3 were there", "-ready", file, "mirror", "remote@*", "-from", theirs.V3)
	})
	t.Run("into a folder, without a registry", func(t *testing.T) {
		mirror(t, alone, dir+" holds 2 releases; load them by: admin mirror -from-dir "+dir, "mirror", "remote@^1", "-from", theirs.V3, "-to-dir", dir)
		mirror(t, alone, "mirrored 1 releases, ", "mirror", "remote", "-from", theirs.V3, "-to-dir", dir)
	})
	t.Run("what makes no sense", func(t *testing.T) { testMirrorRefusals(t, admin, ours.readyFile(t)) })
	stop()

	island, stopIsland := startWith(t, local.Options{Addr: freeAddress(t), Upstreams: from})
	defer stopIsland()
	file := island.readyFile(t)
	t.Run("a folder that was altered", func(t *testing.T) {
		path := filepath.Join(dir, "remote", "1.0.0.zip")
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, whole[:len(whole)-1], 0o600); err != nil {
			t.Fatal(err)
		}
		_, stderr, code := command(t, nil, admin, "-ready", file, "mirror", "-from-dir", dir)
		if code != 1 {
			t.Errorf("exit code %d", code)
		}
		says(t, stderr, "remote/1.0.0.zip: its SHA-256 is")
		says(t, stderr, "it was cut or altered")
		if a := island.get(t, "/remote/zipball/1.2.0"); a.status != http.StatusServiceUnavailable {
			t.Errorf("something was loaded: %d %s", a.status, a.body)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("without a way to the upstream", func(t *testing.T) {
		mirror(t, nil, "mirrored 3 releases, ", "-ready", file, "mirror", "-from-dir", dir)
		mirror(t, nil, "mirrored 0 releases, 0 B of ZIPs; 3 were there", "-ready", file, "mirror", "-from-dir", dir)
		s := island.cli(t, "")
		for asked, said := range map[string]string{"remote": "remote 2.0.0", "remote@^1": "remote 1.2.0", "remote@1.0.0": "remote 1.0.0"} {
			text := s.ok(t, folder(t, map[string]string{"s.yaml": "edition: 3.0.0\nname: x\nresources:\n  one: {component: '" + asked + "', props: {who: islanders}}\n"}), "deploy", "-y")
			says(t, text, "said: "+said+" to islanders")
		}
	})
}

func testMirrorRefusals(t *testing.T, admin, file string) {
	for args, words := range map[string]string{
		"mirror":                                      "name what to mirror: NAME for the latest release",
		"mirror none":                                 `Package "none" is not in this registry`,
		"mirror remote@^9":                            `Package "remote" has no release "^9"`,
		"mirror ../x":                                 `Name "../x" is not allowed`,
		"mirror remote -from https://b.example":       "-from https://b.example is not among UPSTREAMS",
		"mirror remote -from-dir /nowhere":            "give nothing else",
		"mirror -from-dir /nowhere":                   "/nowhere",
		"mirror remote -to-dir /proc/cannot":          "/proc/cannot",
		"mirror remote -yes":                          "mirror takes no -yes",
		"verify -to-dir x":                            "verify takes no -to-dir",
		"mirror remote -to-dir " + filepath.Dir(file): "which is no file of a mirror: choose another folder",
	} {
		stdout, stderr, code := command(t, nil, admin, append([]string{"-ready", file}, strings.Fields(args)...)...)
		if code != 1 || stdout != "" {
			t.Errorf("%s: exit code %d, %q", args, code, stdout)
		}
		says(t, stderr, words)
	}
}

// readyFile is what scripts/local -ready would write.
func (r *registry) readyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ready.json")
	if err := r.Write(path); err != nil {
		t.Fatal(err)
	}
	return path
}
